import { err, ok, type Result } from '../../../shared/result.ts'
import type { RequestContext } from '../edge/request-context.ts'
import { fetchSought, fetchStanding } from '../client/ordering-client.ts'
import type { FoundOrder } from './place.ts'
import { findByPart, findExactly, type FoundOrders } from './search-store.ts'
import type { NoAnswer } from '../../../shared/handover/consumer/record.ts'
import { witness } from '../ledger/shown-invoice.ts'
import { readStanding } from './trace-store.ts'
import { type Trace, traceOf, type TraceRefusal } from './trace.ts'

/**
 * What a question found: the orders that it may mean, at most MOST_FOUND, and the trace where it can only mean one.
 * `notKnown` says what cannot be said now, and why; null where nothing is missing.
 */
export type OrderSearch = { orders: FoundOrder[]; more: boolean; trace: Trace | null; notKnown: string | null }

/** Traces the order through both apps; refused where nothing is known of a confirmed order. */
export async function traceOrder(context: RequestContext, number: number): Promise<Result<Trace, TraceRefusal>> {
  const { db, now } = context
  const [theirs, read] = await Promise.all([fetchStanding(context, number), readStanding(db, number)])
  await witness(context, [read])
  const ours = read.witnessed ? read : await readStanding(db, number)
  if (ours.copy === null && ours.quarantine === null && ours.invoice === null) {
    if (!theirs.ok) return theirs
    if (theirs.value === null) return err({ reason: 'unknown' })
  }
  return ok(traceOf(number, theirs, ours, now))
}

/**
 * Looks for the order that `q` names: its number, external id, invoice or credit note, or its customer. What billing has
 * by a whole number or id counts first, then what ordering has by the order's, and then what they are a part of.
 */
export async function searchOrder(context: RequestContext, q: string): Promise<Result<OrderSearch, TraceRefusal>> {
  const { db } = context
  const exact = await findExactly(db, q)
  if (exact.orders.length > 0) return answer(context, exact, null)
  const sought = await fetchSought(context, q)
  if (sought.ok && sought.value.length > 0) {
    const orders = sought.value.map(({ number, externalId, customer, state }): FoundOrder => {
      return {
        number,
        externalId,
        customer,
        state: state === 'Deleted' ? 'Deleted' : 'InOrdering',
        invoiceNumber: null,
      }
    })
    return answer(context, { orders, more: false, witnessed: true }, null)
  }
  const parts = await findByPart(db, q)
  if (parts.orders.length > 0 || parts.more) return answer(context, parts, sought.ok ? null : sought.error)
  return sought.ok ? err({ reason: 'unknown' }) : sought
}

async function answer(
  context: RequestContext,
  found: FoundOrders,
  silent: NoAnswer | null,
): Promise<Result<OrderSearch, TraceRefusal>> {
  const { orders, more } = found
  const [only, ...others] = orders
  // While ordering is silent, another order may be meant, which billing does not have yet.
  if (silent === null && only !== undefined && others.length === 0 && !more) {
    const traced = await traceOrder(context, only.number)
    return traced.ok ? ok({ orders, more, trace: traced.value, notKnown: null }) : traced
  }
  await witness(context, [found])
  const notKnown =
    silent === null
      ? null
      : `Ordering does not answer, so orders that billing does not have yet are missing here. ${silent.detail}`
  return ok({ orders, more, trace: null, notKnown })
}
