import type { Db, Statement } from '../../db/open-d1.ts'
import { transaction } from '../../db/transaction.ts'
import { plain } from '../sql-names.ts'
import { abortUnless, unlessAborted } from './abort-store.ts'
import { arrivalOf, type CopyKeeper, type Reading, selectCopy, toCopy, upsertCopies } from './copy-store.ts'
import { learnEpochStatements, readEpoch } from './epoch-store.ts'
import type { Copy, ReadRecord } from './record.ts'

/** Statements of the application's own that read what it shows beside a copy, by name, and their results. */
export type Reads = Readonly<Record<string, Statement>>
export type ReadResults<Beside extends Reads> = { [Name in keyof Beside]: D1Result }

/** A copy, and what was read along with it. */
export type Stored<R, Beside extends Reads> = { copy: Copy<R> | undefined; beside: ReadResults<Beside> }

/** That records were not stored, since they are of another epoch than the one that is current. */
export type NotCurrent = { current: string | null }

/**
 * Stores records that were read outside the feed. An answer of an epoch that is not the current one aborts the transaction;
 * an older revision changes nothing. The pull's token stays; only the first epoch of all is learned here: whether another
 * is newer than the current one, an answer alone does not tell.
 */
export async function storeOutsideFeed<R>(
  consumer: CopyKeeper<R>,
  db: Db,
  records: readonly ReadRecord<R>[],
  reading: Pick<Reading, 'epoch' | 'source' | 'now'>,
): Promise<'stored' | NotCurrent> {
  const results = await unlessAborted('epoch_not_current', () =>
    transaction(db, storeStatements(consumer, db, records, reading)),
  )
  return results === undefined ? { current: await readEpoch(db, consumer.tables) } : 'stored'
}

/** Stores one record as `storeOutsideFeed` does, and reads what is stored then, in one round trip. */
export async function storeAndRead<R, Beside extends Reads>(
  consumer: CopyKeeper<R>,
  db: Db,
  record: ReadRecord<R> & { epoch: string },
  now: string,
  beside: Beside,
): Promise<Stored<R, Beside> | NotCurrent> {
  const { tables } = consumer
  const { epoch, key } = record
  const results = await unlessAborted('epoch_not_current', () =>
    transaction(db, {
      ...storeStatements(consumer, db, [record], { epoch, source: 'deep-link', now }),
      copied: selectCopy(db, tables, key),
      beside: Object.values(beside),
    }),
  )
  if (results === undefined) return { current: await readEpoch(db, tables) }
  return { copy: toCopy<R>(results.copied), beside: nameResults(beside, results.beside) }
}

/** What is stored of a record, read in one round trip. */
export async function readStored<R, Beside extends Reads>(
  { tables }: CopyKeeper<R>,
  db: Db,
  key: number,
  beside: Beside,
): Promise<Stored<R, Beside>> {
  const results = await transaction(db, { copied: selectCopy(db, tables, key), beside: Object.values(beside) })
  return { copy: toCopy<R>(results.copied), beside: nameResults(beside, results.beside) }
}

function nameResults<Beside extends Reads>(beside: Beside, results: readonly D1Result[]): ReadResults<Beside> {
  const named = Object.keys(beside).map((name, index) => [name, results[index]])
  return Object.fromEntries(named) as ReadResults<Beside>
}

function storeStatements<R>(
  consumer: CopyKeeper<R>,
  db: Db,
  records: readonly ReadRecord<R>[],
  { epoch, source, now }: Pick<Reading, 'epoch' | 'source' | 'now'>,
) {
  const { tables } = consumer
  const { pull } = tables
  const isCurrent = plain`EXISTS (SELECT 1 FROM ${pull} WHERE ${pull.epoch} = ${epoch})`
  return {
    ...learnEpochStatements(db, tables, epoch, null, now),
    guard: abortUnless(db, tables, 'epoch_not_current', isCurrent),
    upserted: upsertCopies(consumer, db, arrivalOf(records), { epoch, source, now, runId: null, repairing: true }),
  }
}
