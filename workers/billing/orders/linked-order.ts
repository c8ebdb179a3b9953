import type { FieldError } from '../../../shared/edge/problem.ts'
import { followOne, type Staleness } from '../../../shared/handover/consumer/deep-link.ts'
import type { OrderCopy } from '../copies/order-copy.ts'
import type { Invoice } from '../documents/invoice.ts'
import { firstInvoice, selectInvoiceOfOrder } from '../documents/invoice-store.ts'
import type { RequestContext } from '../edge/request-context.ts'
import { type DecisionMade, selectDecisionsOf, toDecisionsMade } from '../ledger/decision-history-store.ts'
import { witness } from '../ledger/shown-invoice.ts'
import { orderConsumer } from './order-consumer.ts'

/** What the link of a new order leads to; `stale` is null where the order was read a moment ago. */
export type LinkOutcome =
  | { outcome: 'invoice'; invoice: Invoice; copy: OrderCopy; decisions: DecisionMade[]; stale: Staleness | null }
  | { outcome: 'unknown' }
  | { outcome: 'deleted'; invoice: Invoice | null }
  | { outcome: 'unavailable'; detail: string }
  | { outcome: 'unreadable'; errors: FieldError[] }

/**
 * Reads the order from ordering, stores it with its invoice, and returns both: one call and one D1 batch. When ordering
 * does not answer, what is stored is shown with its age.
 */
export async function followLink(context: RequestContext, number: number): Promise<LinkOutcome> {
  const { db } = context
  const followed = await followOne(orderConsumer, context, number, {
    invoiced: selectInvoiceOfOrder(db, number),
    decided: selectDecisionsOf(db, number),
  })
  if (followed.outcome !== 'stored') return followed
  const { copy, beside, stale } = followed
  const stored = firstInvoice(beside.invoiced)
  if (stored !== undefined) await witness(context, [stored])
  if (copy.record.state === 'Deleted') return { outcome: 'deleted', invoice: stored?.invoice ?? null }
  // An order that arrived deleted has none; any other gets its invoice with its copy.
  if (stored === undefined) throw new Error(`Cannot show the invoice of order ${number}: it has none`)
  return { outcome: 'invoice', invoice: stored.invoice, copy, decisions: toDecisionsMade(beside.decided), stale }
}
