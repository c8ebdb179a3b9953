import { ok, type Result } from '../../../shared/result.ts'
import type { Batch, BatchRequest } from './batch-store.ts'
import { type FeedRefusal, type FeedState, judgeToken } from './token.ts'

/** The feed's state with what there is to read: the highest number that an order holds, and whether any waits for one. */
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
    return judged.ok ? ok({ orders: [], next: after ?? { epoch: state.epoch, number: 0 }, more: false }) : judged
  })
}
