import { sql, type SQL } from 'drizzle-orm'
import { cutByBytes } from '../../db/byte-limits.ts'
import { rowsOf } from '../../db/d1.ts'
import type { Db, Statement } from '../../db/open-d1.ts'
import { columnsOf, plain, plainName } from '../sql-names.ts'
import type { Consumer } from './definition.ts'
import { releaseRecords } from './quarantine-store.ts'
import type { Copy, ReadRecord, Source } from './record.ts'
import type { ConsumerTables, Row } from './tables.ts'

/** What the stores of copies need of a consumer. */
export type CopyKeeper<R> = Pick<Consumer<never, R>, 'names' | 'tables' | 'derived' | 'apply'>

/**
 * Where and when records were read, and by which run of the pull, if it was one. `repairing`: copies of a retired epoch
 * may be met, and what is changed then is kept.
 */
export type Reading = { epoch: string; source: Source; now: string; runId: string | null; repairing: boolean }

/**
 * What is to be stored. `all` are what came, those included that change nothing; `adding` may be new, `changing` may
 * replace a copy, and of those `repeated` may have come at this revision before. What is not known stands in all of them.
 */
export type Arrival<R> = Record<'all' | 'adding' | 'changing' | 'repeated', readonly ReadRecord<R>[]>

/** Records of which nothing is known. */
export function arrivalOf<R>(records: readonly ReadRecord<R>[]): Arrival<R> {
  return { all: records, adding: records, changing: records, repeated: records }
}

/** D1 binds at most 100 parameters a statement: this many records, and room for what else it asks. */
const RECORDS_A_STATEMENT = 85

/**
 * The statements that store records and what follows for the application, one after the other. Every write of a copy goes
 * through here, but for a comparison's correction. What may not be stored is undone by the transaction's guard.
 *
 * A copy of the same epoch gives way only to a higher revision, one of a retired epoch to whatever the publisher says now.
 * A copy that was changed behind the consumer's back (its fingerprint is void) gives way to the same revision as well.
 */
export function upsertCopies<R>(
  consumer: CopyKeeper<R>,
  db: Db,
  { all, adding, changing, repeated }: Arrival<R>,
  reading: Reading,
): Statement[] {
  const { tables, derived, apply } = consumer
  const { copies } = tables
  const { epoch, source, now, runId, repairing } = reading
  const keys = all.map(({ key }) => key)
  const { key, revision, fingerprint, deleted, orphaned, record, fetchedAt } = copies
  const setDerived = derived === undefined ? plain`` : plain`${derived.column} = r.${derived.column}, `
  const derivedColumn = derived === undefined ? plain`` : plain`${derived.column}, `
  const derivedValue = derived === undefined ? plain`` : plain`r.${derived.column}, `
  return [
    ...inStatements(consumer, repeated, (r) => db.run(voidOtherRecords(consumer, r, epoch))),
    ...(repairing
      ? [
          ...inStatements(consumer, changing, (r) => db.run(recordRepairs(tables, r, reading))),
          db.run(markSame(tables, all, epoch)),
        ]
      : []),
    ...inStatements(consumer, changing, (r) =>
      db.run(plain`
        UPDATE ${copies} SET ${revision} = r.revision, ${fingerprint} = r.fingerprint, ${copies.epoch} = ${epoch},
          ${deleted} = r.deleted, ${orphaned} = 0, ${record} = r.record, ${setDerived}${copies.source} = ${source},
          ${fetchedAt} = ${now}, ${copies.runId} = ${runId}
        FROM ${r} r WHERE ${copies}.${key} = r.key AND ${givesWay(tables, plain`${copies}`, epoch)}`),
    ),
    ...inStatements(consumer, adding, (r) =>
      db.run(plain`
        INSERT INTO ${copies} (${key}, ${revision}, ${fingerprint}, ${copies.epoch}, ${deleted}, ${record},
          ${derivedColumn}${copies.source}, ${fetchedAt}, ${copies.runId})
        SELECT r.key, r.revision, r.fingerprint, ${epoch}, r.deleted, r.record, ${derivedValue}${source}, ${now}, ${runId}
        FROM ${r} r WHERE NOT EXISTS (SELECT 1 FROM ${copies} WHERE ${key} = r.key)`),
    ),
    ...(keys.length === 0 ? [] : [...apply(db, keys, now), ...releaseRecords(db, tables, keys, now)]),
  ]
}

/**
 * The records as rows `r` of as many statements as it takes. A record is a parameter of its own: unpacked by json_each
 * from one for all, storing it cost twice as much. What is derived from the record stands before it, since D1 binds few
 * parameters. Integers, which readRecord has judged, stand in the text.
 */
function inStatements<R, T>({ derived }: CopyKeeper<R>, records: readonly ReadRecord<R>[], build: (r: SQL) => T): T[] {
  // No CTE: SQLite copies its text's tree where it is used, and preparing the statement took twice as long.
  const rows = `(
    SELECT column1 AS key, column2 AS revision, column3 AS fingerprint, column4 AS deleted,
      ${derived === undefined ? '' : `substr(column6, 1, column5) AS ${plainName(derived.column)}, `}substr(column6, column5 + 1) AS record
    FROM (VALUES (`
  const statements: T[] = []
  for (let from = 0; from < records.length; from += RECORDS_A_STATEMENT) {
    const part = records.slice(from, from + RECORDS_A_STATEMENT)
    const before = part.map(({ record }) => derived?.from(record) ?? '')
    const beginnings = part.map(({ key, revision, fingerprint, deleted }, index) => {
      // SQLite counts code points.
      const { length } = [...(before[index] ?? '')]
      return `${key}, ${revision}, ${fingerprint}, ${deleted ? 1 : 0}, ${length}, `
    })
    // One template and not one a row: drizzle walks each, and that took longer than to write the records as JSON.
    const texts = beginnings.map((row, index) => (index === 0 ? `${rows}${row}` : `), (${row}`)).concat(')))')
    const values = part.map(({ text }, index) => (before[index] ?? '') + text)
    statements.push(build(sql(Object.assign(texts, { raw: texts }), ...values)))
  }
  return statements
}

/**
 * Voids copies whose record has other members than the same revision has now, so that they give way to it: a release of
 * the publisher has added some and sends all records again. The place in the feed alone is no reason to write.
 */
function voidOtherRecords<R>({ names, tables: { copies } }: CopyKeeper<R>, r: SQL, epoch: string): SQL {
  const place = sql.raw(`'$.${names.place}'`)
  return plain`
    UPDATE ${copies} SET ${copies.fingerprint} = NULL FROM ${r} r
    WHERE ${copies}.${copies.key} = r.key AND ${copies}.${copies.epoch} = ${epoch}
      AND ${copies}.${copies.revision} = r.revision AND ${copies}.${copies.fingerprint} = r.fingerprint
      AND json_remove(${copies}.${copies.record}, ${place}) <> json_remove(r.record, ${place})`
}

/** Keeps what a repair is about to change. */
function recordRepairs({ copies, repairs }: ConsumerTables, r: SQL, { epoch, now, runId }: Reading): SQL {
  return plain`
    INSERT INTO ${repairs} (${repairs.key}, ${repairs.why}, ${repairs.before}, ${repairs.after}, ${repairs.runId}, ${repairs.at})
    SELECT r.key, 'restored', o.${copies.record}, r.record, ${runId}, ${now}
    FROM ${r} r JOIN ${copies} o ON o.${copies.key} = r.key
    WHERE o.${copies.epoch} <> ${epoch} AND o.${copies.fingerprint} IS NOT r.fingerprint`
}

/** Marks what is the same in the new epoch. */
function markSame<R>({ copies }: ConsumerTables, all: readonly ReadRecord<R>[], epoch: string): SQL {
  const fingerprints = JSON.stringify(all.map(({ key, fingerprint }) => [key, fingerprint]))
  return plain`
    UPDATE ${copies} SET ${copies.epoch} = ${epoch}, ${copies.orphaned} = 0 FROM json_each(${fingerprints}) r
    WHERE ${copies}.${copies.key} = r.value ->> 0 AND ${copies}.${copies.epoch} <> ${epoch}
      AND ${copies}.${copies.fingerprint} = r.value ->> 1`
}

/** Whether the copy, which is named `copy` here, gives way to the record `r`, both being of the same key. */
export function givesWay({ copies }: ConsumerTables, copy: SQL, epoch: string): SQL {
  const { fingerprint, revision } = copies
  return plain`(
    CASE WHEN ${copy}.${copies.epoch} <> ${epoch} THEN ${copy}.${fingerprint} IS NOT r.fingerprint
      ELSE r.revision > ${copy}.${revision} OR (r.revision = ${copy}.${revision} AND ${copy}.${fingerprint} IS NULL) END
  )`
}

/** Selects the copy of a record, whose key may be an expression, for `toCopy`. */
export function selectCopy(db: Db, { copies }: ConsumerTables, key: number | SQL): Statement {
  return db.run(plain`
    SELECT ${columnsOf(copies, 'record', 'source', 'fetchedAt', 'orphaned')} FROM ${copies} WHERE ${copies.key} = ${key}`)
}

/** The copy that `selectCopy` found; undefined if there is none. */
export function toCopy<R>(result: D1Result): Copy<R> | undefined {
  const [row] = rowsOf<Pick<Row<'copies'>, 'record' | 'source' | 'fetchedAt' | 'orphaned'>>(result)
  if (row === undefined) return undefined
  const { record, orphaned, ...rest } = row
  // What was judged when it was stored is not judged again.
  return { record: JSON.parse(record) as R, orphaned: orphaned === 1, ...rest }
}

/** The copy of a record, a tombstone too; undefined if there is none. */
export async function findCopy<R>(
  { tables }: Pick<Consumer<never, R>, 'tables' | 'parse'>,
  db: Db,
  key: number,
): Promise<Copy<R> | undefined> {
  return toCopy<R>(await selectCopy(db, tables, key))
}

/**
 * The copies whose records the publisher has no longer, above the key `after`, the lowest first: at most `limit`, whose
 * records come to at most `mostBytes` unless one alone has more.
 */
export async function listOrphans(
  db: Db,
  { copies }: ConsumerTables,
  after: number,
  limit: number,
  mostBytes: number,
): Promise<{ key: number; record: unknown }[]> {
  const { key, record, orphaned } = copies
  const weighed = await db.run(plain`
    SELECT ${key} AS key, octet_length(${record}) AS bytes FROM ${copies}
    WHERE ${orphaned} = 1 AND ${key} > ${after} ORDER BY ${key} LIMIT ${limit}`)
  const [taken] = cutByBytes(rowsOf<{ key: number; bytes: number }>(weighed), mostBytes, ({ bytes }) => bytes)
  if (taken === undefined) return []
  const result = await db.run(plain`
    SELECT ${key} AS key, ${record} AS record FROM ${copies}
    WHERE ${orphaned} = 1 AND ${key} > ${after} AND ${key} <= ${taken.at(-1)?.key} ORDER BY ${key}`)
  const rows = rowsOf<{ key: number; record: string }>(result)
  return rows.map((row) => ({ key: row.key, record: JSON.parse(row.record) as unknown }))
}
