import * as z from 'zod'
import { EPOCH_HEADER, type FeedPage, feedPage } from '../../shared/contract.ts'
import type { FieldError } from '../../shared/problem.ts'
import { err, ok, type Result } from '../../shared/result.ts'
import { type ReadOrder, readOrder } from './order-copy.ts'

/** Ordering does not answer: nothing came in time, a 5xx, or something that is not what it sends. No order is at fault. */
export type NoAnswer = { reason: 'no_answer'; detail: string }

/** Why there is no page. `restored`: the token is of another history, `epoch` is the one to read under. */
export type PageRefusal = NoAnswer | { reason: 'restored'; epoch: string } | { reason: 'invalid_token'; detail: string }

/** Why there is no order. `unreadable`: the record does not fit the contract. */
export type OrderRefusal =
  | NoAnswer
  | { reason: 'unknown' }
  | { reason: 'unreadable'; errors: FieldError[] }

const ORDER_TIMEOUT_MS = 5_000
const PAGE_TIMEOUT_MS = 20_000

const problem = z.object({ type: z.string(), epoch: z.string().min(1).max(100).optional() })

/** Asks ordering for the page after the token (null: from the start), with at most `limit` orders. */
export async function fetchPage(
  ordering: Fetcher,
  token: string | null,
  limit: number,
): Promise<Result<FeedPage, PageRefusal>> {
  const after = token === null ? '' : `&after=${encodeURIComponent(token)}`
  const asked = await ask(ordering, `/orders?limit=${limit}${after}`, PAGE_TIMEOUT_MS)
  if (!asked.ok) return err(asked.error)
  const { status, body } = asked.value
  if (status === 200) {
    const page = feedPage.safeParse(body)
    return page.success ? ok(page.data) : err(noAnswer('Its page of the feed does not have the shape of one'))
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
  const read = readOrder(body)
  if (!read.ok) return err({ reason: 'unreadable', errors: read.error.errors })
  if (read.value.order.number !== number) {
    const detail = `Order ${number} was asked for, and order ${read.value.order.number} came`
    return err({ reason: 'unreadable', errors: [{ pointer: '/number', detail }] })
  }
  if (epoch === null) return err(noAnswer('Its answer names no epoch'))
  return ok({ ...read.value, epoch })
}

type Answer = { status: number; body: unknown; epoch: string | null }

async function ask(ordering: Fetcher, path: string, timeoutMs: number): Promise<Result<Answer, NoAnswer>> {
  try {
    return await inTime(read(ordering, path, AbortSignal.timeout(timeoutMs)), timeoutMs)
  } catch (error) {
    // Whatever the binding throws (no Worker there, a crash, a lost connection, a time-out), ordering did not answer.
    return err(noAnswer(error instanceof Error ? error.message : String(error)))
  }
}

async function read(ordering: Fetcher, path: string, signal: AbortSignal): Promise<Result<Answer, NoAnswer>> {
  // The host is ignored by the service; a URL needs one.
  const response = await ordering.fetch(`https://ordering${path}`, { signal })
  const { status, headers } = response
  if (status >= 500) {
    await response.body?.cancel()
    return err(noAnswer(`It answered ${status}`))
  }
  try {
    return ok({ status, body: JSON.parse(await response.text()) as unknown, epoch: headers.get(EPOCH_HEADER) })
  } catch (error) {
    if (error instanceof SyntaxError) return err(noAnswer(`It answered ${status} with something that is not JSON`))
    throw error
  }
}

// A signal does not reach a body that stalls once the answer's head is there.
async function inTime<T>(answer: Promise<T>, timeoutMs: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`It did not answer within ${timeoutMs / 1000} seconds`)), timeoutMs)
  try {
    return await Promise.race([answer, promise])
  } finally {
    clearTimeout(timer)
  }
}

function noAnswer(detail: string): NoAnswer {
  return { reason: 'no_answer', detail }
}
