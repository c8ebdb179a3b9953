import { ok, type Result } from '../../result.ts'
import { type FeedRefusal, type FeedState, judgeToken, type Token } from './token.ts'

/** What a reader asks for: the records after the token (null: from the start), at most `limit` of them. */
export type BatchRequest = { after: Token | null; limit: number }

/** A slice of the feed, with the keys of its records. `more` tells that something comes after it. */
export type Batch = { records: object[]; keys: number[]; next: Token; more: boolean }

/** The feed's state with what there is to read: the highest number that a record holds, and whether any waits for one. */
export type FeedSummary = { state: FeedState; highestHeld: number; waiting: boolean }

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
    if (!judged.ok) return judged
    return ok({ records: [], keys: [], next: after ?? { epoch: state.epoch, number: 0 }, more: false })
  })
}
