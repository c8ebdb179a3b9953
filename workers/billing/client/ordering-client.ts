import {
  type OrderStanding,
  orderStanding,
  type SoughtOrders,
  soughtOrders,
} from '../../../shared/contract/order-standing.ts'
import { ORDER_FEED } from '../../../shared/contract/order-feed.ts'
import { ask, type Calling, parseAnswer } from '../../../shared/handover/consumer/client.ts'
import type { Publisher } from '../../../shared/handover/consumer/definition.ts'
import type { NoAnswer } from '../../../shared/handover/consumer/record.ts'
import { ok, type Result } from '../../../shared/result.ts'

/** Ordering, as billing asks it over the binding. */
export const ORDERING: Publisher<Env> = {
  names: ORDER_FEED,
  words: { publisher: 'ordering', consumer: 'billing', record: 'order', aRecord: 'an order', records: 'orders' },
  from: (env) => env.ORDERING,
}

const TIMEOUT_MS = 2_000

/** Asks where an order stands in ordering; null if it was never confirmed there. */
export async function fetchStanding(
  context: Calling<Env>,
  number: number,
): Promise<Result<OrderStanding | null, NoAnswer>> {
  const asked = await ask(ORDERING, context, `/orders/${number}/standing`, TIMEOUT_MS)
  if (!asked.ok) return asked
  return asked.value.status === 404 ? ok(null) : parseAnswer(orderStanding, asked.value)
}

/** Asks for the orders that have this number or external id in ordering, whether billing has them or not. */
export async function fetchSought(context: Calling<Env>, q: string): Promise<Result<SoughtOrders['orders'], NoAnswer>> {
  const asked = await ask(ORDERING, context, `/orders/find?q=${encodeURIComponent(q)}`, TIMEOUT_MS)
  if (!asked.ok) return asked
  const parsed = parseAnswer(soughtOrders, asked.value)
  return parsed.ok ? ok(parsed.value.orders) : parsed
}
