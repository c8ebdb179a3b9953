import { err, ok, type Result } from '../../../result.ts'
import { judgeBatch } from '../pull/refused-batch.ts'
import { judgeBatchRecords } from '../pull/batch-store.ts'
import { type BatchRefusal, fetchBatch } from '../client.ts'
import type { Consumer, Context } from '../definition.ts'
import { readResetStart, saveReset } from './reset-store.ts'
import type { RunCounts } from '../run.ts'

/** Where the token stands, and where it is to be put. Null is the feed's start. */
type ResetTokens = { tokenBefore: string | null; token: string | null }
/** What the next pulls would do after a reset. `complete` is false where it stopped before the feed's end. */
export type ResetPreview = ResetTokens & { preview: true; complete: boolean } & RunCounts
/** That a reset was done. */
export type ResetDone = ResetTokens & { preview: false }
/** What will become of a reset, or has. */
export type ResetOutcome = ResetPreview | ResetDone

/** `unknown_token`: not one that a run ended with in this epoch. `moved`: a run has moved it meanwhile. */
export type ResetRefusal = { reason: 'unknown_token' } | { reason: 'moved' } | { reason: 'no_answer'; detail: string }

const BATCH_LIMIT = 500
/** The binding may be called about thirty times in a request; 20 batches are 10,000 records. */
const MOST_BATCHES = 20

/** Counts what the next pulls would do from the token on, and changes nothing. */
export async function previewReset<E, R>(
  consumer: Consumer<E, R>,
  context: Context<E>,
  token: string | null,
): Promise<Result<ResetPreview, ResetRefusal>> {
  const { db } = context
  const start = await readResetStart(db, consumer.tables, token)
  if (!start.known) return err({ reason: 'unknown_token' })
  const counts: RunCounts = { created: 0, changed: 0, removed: 0, unchanged: 0, quarantined: 0 }
  let after = token
  let complete = false
  for (let batches = 0; batches < MOST_BATCHES && !complete; batches += 1) {
    const fetched = await fetchBatch(consumer, context, after, BATCH_LIMIT)
    if (!fetched.ok) return err(unreadable(fetched.error))
    const batch = judgeBatch(consumer, fetched.value, after, false)
    for (const { done } of await judgeBatchRecords(consumer, db, batch)) counts[done] += 1
    counts.quarantined += batch.unfit.length
    after = batch.next
    complete = !fetched.value.more
  }
  return ok({ tokenBefore: start.token, token, preview: true, complete, ...counts })
}

/**
 * Puts the token back to `token` (null: the feed's start). Safe at any time: the guard lets no older revision in. It is
 * taken back by a reset to `tokenBefore`.
 */
export async function resetToken<E, R>(
  consumer: Consumer<E, R>,
  context: Context<E>,
  token: string | null,
): Promise<Result<ResetDone, ResetRefusal>> {
  const { db, log, by, now, requestId } = context
  const start = await readResetStart(db, consumer.tables, token)
  if (!start.known) return err({ reason: 'unknown_token' })
  const reset = { tokenBefore: start.token, tokenAfter: token, resetBy: by, requestId, at: now }
  if (!(await saveReset(consumer, db, reset))) return err({ reason: 'moved' })
  log.warn('pull.reset', { tokenBefore: start.token, token })
  return ok({ tokenBefore: start.token, token, preview: false })
}

function unreadable(refusal: BatchRefusal): ResetRefusal {
  const restored = 'Its feed is in a new epoch: the next pull repairs, and reads it from the start'
  return { reason: 'no_answer', detail: refusal.reason === 'restored' ? restored : refusal.detail }
}
