import { digestContent } from '../../../shared/contract/order-content.ts'
import { err, ok, type Result } from '../../../shared/result.ts'
import type { RequestContext } from '../edge/request-context.ts'
import type { Decision } from '../ledger/decision-store.ts'
import { findInvolvement, needsSecondPerson, parseFourEyes } from '../documents/four-eyes.ts'
import {
  type Decided,
  type DecisionRefusal,
  type Invoice,
  invoiceETag,
  judgeDecidable,
  judgeDecision,
} from '../documents/invoice.ts'
import { openLedger } from '../ledger/invoice-ledger.ts'
import { orderConsumer } from '../orders/order-consumer.ts'
import type { RecordCheck } from '../../../shared/handover/consumer/record.ts'
import { findCopy } from '../../../shared/handover/consumer/copy-store.ts'
import { checkOne } from '../../../shared/handover/consumer/check.ts'
import { type Issuance, issuanceOfInvoice } from '../documents/seller.ts'
import { findInvoice, readInvoice } from '../ledger/shown-invoice.ts'

type DecisionResult = Promise<Result<Decided, DecisionRefusal>>

/**
 * Approves the invoice that was seen with the ETag `seen`: it gets its number and never changes again. Ordering is asked
 * for the order first.
 */
export async function approveInvoice(context: RequestContext, invoice: Invoice, seen: string): DecisionResult {
  const decidable = judgeDecidable(invoice)
  if (!decidable.ok) return decidable
  return approveChecked(context, invoice.id, seen, await checkOne(orderConsumer, context, invoice.orderNumber))
}

/** Approves as `approveInvoice` does, after ordering was asked. */
export function approveChecked(context: RequestContext, id: number, seen: string, check: RecordCheck): DecisionResult {
  return decide(context, id, seen, check, {
    kind: 'approved',
    issuance: issuanceOfInvoice(context.env, context.now),
  })
}

/**
 * Rejects the invoice that was seen with the ETag `seen`; it waits again once its order was changed. Ordering is asked
 * for the order first: what is to be corrected may have been corrected already.
 */
export async function rejectInvoice(
  context: RequestContext,
  invoice: Invoice,
  seen: string,
  reason: string,
): DecisionResult {
  const decidable = judgeDecidable(invoice)
  if (!decidable.ok) return decidable
  return decide(context, invoice.id, seen, await checkOne(orderConsumer, context, invoice.orderNumber), {
    kind: 'rejected',
    reason,
  })
}

type Verdict = { kind: 'approved'; issuance: Issuance } | { kind: 'rejected'; reason: string }

async function decide(
  context: RequestContext,
  id: number,
  seen: string,
  check: RecordCheck,
  verdict: Verdict,
): DecisionResult {
  const before = await readInvoice(context, id)
  if (before === undefined) return err({ reason: 'unknown' })
  const judged = judgeDecision(before.invoice, check, await invoiceETag(before.invoice), seen)
  if (!judged.ok) return judged
  // A copy that was changed behind billing's back is nothing to decide on: the next comparison corrects it.
  if (before.copyFingerprint === null) return err({ reason: 'stale', current: before.invoice })
  if (check.reason === 'answered' && check.fingerprint !== before.copyFingerprint) {
    return err({ reason: 'unsettled', current: before.invoice })
  }
  if (verdict.kind === 'approved') {
    const alone = await refuseAlone(context, before.invoice, before.copyFingerprint)
    if (!alone.ok) return alone
  }
  const decision: Decision = {
    decisionId: context.requestId,
    invoiceId: id,
    copyFingerprint: before.copyFingerprint,
    decidedAt: context.now,
    decidedBy: context.by,
    ...(verdict.kind === 'rejected' ? verdict : { ...verdict, contentDigest: await digestContent(before.invoice) }),
  }
  const entry = await openLedger(context.env).decide(decision)
  const current = await findInvoice(context, id)
  if (current === undefined) return err({ reason: 'unknown' })
  if (entry !== undefined) return ok({ invoice: current, on: await findBasis(context, current, check) })
  return current.state === 'ToApprove' ? err({ reason: 'stale', current }) : err({ reason: 'already_decided', current })
}

/** What the decision was taken on. */
async function findBasis(
  { db }: RequestContext,
  { orderNumber }: Invoice,
  { reason }: RecordCheck,
): Promise<Decided['on']> {
  if (reason === 'answered') return { source: 'order' }
  const copy = await findCopy(orderConsumer, db, orderNumber)
  if (copy === undefined) throw new Error(`Cannot tell what was decided on: there is no copy of order ${orderNumber}`)
  return { source: 'copy', fetchedAt: copy.fetchedAt }
}

/** Refuses an approval that needs four eyes, of which the person's own have seen to the order already. */
async function refuseAlone(
  { db, env, by }: RequestContext,
  current: Invoice,
  copyFingerprint: number,
): Promise<Result<null, DecisionRefusal>> {
  if (!needsSecondPerson(parseFourEyes(env.FOUR_EYES), current)) return ok(null)
  const copy = await findCopy(orderConsumer, db, current.orderNumber)
  if (copy?.record.fingerprint !== copyFingerprint) return err({ reason: 'stale', current })
  const involvement = findInvolvement(copy.record, by)
  return involvement === undefined ? ok(null) : err({ reason: 'four_eyes', current, involvement })
}
