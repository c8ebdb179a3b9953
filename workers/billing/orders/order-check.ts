import { isDataRefusal } from '../../../shared/db/d1.ts'
import { describeError } from '../../../shared/edge/log.ts'
import type { FieldError } from '../../../shared/edge/problem.ts'
import { err, ok, type Result } from '../../../shared/result.ts'
import type { RequestContext } from '../edge/request-context.ts'
import { findNewerEpoch } from './deep-link.ts'
import { storeOrders } from './deep-link-store.ts'
import { fetchOrder, type FetchedOrders, fetchOrders } from '../client/order-client.ts'
import type { OrderCheck, ReadOrder } from '../copies/order-copy.ts'
import type { NoAnswer } from '../client/ordering-binding.ts'

/**
 * Asks ordering for the order before it is decided on: one call, and one D1 batch. What comes goes through the same
 * guard as the deep link's order, and never moves the pull's token.
 */
export async function checkOrder(context: RequestContext, number: number): Promise<OrderCheck> {
  const checks = await check(context, [number], async () => {
    const fetched = await fetchOrder(context.env.ORDERING, number)
    if (fetched.ok) return ok({ epoch: fetched.value.epoch, orders: new Map([[number, ok(fetched.value)]]) })
    const refusal = fetched.error
    if (refusal.reason === 'no_answer') return err(refusal)
    return ok({ epoch: null, orders: new Map([[number, err(refusal)]]) })
  })
  return checkOf(checks, number)
}

/** Asks ordering for several orders as `checkOrder` does for one: in one call, and one D1 batch. */
export async function checkOrders(
  context: RequestContext,
  numbers: readonly number[],
): Promise<(number: number) => OrderCheck> {
  if (numbers.length === 0) return () => NOT_ASKED
  const checks = await check(context, numbers, () => fetchOrders(context.env.ORDERING, numbers))
  return (number) => checkOf(checks, number)
}

/** An order that was not among those asked for. */
const NOT_ASKED: OrderCheck = { reason: 'left_out' }

function checkOf(checks: ReadonlyMap<number, OrderCheck>, number: number): OrderCheck {
  return checks.get(number) ?? NOT_ASKED
}

/** `epoch` is null where what came is of no history: there is nothing to store. */
type Fetched = Result<Omit<FetchedOrders, 'epoch'> & { epoch: string | null }, NoAnswer>

async function check(
  context: RequestContext,
  numbers: readonly number[],
  fetch: () => Promise<Fetched>,
): Promise<Map<number, OrderCheck>> {
  const { log } = context
  const all = (check: OrderCheck) => new Map(numbers.map((number) => [number, check]))
  const first = await fetchAndStore(context, fetch)
  if (!first.ok) {
    log.warn('decision.unchecked', { numbers, ...first.error })
    return all(first.error)
  }
  if (first.value.current === null) return first.value.checks
  // As the deep link does after an answer of an epoch that is not billing's current one.
  const learned = await findNewerEpoch(context, first.value.current)
  const second = learned.ok ? await fetchAndStore(context, fetch) : learned
  if (second.ok && second.value.current === null) return second.value.checks
  log.warn('decision.unsettled', { numbers })
  return all({ reason: 'unsettled' })
}

/** `current` is billing's epoch where the answer is of another, and null where it is of that. */
async function fetchAndStore(context: RequestContext, fetch: () => Promise<Fetched>) {
  const fetched = await fetch()
  if (!fetched.ok) return fetched
  const { epoch, orders } = fetched.value
  const read = [...orders.values()].flatMap((answer) => (answer.ok ? [answer.value] : []))
  const stored = epoch === null ? NOTHING_STORED : await store(context, read, epoch)
  const checks = new Map<number, OrderCheck>()
  for (const [number, answer] of orders) {
    const refused = stored.refused.get(number)
    checks.set(number, refused ?? (answer.ok ? answered(answer.value) : answer.error))
  }
  return ok({ current: stored.current === epoch ? null : stored.current, checks })
}

function answered({ order: { fingerprint } }: ReadOrder): OrderCheck {
  return { reason: 'answered', fingerprint }
}

type Storing = { current: string | null; refused: Map<number, OrderCheck> }

const NOTHING_STORED: Storing = { current: null, refused: new Map() }

/** Stores the orders together, or one by one where the database refuses one of them. */
async function store(context: RequestContext, orders: readonly ReadOrder[], epoch: string): Promise<Storing> {
  const { db, log, now } = context
  try {
    return { current: await storeOrders(db, orders, epoch, now), refused: new Map() }
  } catch (error) {
    const [first] = orders
    if (!isDataRefusal(error) || first === undefined) throw error
    if (orders.length > 1) return storeOneByOne(context, orders, epoch)
    const { number } = first.order
    log.warn('decision.refused', { number, ...describeError(error) })
    const errors: FieldError[] = [{ pointer: '', detail: 'Billing’s database refuses this order' }]
    return { current: epoch, refused: new Map([[number, { reason: 'unreadable', errors }]]) }
  }
}

async function storeOneByOne(context: RequestContext, orders: readonly ReadOrder[], epoch: string): Promise<Storing> {
  const together: Storing = { current: epoch, refused: new Map() }
  for (const order of orders) {
    const { current, refused } = await store(context, [order], epoch)
    if (current !== epoch) together.current = current
    for (const [number, check] of refused) together.refused.set(number, check)
  }
  return together
}
