import { err, ok, type Result } from '../../shared/result.ts'
import type { Acting } from './acting.ts'
import type { Decision } from './decision-store.ts'
import { findInvolvement, needsSecondPerson, parseFourEyes } from './four-eyes.ts'
import { type DecisionRefusal, type Invoice, invoiceETag, judgeDecision } from './invoice.ts'
import { openLedger } from './invoice-ledger.ts'
import { findCopy } from './order-copy-store.ts'
import { type Issuance, issuanceOfInvoice } from './seller.ts'
import { findInvoice, readInvoice } from './shown-invoice.ts'

/** Approves the invoice that was seen with the ETag `seen`: it gets its number and never changes again. */
export function approveInvoice(acting: Acting, id: number, seen: string): Promise<Result<Invoice, DecisionRefusal>> {
  return decide(acting, id, seen, { kind: 'approved', issuance: issuanceOfInvoice(acting.env, acting.now) })
}

/** Rejects the invoice that was seen with the ETag `seen`; it waits again once its order was changed. */
export function rejectInvoice(
  acting: Acting,
  id: number,
  seen: string,
  reason: string,
): Promise<Result<Invoice, DecisionRefusal>> {
  return decide(acting, id, seen, { kind: 'rejected', reason })
}

type Verdict = { kind: 'approved'; issuance: Issuance } | { kind: 'rejected'; reason: string }

async function decide(
  acting: Acting,
  id: number,
  seen: string,
  verdict: Verdict,
): Promise<Result<Invoice, DecisionRefusal>> {
  const before = await readInvoice(acting, id)
  if (before === undefined) return err({ reason: 'unknown' })
  const judged = judgeDecision(before.invoice, await invoiceETag(before.invoice), seen)
  if (!judged.ok) return err(judged.error)
  // A copy that was changed behind billing's back is nothing to decide on: the next comparison mends it.
  if (before.copyFingerprint === null) return err({ reason: 'stale', current: before.invoice })
  if (verdict.kind === 'approved') {
    const alone = await refuseAlone(acting, before.invoice, before.copyFingerprint)
    if (!alone.ok) return alone
  }
  const decision: Decision = {
    decisionId: acting.requestId,
    invoiceId: id,
    copyFingerprint: before.copyFingerprint,
    decidedAt: acting.now,
    decidedBy: acting.by,
    ...verdict,
  }
  const entry = await openLedger(acting.env).decide(decision)
  const current = await findInvoice(acting, id)
  if (current === undefined) return err({ reason: 'unknown' })
  if (entry !== undefined) return ok(current)
  return current.state === 'ToApprove' ? err({ reason: 'stale', current }) : err({ reason: 'already_decided', current })
}

/** Refuses an approval that needs four eyes, of which the person's own have seen to the order already. */
async function refuseAlone(
  { db, env, by }: Acting,
  current: Invoice,
  copyFingerprint: number,
): Promise<Result<null, DecisionRefusal>> {
  if (!needsSecondPerson(parseFourEyes(env.FOUR_EYES), current)) return ok(null)
  const copy = await findCopy(db, current.orderNumber)
  if (copy?.order.fingerprint !== copyFingerprint) return err({ reason: 'stale', current })
  const involvement = findInvolvement(copy.order, by)
  return involvement === undefined ? ok(null) : err({ reason: 'four_eyes', current, involvement })
}
