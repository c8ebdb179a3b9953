import type { SQL } from 'drizzle-orm'
import { rowsOf } from '../../db/d1.ts'
import type { Db } from '../../db/open-d1.ts'
import { transaction } from '../../db/transaction.ts'
import { type AgreementDigest, RANGE_SIZE } from '../protocol.ts'
import { columnsOf, plain } from '../sql-names.ts'
import { abortUnless, unlessAborted } from './abort-store.ts'
import type { CopyKeeper } from './copy-store.ts'
import type { ReadRecord } from './record.ts'
import type { ConsumerTables, Row } from './tables.ts'

/** Where a comparison begins. */
export type ComparisonStart = Pick<Row<'pull'>, 'token' | 'repair' | 'agreedUpTo' | 'agreedAt'>

/** The token to compare up to, and what was agreed before. */
export async function readComparisonStart(db: Db, { pull }: ConsumerTables): Promise<ComparisonStart> {
  const result = await db.run(plain`
    SELECT ${columnsOf(pull, 'token', 'repair', 'agreedUpTo', 'agreedAt')} FROM ${pull}`)
  const [row] = rowsOf<ComparisonStart>(result)
  if (row === undefined) throw new Error('Cannot compare: the row of the pull is missing')
  return row
}

/** How many of the latest runs are looked through for a token. */
const RECENT_RUNS = 20

/**
 * Whether this database has read the feed up to the token. A restore of the consumer undoes that, and then what was compared
 * up to the token says nothing of the copies that are there now.
 */
function hasRead({ pull, runs }: ConsumerTables, token: string): SQL {
  return plain`(EXISTS (SELECT 1 FROM ${pull} WHERE ${pull.token} = ${token}) OR EXISTS (
    SELECT 1 FROM (SELECT ${runs.token} FROM ${runs} ORDER BY ${runs.nr} DESC LIMIT ${RECENT_RUNS})
    WHERE ${runs.token} = ${token}
  ))`
}

/** Count and sum of fingerprints by range, without the copies of these records. */
export async function listRanges(
  db: Db,
  { copies, ranges }: ConsumerTables,
  moving: readonly number[],
): Promise<AgreementDigest['ranges']> {
  const { summed, moved } = await transaction(db, {
    summed: db.run(plain`
      SELECT ${columnsOf(ranges, 'range', 'copies', 'fingerprints')} FROM ${ranges} ORDER BY ${ranges.range}`),
    moved: db.run(plain`
      SELECT o.${copies.key} AS key, o.${copies.fingerprint}
      FROM json_each(${JSON.stringify(moving)}) m JOIN ${copies} o ON o.${copies.key} = m.value
      WHERE o.${copies.orphaned} = 0`),
  })
  const sums = new Map(rowsOf<Row<'ranges'>>(summed).map((row) => [row.range, { ...row }]))
  for (const { key, fingerprint } of rowsOf<Pick<Row<'copies'>, 'key' | 'fingerprint'>>(moved)) {
    const sum = sums.get(Math.floor(key / RANGE_SIZE))
    if (sum === undefined) continue
    sum.copies -= 1
    sum.fingerprints -= fingerprint ?? 0
  }
  return [...sums.values()].map((sum) => [sum.range, sum.copies, sum.fingerprints])
}

/** A copy as it was compared. `missing`: the consumer has none. */
export type CopyFingerprint = Pick<Row<'copies'>, 'key' | 'revision' | 'fingerprint'> & {
  orphaned: boolean
  missing: boolean
}

/** The copies of whole ranges, or of single records, by rising key. */
export async function listFingerprints(
  db: Db,
  { copies }: ConsumerTables,
  { ranges, keys }: { ranges: number[]; keys: number[] },
): Promise<CopyFingerprint[]> {
  const { key, revision, fingerprint, orphaned } = copies
  const facts = plain`o.${key} AS key, o.${revision}, o.${fingerprint}, o.${orphaned}`
  const result = await db.run(plain`
    SELECT ${facts} FROM json_each(${JSON.stringify(ranges)}) r
    JOIN ${copies} o ON o.${key} >= r.value * ${RANGE_SIZE} AND o.${key} < (r.value + 1) * ${RANGE_SIZE}
    UNION ALL
    SELECT ${facts} FROM json_each(${JSON.stringify(keys)}) n JOIN ${copies} o ON o.${key} = n.value`)
  const rows = rowsOf<Pick<Row<'copies'>, 'key' | 'revision' | 'fingerprint' | 'orphaned'>>(result)
  return rows.map((row) => ({ ...row, orphaned: row.orphaned === 1, missing: false }))
}

/** How far both sides were compared: up to the consumer's token, in the epoch of the publisher's answer. */
export type ComparedUpTo = { token: string; epoch: string }

/**
 * Replaces the copy that was compared, and no other: nothing is written if it has changed since, if the epoch is no
 * longer current, or if the consumer was restored meanwhile. What it was and what it became is kept. Returns whether it
 * was replaced.
 */
export async function correctCopy<R>(
  { tables, derived, apply }: CopyKeeper<R>,
  db: Db,
  compared: CopyFingerprint,
  { key, revision, fingerprint, deleted, record, text }: ReadRecord<R>,
  { token, epoch }: ComparedUpTo,
  now: string,
): Promise<boolean> {
  const { pull, copies: c, repairs } = tables
  const same = compared.missing
    ? plain`NOT EXISTS (SELECT 1 FROM ${c} WHERE ${c.key} = ${key})`
    : plain`EXISTS (SELECT 1 FROM ${c} WHERE ${c.key} = ${key} AND ${c.fingerprint} IS ${compared.fingerprint})`
  const isCurrent = plain`EXISTS (SELECT 1 FROM ${pull} WHERE ${pull.epoch} = ${epoch})`
  const from = derived?.from(record)
  const setDerived = derived === undefined ? plain`` : plain`${derived.column} = ${from}, `
  const derivedColumn = derived === undefined ? plain`` : plain`${derived.column}, `
  const derivedValue = derived === undefined ? plain`` : plain`${from}, `
  const results = await unlessAborted('not_as_compared', () =>
    transaction(db, {
      guard: abortUnless(db, tables, 'not_as_compared', plain`${isCurrent} AND ${hasRead(tables, token)} AND ${same}`),
      kept: db.run(plain`
        INSERT INTO ${repairs} (${repairs.key}, ${repairs.why}, ${repairs.before}, ${repairs.after}, ${repairs.at})
        SELECT ${key}, 'drift', (SELECT ${c.record} FROM ${c} WHERE ${c.key} = ${key}), ${text}, ${now}`),
      replaced: compared.missing
        ? db.run(plain`
            INSERT INTO ${c} (${c.key}, ${c.revision}, ${c.fingerprint}, ${c.epoch}, ${c.deleted}, ${c.record},
              ${derivedColumn}${c.source}, ${c.fetchedAt})
            VALUES (${key}, ${revision}, ${fingerprint}, ${epoch}, ${deleted ? 1 : 0}, ${text}, ${derivedValue}'pull', ${now})`)
        : db.run(plain`
            UPDATE ${c} SET ${c.revision} = ${revision}, ${c.fingerprint} = ${fingerprint}, ${c.epoch} = ${epoch},
              ${c.deleted} = ${deleted ? 1 : 0}, ${c.orphaned} = 0, ${c.record} = ${text}, ${setDerived}${c.fetchedAt} = ${now}
            WHERE ${c.key} = ${key}`),
      applied: apply(db, [key], now),
    }),
  )
  return results !== undefined
}

/**
 * Keeps that both sides were compared, and, where they were found equal up to the number, that they agree. A repair that has
 * begun meanwhile leaves it `unsaved`; so does a restore of the consumer, whose copies were then not the ones compared.
 */
export async function saveComparison(
  db: Db,
  tables: ConsumerTables,
  token: string,
  agreedUpTo: number | null,
  now: string,
): Promise<'saved' | 'unsaved' | 'put back'> {
  const { pull } = tables
  const { saved, selected } = await transaction(db, {
    saved: db.run(plain`
      UPDATE ${pull} SET ${pull.comparedAt} = ${now}, ${pull.agreedUpTo} = coalesce(${agreedUpTo}, ${pull.agreedUpTo}),
        ${pull.agreedAt} = iif(${agreedUpTo} IS NULL, ${pull.agreedAt}, ${now})
      WHERE ${pull.repair} IS NULL AND ${hasRead(tables, token)}`),
    selected: db.run(plain`SELECT ${hasRead(tables, token)} AS known`),
  })
  if (rowsOf<{ known: 0 | 1 }>(selected)[0]?.known !== 1) return 'put back'
  return saved.meta.changes === 1 ? 'saved' : 'unsaved'
}
