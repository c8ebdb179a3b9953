import { ERASED_CUSTOMER } from '../../../shared/contract/personal-data.ts'
import { err, ok, type Result } from '../../../shared/result.ts'
import type { RequestContext } from '../edge/request-context.ts'
import { judgeReissue, type NotReissuable } from '../documents/credit-note.ts'
import { type Invoice, invoiceETag, REPLACEMENT_STEP } from '../documents/invoice.ts'
import { openLedger } from '../ledger/invoice-ledger.ts'
import { findCopy } from '../../../shared/handover/consumer/copy-store.ts'
import { orderConsumer } from '../orders/order-consumer.ts'
import { findInvoice } from '../ledger/shown-invoice.ts'

/** Why an invoice was not reissued; `stale`: the invoice, or its order's copy, is not what was seen. */
export type ReissueRefusal = { reason: 'unknown' } | { reason: 'stale'; current: Invoice } | NotReissuable

/** The invoice that replaces another. `made`: by this request, and not by an earlier one. */
export type Replacement = { invoice: Invoice; made: boolean }

/**
 * Reissues a wholly credited invoice from its order, as it is now; the new invoice waits for approval. Where it was
 * made already that is the answer, whatever was seen: what is asked for is done (RFC 9110, section 13.1.1).
 */
export async function reissueInvoice(
  context: RequestContext,
  id: number,
  seen: string,
): Promise<Result<Replacement, ReissueRefusal>> {
  const { env, by, now, requestId } = context
  const invoice = await findInvoice(context, id)
  if (invoice === undefined) return err({ reason: 'unknown' })
  const earlier = await findReplacement(context, invoice)
  if (earlier !== undefined) return ok({ invoice: earlier, made: false })
  if ((await invoiceETag(invoice)) !== seen) return err({ reason: 'stale', current: invoice })
  const judged = judgeReissue(invoice)
  if (!judged.ok) return judged
  const named = await judgeCustomer(context, invoice)
  if (!named.ok) return named
  const entry = await openLedger(env).decide({
    kind: 'reissued',
    decisionId: requestId,
    invoiceId: id,
    seenCreditNotes: invoice.creditNotes.length,
    replacementId: id + REPLACEMENT_STEP,
    decidedAt: now,
    decidedBy: by,
  })
  const current = await findInvoice(context, id)
  if (current === undefined) return err({ reason: 'unknown' })
  // Who presses at the same moment gets the same invoice.
  const replacement = await findReplacement(context, current)
  return replacement === undefined
    ? err({ reason: 'stale', current })
    : ok({ invoice: replacement, made: entry !== undefined })
}

/** Whether the order still says whom an invoice would be for: a customer who was erased gets none. */
export async function judgeCustomer(
  { db }: RequestContext,
  { orderNumber }: Invoice,
): Promise<Result<null, NotReissuable>> {
  const copy = await findCopy(orderConsumer, db, orderNumber)
  if (copy?.record.customer.id !== ERASED_CUSTOMER.id) return ok(null)
  return err({ reason: 'not_reissuable', detail: 'The customer of its order was erased' })
}

async function findReplacement(context: RequestContext, { replacedBy }: Invoice): Promise<Invoice | undefined> {
  return replacedBy === null ? undefined : findInvoice(context, replacedBy)
}
