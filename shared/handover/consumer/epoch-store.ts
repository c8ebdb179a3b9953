import { rowsOf } from '../../db/d1.ts'
import type { Db } from '../../db/open-d1.ts'
import { transaction } from '../../db/transaction.ts'
import { plain } from '../sql-names.ts'
import type { ConsumerTables, Row } from './tables.ts'

/**
 * Learns an epoch from an answer that was asked for while `known` was the current one: if it still is, an epoch never seen
 * before is newer, so it becomes current and a repair is owed. If another was learned meanwhile, the answer may be older than
 * that one, and nothing changes: taken for newer, it would retire the epoch that the publisher is in, for ever.
 * The first epoch of all needs no repair beyond reading the feed from its start.
 * @param known null before the publisher ever answered
 */
export function learnEpochStatements(
  db: Db,
  { pull, epochs }: ConsumerTables,
  epoch: string,
  known: string | null,
  now: string,
) {
  return {
    learned: db.run(plain`
      INSERT INTO ${epochs} (${epochs.epoch}, ${epochs.firstSeenAt}) SELECT ${epoch}, ${now} FROM ${pull}
      WHERE ${pull.epoch} IS ${known} AND NOT EXISTS (SELECT 1 FROM ${epochs} WHERE ${epochs.epoch} = ${epoch})`),
    current: db.run(plain`
      UPDATE ${pull} SET ${pull.epoch} = ${epoch}, ${pull.repair} = iif(${pull.epoch} IS NULL, NULL, 'owed')
      WHERE ${pull.epoch} IS NOT ${epoch}
        AND ${epoch} = (SELECT ${epochs.epoch} FROM ${epochs} ORDER BY ${epochs.nr} DESC LIMIT 1)`),
  }
}

/** Learns an epoch outside any other transaction, and returns the one that is current then. */
export async function learnEpoch(
  db: Db,
  tables: ConsumerTables,
  epoch: string,
  known: string | null,
  now: string,
): Promise<string | null> {
  const { selected } = await transaction(db, {
    ...learnEpochStatements(db, tables, epoch, known, now),
    selected: selectEpoch(db, tables),
  })
  return epochOf(selected)
}

/** The epoch that is current; null before the publisher ever answered. */
export async function readEpoch(db: Db, tables: ConsumerTables): Promise<string | null> {
  return epochOf(await selectEpoch(db, tables))
}

function selectEpoch(db: Db, { pull }: ConsumerTables) {
  return db.run(plain`SELECT ${pull.epoch} FROM ${pull}`)
}

function epochOf(selected: D1Result): string | null {
  return rowsOf<Pick<Row<'pull'>, 'epoch'>>(selected)[0]?.epoch ?? null
}
