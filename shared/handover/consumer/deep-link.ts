import { isDataRefusal } from '../../db/d1.ts'
import { describeError } from '../../edge/log.ts'
import type { FieldError } from '../../edge/problem.ts'
import { err, ok, type Result } from '../../result.ts'
import { fetchBatch, fetchRecord, noAnswer, type RecordRefusal } from './client.ts'
import { capitalize, type Consumer, type Context, refusedByDatabase } from './definition.ts'
import { learnEpoch } from './epoch-store.ts'
import {
  type NotCurrent,
  type ReadResults,
  readStored,
  type Reads,
  storeAndRead,
  type Stored,
} from './deep-link-store.ts'
import { type Copy, describeFieldErrors, type NoAnswer, type ReadRecord } from './record.ts'

/** Why what is stored may be out of date. */
export type Staleness = { reason: 'no_answer' | 'unreadable' | 'orphaned'; detail: string }

/**
 * What a link to a record leads to; `stale` is null where the record was read a moment ago. What is stored may be a
 * tombstone.
 */
export type Followed<R, Beside extends Reads> =
  | { outcome: 'stored'; copy: Copy<R>; beside: ReadResults<Beside>; stale: Staleness | null }
  | { outcome: 'unknown' }
  | { outcome: 'unavailable'; detail: string }
  | { outcome: 'unreadable'; errors: FieldError[] }

/** How often it is asked: again after an answer of an epoch that is not the consumer's current one. */
const ATTEMPTS = 2

/**
 * Fetches a record, stores it, and reads what is stored, with what the application reads beside: one call and one D1
 * batch. It goes through the same guard as the pull, and never moves the pull's token. When the publisher does not answer,
 * what is stored is shown with its age.
 */
export async function followOne<E, R, Beside extends Reads>(
  consumer: Consumer<E, R>,
  context: Context<E>,
  key: number,
  beside: Beside,
): Promise<Followed<R, Beside>> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const fetched = await fetchRecord(consumer, context, key)
    if (!fetched.ok) return withoutRecord(consumer, context, key, beside, fetched.error)
    const stored = await storeFetched(consumer, context, fetched.value, beside)
    if (!stored.ok) return showStored(consumer, context, key, beside, stored.error)
    if ('beside' in stored.value) return outcomeOf(stored.value, null)
    if (attempt === ATTEMPTS) break
    const learned = await findNewerEpoch(consumer, context, stored.value.current)
    if (!learned.ok) return withoutRecord(consumer, context, key, beside, learned.error)
  }
  const refusal = noAnswer('Another epoch of its feed began in the meantime')
  return withoutRecord(consumer, context, key, beside, refusal)
}

/**
 * Learns which epoch is the newer: `known`, or that of a record that was read outside the feed. The record may have been
 * under way while a newer one was learned, or be newer itself. The feed's answer tells: it is asked for after `known` was.
 */
export async function findNewerEpoch<E, R>(
  consumer: Consumer<E, R>,
  context: Context<E>,
  known: string | null,
): Promise<Result<null, NoAnswer>> {
  const batch = await fetchBatch(consumer, context, null, 1)
  if (!batch.ok) return err(noAnswer('Its feed does not answer'))
  await learnEpoch(context.db, consumer.tables, batch.value.epoch, known, context.now)
  return ok(null)
}

async function storeFetched<E, R, Beside extends Reads>(
  consumer: Consumer<E, R>,
  { db, log, now }: Context<E>,
  record: ReadRecord<R> & { epoch: string },
  beside: Beside,
): Promise<Result<Stored<R, Beside> | NotCurrent, FieldError[]>> {
  try {
    return ok(await storeAndRead(consumer, db, record, now, beside))
  } catch (error) {
    if (!isDataRefusal(error)) throw error
    log.warn('link.refused', { [consumer.names.key]: record.key, ...describeError(error) })
    return err(refusedByDatabase(consumer.words))
  }
}

/** What is stored, where the publisher has not answered with the record. */
async function withoutRecord<E, R, Beside extends Reads>(
  consumer: Consumer<E, R>,
  context: Context<E>,
  key: number,
  beside: Beside,
  refusal: RecordRefusal,
): Promise<Followed<R, Beside>> {
  const { names, words } = consumer
  context.log.warn('link.stale', { [names.key]: key, reason: refusal.reason })
  switch (refusal.reason) {
    case 'unknown': {
      const detail = `${capitalize(words.publisher)} no longer has this ${words.record}`
      return outcomeOf(await readStored(consumer, context.db, key, beside), { reason: 'orphaned', detail })
    }
    case 'unreadable':
      return showStored(consumer, context, key, beside, refusal.errors)
    case 'no_answer': {
      const { detail } = refusal
      const shown = outcomeOf(await readStored(consumer, context.db, key, beside), { reason: 'no_answer', detail })
      return shown.outcome === 'unknown' ? { outcome: 'unavailable', detail } : shown
    }
  }
}

async function showStored<E, R, Beside extends Reads>(
  consumer: Consumer<E, R>,
  { db }: Context<E>,
  key: number,
  beside: Beside,
  errors: FieldError[],
): Promise<Followed<R, Beside>> {
  const detail = describeFieldErrors(errors)
  const shown = outcomeOf(await readStored(consumer, db, key, beside), { reason: 'unreadable', detail })
  return shown.outcome === 'unknown' ? { outcome: 'unreadable', errors } : shown
}

function outcomeOf<R, Beside extends Reads>(
  { copy, beside }: Stored<R, Beside>,
  stale: Staleness | null,
): Followed<R, Beside> {
  return copy === undefined ? { outcome: 'unknown' } : { outcome: 'stored', copy, beside, stale }
}
