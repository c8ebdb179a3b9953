import type { Order } from '../../../shared/contract/order.ts'
import { ok, type Result } from '../../../shared/result.ts'
import type { SpoiledRecord } from '../orders/order-store.ts'
import { type FeedRefusal, type FeedState, judgeToken, type Token } from './token.ts'

/** The feed's state with what there is to read: the highest number that an order holds, and whether any waits for one. */
export type FeedSummary = { state: FeedState; highestHeld: number; waiting: boolean }

/** What a reader asks for: the orders after the token (null: from the start), at most `limit` of them. */
export type BatchRequest = { after: Token | null; limit: number }

/** A slice of the feed. `more` tells that something comes after it. */
export type Batch = { orders: (Order | SpoiledRecord)[]; next: Token; more: boolean }

/** A batch as it leaves the sequencer: its orders as the text of a JSON array, since objects would be copied one by one. */
export type WrittenBatch = { orders: string; next: Token; more: boolean }

/**
 * The answers when there is nothing to number and nothing new for any of the readers; undefined otherwise. An idle pull
 * is answered so, from three rows.
 */
export function answerNothingNew(
  { state, highestHeld, waiting }: FeedSummary,
  requests: readonly BatchRequest[],
): Result<Batch, FeedRefusal>[] | undefined {
  if (waiting || requests.some(({ after }) => highestHeld > (after?.number ?? 0))) return undefined
  return requests.map(({ after }) => {
    const judged = judgeToken(after, state)
    return judged.ok ? ok({ orders: [], next: after ?? { epoch: state.epoch, number: 0 }, more: false }) : judged
  })
}
