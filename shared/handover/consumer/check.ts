import { isDataRefusal } from '../../db/d1.ts'
import { describeError } from '../../edge/log.ts'
import { err, ok, type Result } from '../../result.ts'
import { fetchRecord, type FetchedRecords, fetchRecords } from './client.ts'
import { type Consumer, type Context, refusedByDatabase } from './definition.ts'
import { findNewerEpoch } from './deep-link.ts'
import { type NotCurrent, storeOutsideFeed } from './deep-link-store.ts'
import type { NoAnswer, ReadRecord, RecordCheck } from './record.ts'

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
