import { isDataRefusal } from '../../db/d1.ts'
import { describeError } from '../../edge/log.ts'
import type { FieldError } from '../../edge/problem.ts'
import { err, ok, type Result } from '../../result.ts'
import { refusedByDatabase } from './batch.ts'
import { fetchBatch, fetchRecord, type FetchedRecords, fetchRecords, noAnswer, type RecordRefusal } from './client.ts'
import { capitalize, type Consumer, type Context } from './definition.ts'
import { learnEpoch } from './epoch-store.ts'
import {
  type NotCurrent,
  type ReadResults,
  readStored,
  type Reads,
  storeAndRead,
  type Stored,
  storeOutsideFeed,
} from './follow-store.ts'
import { type Copy, describeFieldErrors, type NoAnswer, type ReadRecord, type RecordCheck } from './record.ts'

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
async function findNewerEpoch<E, R>(
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

/**
 * Asks the publisher for a record before something is decided by it: one call, and one D1 batch. What comes goes through
 * the same guard as what a link leads to, and never moves the pull's token.
 */
export async function checkOne<E, R>(consumer: Consumer<E, R>, context: Context<E>, key: number): Promise<RecordCheck> {
  const checks = await check(consumer, context, [key], async () => {
    const fetched = await fetchRecord(consumer, context, key)
    if (fetched.ok) return ok({ epoch: fetched.value.epoch, records: new Map([[key, ok(fetched.value)]]) })
    const refusal = fetched.error
    if (refusal.reason === 'no_answer') return err(refusal)
    return ok({ epoch: null, records: new Map([[key, err(refusal)]]) })
  })
  return checkOf(checks, key)
}

/** Asks for several records as `checkOne` does for one: in one call, and one D1 batch. */
export async function checkSeveral<E, R>(
  consumer: Consumer<E, R>,
  context: Context<E>,
  keys: readonly number[],
): Promise<(key: number) => RecordCheck> {
  if (keys.length === 0) return () => NOT_ASKED
  const checks = await check(consumer, context, keys, () => fetchRecords(consumer, context, keys))
  return (key) => checkOf(checks, key)
}

/** A record that was not among those asked for. */
const NOT_ASKED: RecordCheck = { reason: 'left_out' }

function checkOf(checks: ReadonlyMap<number, RecordCheck>, key: number): RecordCheck {
  return checks.get(key) ?? NOT_ASKED
}

/** `epoch` is null where what came is of no history: there is nothing to store. */
type Fetched<R> = Result<Omit<FetchedRecords<R>, 'epoch'> & { epoch: string | null }, NoAnswer>

async function check<E, R>(
  consumer: Consumer<E, R>,
  context: Context<E>,
  keys: readonly number[],
  fetch: () => Promise<Fetched<R>>,
): Promise<Map<number, RecordCheck>> {
  const { log } = context
  const all = (check: RecordCheck) => new Map(keys.map((key) => [key, check]))
  const named = { [consumer.names.keys]: keys }
  const first = await fetchAndStore(consumer, context, fetch)
  if (!first.ok) {
    log.warn('check.unanswered', { ...named, ...first.error })
    return all(first.error)
  }
  if (first.value.other === null) return first.value.checks
  // As a link does after an answer of an epoch that is not the consumer's current one.
  const learned = await findNewerEpoch(consumer, context, first.value.other.current)
  const second = learned.ok ? await fetchAndStore(consumer, context, fetch) : learned
  if (second.ok && second.value.other === null) return second.value.checks
  log.warn('check.unsettled', named)
  return all({ reason: 'unsettled' })
}

/** `other` is the consumer's epoch where the answer is of another, and null where it is of that. */
async function fetchAndStore<E, R>(
  consumer: Consumer<E, R>,
  context: Context<E>,
  fetch: () => Promise<Fetched<R>>,
): Promise<Result<{ other: NotCurrent | null; checks: Map<number, RecordCheck> }, NoAnswer>> {
  const fetched = await fetch()
  if (!fetched.ok) return fetched
  const { epoch, records } = fetched.value
  const read = [...records.values()].flatMap((answer) => (answer.ok ? [answer.value] : []))
  const { other, refused } = epoch === null ? NOTHING_STORED : await store(consumer, context, read, epoch)
  const checks = new Map<number, RecordCheck>()
  for (const [key, answer] of records) {
    checks.set(key, refused.get(key) ?? (answer.ok ? answered(answer.value) : answer.error))
  }
  return ok({ other, checks })
}

function answered<R>({ fingerprint }: ReadRecord<R>): RecordCheck {
  return { reason: 'answered', fingerprint }
}

type Storing = { other: NotCurrent | null; refused: Map<number, RecordCheck> }

const NOTHING_STORED: Storing = { other: null, refused: new Map() }

/** Stores the records together, or one by one where the database refuses one of them. */
async function store<E, R>(
  consumer: Consumer<E, R>,
  context: Context<E>,
  records: readonly ReadRecord<R>[],
  epoch: string,
): Promise<Storing> {
  const { db, log, now } = context
  try {
    const stored = await storeOutsideFeed(consumer, db, records, { epoch, source: 'deep-link', now })
    return { other: stored === 'stored' ? null : stored, refused: new Map() }
  } catch (error) {
    const [first] = records
    if (!isDataRefusal(error) || first === undefined) throw error
    if (records.length > 1) return storeOneByOne(consumer, context, records, epoch)
    log.warn('check.refused', { [consumer.names.key]: first.key, ...describeError(error) })
    const errors = refusedByDatabase(consumer.words)
    return { other: null, refused: new Map([[first.key, { reason: 'unreadable', errors }]]) }
  }
}

async function storeOneByOne<E, R>(
  consumer: Consumer<E, R>,
  context: Context<E>,
  records: readonly ReadRecord<R>[],
  epoch: string,
): Promise<Storing> {
  const together: Storing = { other: null, refused: new Map() }
  for (const record of records) {
    const { other, refused } = await store(consumer, context, [record], epoch)
    together.other = other ?? together.other
    for (const [key, check] of refused) together.refused.set(key, check)
  }
  return together
}
