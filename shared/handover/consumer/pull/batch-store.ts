import type { SQL } from 'drizzle-orm'
import { rowsOf } from '../../../db/d1.ts'
import type { Db } from '../../../db/open-d1.ts'
import { transaction } from '../../../db/transaction.ts'
import { plain } from '../../sql-names.ts'
import { abortUnless, endTrial, isAborted, unlessAborted } from '../abort-store.ts'
import { type Arrival, arrivalOf, type CopyKeeper, givesWay, upsertCopies } from '../copy-store.ts'
import { quarantineRecords } from '../quarantine-store.ts'
import type { ReadRecord, UnfitRecord } from '../record.ts'
import { LEASE_SECONDS } from './run-store.ts'
import type { RunCounts } from '../run.ts'
import type { ConsumerTables } from '../tables.ts'

/**
 * A batch as it was read: its records, those that do not fit, and the tokens it lies between. `repairing` tells that
 * copies of a retired epoch may be met.
 */
export type ReadBatch<R> = {
  epoch: string
  from: string | null
  next: string
  records: ReadRecord<R>[]
  unfit: UnfitRecord[]
  repairing: boolean
}
/** Who stores a batch: `attemptId` is new for each attempt. `traced` asks what was done with each record. */
export type BatchAttempt = { runId: string; attemptId: string; now: string; traced: boolean }
/** What was done with a record, for the log. */
export type RecordTrace = { key: number; revision: number; done: Exclude<keyof RunCounts, 'quarantined'> }
/** The run's counts after the batch; `traces` is empty unless asked for. */
export type BatchOutcome = { counts: RunCounts; traces: RecordTrace[] }

/** What is known of a batch's records: which change a copy, and which have none. Each record travels once that way. */
type BatchPlan<R> = Arrival<R> & { known: number; changes: number }

/**
 * Stores one batch: its records, what follows from them, its quarantine, the run's counts and the token, or nothing.
 * Undefined, with nothing written, if another run has moved the token or a newer epoch was learned meanwhile: the second
 * statement aborts the transaction then.
 */
export async function storeBatch<R>(
  consumer: CopyKeeper<R>,
  db: Db,
  batch: ReadBatch<R>,
  attempt: BatchAttempt,
): Promise<BatchOutcome | undefined> {
  const planned = await planBatch(consumer, db, batch)
  return (
    (await storeAsPlanned(consumer, db, batch, planned, attempt)) ??
    // The plan, too, is refused when a deep link has stored one of the records since. Without one nothing is assumed.
    (planned === undefined ? undefined : storeAsPlanned(consumer, db, batch, undefined, attempt))
  )
}

async function storeAsPlanned<R>(
  consumer: CopyKeeper<R>,
  db: Db,
  batch: ReadBatch<R>,
  plan: BatchPlan<R> | undefined,
  attempt: BatchAttempt,
): Promise<BatchOutcome | undefined> {
  const statements = batchStatements(consumer, db, batch, plan, attempt)
  const results = await unlessAborted('token_moved', () => transaction(db, statements))
  // The row of the pull has no trigger, or its changes would be counted too. A batch that was done twice has none.
  const [counts] = results?.moved.meta.changes === 1 ? rowsOf<RunCounts>(results.moved) : []
  return counts && { counts, traces: results?.judged.flatMap(rowsOf<RecordTrace>) ?? [] }
}

/** Looks which of the batch's records are known; undefined where nothing is to be gained by it. */
async function planBatch<R>(
  { tables }: CopyKeeper<R>,
  db: Db,
  { epoch, records }: ReadBatch<R>,
): Promise<BatchPlan<R> | undefined> {
  if (records.length === 0) return undefined
  const result = await db.run(plain`SELECT key, done, repeated FROM (${judgeEach(tables, epoch, records)}) WHERE known`)
  const known = new Map(rowsOf<RecordTrace & { repeated: 0 | 1 }>(result).map((row) => [row.key, row]))
  const isRepeated = ({ key }: ReadRecord<R>) => known.get(key)?.repeated === 1
  const isChanging = ({ key }: ReadRecord<R>) => (known.get(key)?.done ?? 'unchanged') !== 'unchanged'
  return {
    all: records,
    adding: records.filter(({ key }) => !known.has(key)),
    changing: records.filter((record) => isChanging(record) || isRepeated(record)),
    repeated: records.filter(isRepeated),
    known: known.size,
    changes: records.filter(isChanging).length,
  }
}

/**
 * Tries the batch and undoes it: 'taken'; 'lost', if it may not be stored any more; or what was thrown, which is a
 * refusal of its data if isDataRefusal says so.
 */
export async function tryBatch<R>(
  consumer: CopyKeeper<R>,
  db: Db,
  batch: ReadBatch<R>,
  attempt: BatchAttempt,
): Promise<'taken' | 'lost' | { refusal: unknown }> {
  try {
    const statements = batchStatements(consumer, db, batch, undefined, attempt)
    await transaction(db, { ...statements, end: endTrial(db, consumer.tables) })
  } catch (refusal) {
    if (isAborted(refusal, 'trial_ended')) return 'taken'
    return isAborted(refusal, 'token_moved') ? 'lost' : { refusal }
  }
  throw new Error('Cannot try a batch: its transaction was not undone')
}

function batchStatements<R>(
  consumer: CopyKeeper<R>,
  db: Db,
  batch: ReadBatch<R>,
  plan: BatchPlan<R> | undefined,
  { runId, attemptId, now, traced }: BatchAttempt,
) {
  const { tables } = consumer
  const { pull } = tables
  const { epoch, records, unfit, from, repairing } = batch
  const isOurs = plain`EXISTS (SELECT 1 FROM ${pull} WHERE ${pull.batchId} = ${attemptId})`
  return {
    moved: db.run(moveToken(tables, batch, plan, runId, attemptId)),
    guard: abortUnless(db, tables, 'token_moved', isOurs),
    // What will be done with each record is judged before it is done: afterwards all are equal.
    judged: traced ? [db.run(judgeEach(tables, epoch, records))] : [],
    stored: upsertCopies(consumer, db, plan ?? arrivalOf(records), { epoch, source: 'pull', now, runId, repairing }),
    quarantined: quarantineRecords(consumer, db, unfit, from, now),
  }
}

function moveToken<R>(
  tables: ConsumerTables,
  { epoch, from, next, records, unfit }: ReadBatch<R>,
  plan: BatchPlan<R> | undefined,
  runId: string,
  attemptId: string,
): SQL {
  const { pull } = tables
  const { created, changed, removed, unchanged, quarantined, batches } = pull
  // Copies are never deleted: as many known ones are the same ones.
  const asPlanned = plan && plain` AND judged.known = ${plan.known} AND judged.changes = ${plan.changes}`
  return plain`
    UPDATE ${pull} SET ${pull.token} = ${next}, ${pull.batchId} = ${attemptId},
      ${pull.leaseUntil} = unixepoch('subsec') + ${LEASE_SECONDS}, ${batches} = ${batches} + 1,
      ${quarantined} = ${quarantined} + ${unfit.length}, ${created} = ${pull}.${created} + judged.created,
      ${changed} = ${pull}.${changed} + judged.changed, ${removed} = ${pull}.${removed} + judged.removed,
      ${unchanged} = ${pull}.${unchanged} + judged.unchanged
    FROM (
      SELECT count(*) FILTER (WHERE done = 'created') AS created, count(*) FILTER (WHERE done = 'changed') AS changed,
        count(*) FILTER (WHERE done = 'removed') AS removed, count(*) FILTER (WHERE done = 'unchanged') AS unchanged,
        count(*) FILTER (WHERE known) AS known, count(*) FILTER (WHERE known AND done <> 'unchanged') AS changes
      FROM (${judgeEach(tables, epoch, records)})
    ) judged
    WHERE ${pull.id} = 1 AND ${pull.runId} = ${runId} AND ${pull.token} IS ${from} AND ${pull.epoch} = ${epoch} ${asPlanned ?? plain``}
    RETURNING ${pull}.${created}, ${pull}.${changed}, ${pull}.${removed}, ${pull}.${unchanged}, ${pull}.${quarantined}`
}

/** What storing the batch would do with each of its records; nothing is changed. */
export async function judgeBatchRecords<R>(
  { tables }: CopyKeeper<R>,
  db: Db,
  { epoch, records }: ReadBatch<R>,
): Promise<RecordTrace[]> {
  return rowsOf<RecordTrace>(await db.run(judgeEach(tables, epoch, records)))
}

/**
 * Selects what would be done with each of the records, rows of RecordTrace; `known` where there is a copy, `repeated`
 * where it is of the same revision.
 */
function judgeEach<R>(tables: ConsumerTables, epoch: string, records: readonly ReadRecord<R>[]): SQL {
  const { copies } = tables
  const facts = records.map(({ key, revision, fingerprint, deleted }) => [key, revision, fingerprint, deleted ? 1 : 0])
  return plain`
    SELECT r.key, r.revision, o.${copies.key} IS NOT NULL AS known,
      o.${copies.epoch} = ${epoch} AND o.${copies.revision} = r.revision AND o.${copies.fingerprint} = r.fingerprint AS repeated,
      CASE WHEN o.${copies.key} IS NULL THEN iif(r.deleted, 'removed', 'created')
        WHEN NOT ${givesWay(tables, plain`o`, epoch)} THEN 'unchanged'
        WHEN r.deleted AND NOT o.${copies.deleted} THEN 'removed'
        ELSE 'changed' END AS done
    FROM (
      SELECT value ->> 0 AS key, value ->> 1 AS revision, value ->> 2 AS fingerprint, value ->> 3 AS deleted
      FROM json_each(${JSON.stringify(facts)})
    ) r LEFT JOIN ${copies} o ON o.${copies.key} = r.key`
}
