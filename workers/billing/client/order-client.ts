import * as z from '../../../shared/zod.ts'
import { type FeedBatch, feedBatch, readOrders } from '../../../shared/contract/order.ts'
import type { FieldError } from '../../../shared/edge/problem.ts'
import { err, ok, type Result } from '../../../shared/result.ts'
import { type ReadOrder, readOrder, type UnansweredOrder } from '../copies/order-copy.ts'
import { ask, type NoAnswer, noAnswer } from './ordering-binding.ts'

/** Why there is no batch. `restored`: the token is of another history, `epoch` is the one to read under. */
export type BatchRefusal =
  | NoAnswer
  | { reason: 'restored'; epoch: string }
  | { reason: 'invalid_token'; detail: string }

/** Why there is no order. `unreadable`: the record does not fit the contract; its revision is null where it has none. */
export type OrderRefusal =
  | NoAnswer
  | { reason: 'unknown' }
  | { reason: 'unreadable'; errors: FieldError[]; revision: number | null }

const ORDER_TIMEOUT_MS = 5_000
const PAGE_TIMEOUT_MS = 20_000

const problem = z.object({ type: z.string(), epoch: z.optional(z.string().check(z.minLength(1), z.maxLength(100))) })

/** Asks ordering for the batch after the token (null: from the start), with at most `limit` orders. */
export async function fetchBatch(
  ordering: Fetcher,
  token: string | null,
  limit: number,
): Promise<Result<FeedBatch, BatchRefusal>> {
  const after = token === null ? '' : `&after=${encodeURIComponent(token)}`
  const asked = await ask(ordering, `/orders?limit=${limit}${after}`, PAGE_TIMEOUT_MS)
  if (!asked.ok) return err(asked.error)
  const { status, body } = asked.value
  if (status === 200) {
    const batch = feedBatch.safeParse(body)
    return batch.success ? ok(batch.data) : err(noAnswer('Its batch of the feed does not have the agreed shape'))
  }
  const refused = problem.safeParse(body)
  if (status === 410 && refused.data?.type === '/problems/restored' && refused.data.epoch !== undefined) {
    return err({ reason: 'restored', epoch: refused.data.epoch })
  }
  if (status === 400 && refused.data?.type === '/problems/invalid-token') {
    return err({ reason: 'invalid_token', detail: `Ordering refuses the token ${token ?? ''}` })
  }
  return err(noAnswer(`It answered ${status}`))
}

/** Asks ordering for one order, as it is now. `epoch` is the history that the answer is of. */
export async function fetchOrder(
  ordering: Fetcher,
  number: number,
): Promise<Result<ReadOrder & { epoch: string }, OrderRefusal>> {
  const asked = await ask(ordering, `/orders/${number}`, ORDER_TIMEOUT_MS)
  if (!asked.ok) return err(asked.error)
  const { status, body, epoch } = asked.value
  if (status !== 200 && status !== 404) return err(noAnswer(`It answered ${status}`))
  if (status === 404) return err({ reason: 'unknown' })
  const read = readAskedOrder(body, number)
  if (!read.ok) return read
  if (epoch === null) return err(noAnswer('Its answer names no epoch'))
  return ok({ ...read.value, epoch })
}

/** Several orders by number, each of those that were asked for, in the history that `epoch` names. */
export type FetchedOrders = { epoch: string; orders: Map<number, Result<ReadOrder, UnansweredOrder>> }

/** Asks ordering for several orders, as they are now, in one call; at most MAX_READ_ORDERS. */
export async function fetchOrders(
  ordering: Fetcher,
  numbers: readonly number[],
): Promise<Result<FetchedOrders, NoAnswer>> {
  const asked = await ask(ordering, '/orders/read', ORDER_TIMEOUT_MS, { numbers })
  if (!asked.ok) return err(asked.error)
  const { status, body, epoch } = asked.value
  if (status !== 200) return err(noAnswer(`It answered ${status}`))
  const parsed = readOrders.safeParse(body)
  if (!parsed.success || epoch === null) return err(noAnswer('Its answer does not have the agreed shape'))
  const { answers, left } = parsed.data
  const records = new Map(answers.map(({ number, order }) => [number, order]))
  const orders = new Map<number, Result<ReadOrder, UnansweredOrder>>()
  for (const number of numbers) {
    const record = records.get(number)
    if (record === undefined && !left.includes(number)) return err(noAnswer(`Its answer does not name order ${number}`))
    orders.set(number, readAnswer(record, number))
  }
  return ok({ epoch, orders })
}

function readAnswer(record: unknown, number: number): Result<ReadOrder, UnansweredOrder> {
  if (record === undefined) return err({ reason: 'left_out' })
  return record === null ? err({ reason: 'unknown' }) : readAskedOrder(record, number)
}

function readAskedOrder(
  record: unknown,
  number: number,
): Result<ReadOrder, Extract<OrderRefusal, { errors: unknown }>> {
  const read = readOrder(record)
  if (!read.ok) return err({ reason: 'unreadable', errors: read.error.errors, revision: read.error.revision })
  if (read.value.order.number === number) return ok(read.value)
  const detail = `Order ${number} was asked for, and order ${read.value.order.number} came`
  return err({ reason: 'unreadable', errors: [{ pointer: '/number', detail }], revision: null })
}
