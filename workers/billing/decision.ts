import { err, ok, type Result } from '../../shared/result.ts'
import type { Acting } from './acting.ts'
import type { Decision } from './decision-store.ts'
import { type DecisionRefusal, type Invoice, invoiceETag, invoiceSeries, judgeDecision } from './invoice.ts'
import { openLedger } from './invoice-ledger.ts'
import { findInvoice, readInvoice } from './shown-invoice.ts'

/** Approves the invoice that was seen with the ETag `seen`: it gets its number and never changes again. */
export function approveInvoice(acting: Acting, id: number, seen: string): Promise<Result<Invoice, DecisionRefusal>> {
  const series = invoiceSeries(acting.now, acting.env.TIME_ZONE)
  return decide(acting, id, seen, { kind: 'approved', series })
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

type Verdict = { kind: 'approved'; series: string } | { kind: 'rejected'; reason: string }

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
  const decision: Decision = {
    decisionId: crypto.randomUUID(),
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
