import type { Result } from '../../../shared/result.ts'
import type { RequestContext } from '../edge/request-context.ts'
import type { SeenInvoice } from '../list/approval-input.ts'
import { approveChecked } from '../invoices/decide.ts'
import { type Decided, type DecisionRefusal, judgeDecidable } from '../documents/invoice.ts'
import { checkSeveral } from '../../../shared/handover/consumer/check.ts'
import { orderConsumer } from '../orders/order-consumer.ts'
import { listInvoicesById } from '../ledger/shown-invoice.ts'

/** What became of one of several approvals. */
export type Approval = { id: number; decided: Result<Decided, DecisionRefusal> }

/**
 * Approves the invoices one after the other, each by what was seen of it: one that is refused stops none. Ordering is
 * asked for all of their orders first, in one call.
 */
export async function approveInvoices(context: RequestContext, invoices: readonly SeenInvoice[]): Promise<Approval[]> {
  const found = new Map(
    (
      await listInvoicesById(
        context,
        invoices.map(({ id }) => id),
      )
    ).map((invoice) => [invoice.id, invoice]),
  )
  const waiting = [...found.values()].filter((invoice) => judgeDecidable(invoice).ok)
  const checkOf = await checkSeveral(orderConsumer, context, [
    ...new Set(waiting.map(({ orderNumber }) => orderNumber)),
  ])
  const approvals: Approval[] = []
  for (const [index, { id, seen }] of invoices.entries()) {
    // A decision is known by its request's id, so each of several has one of its own.
    const own = { ...context, requestId: `${context.requestId}.${index + 1}` }
    const check = checkOf(found.get(id)?.orderNumber ?? 0)
    approvals.push({ id, decided: await approveChecked(own, id, seen, check) })
  }
  return approvals
}
