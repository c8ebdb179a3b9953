import { sql, type SQL } from 'drizzle-orm'
import { type AgreementDigest, RANGE_SIZE } from '../../../shared/contract/agreement.ts'
import { rowsOf } from '../../../shared/db/d1.ts'
import type { BillingDb } from '../db.ts'
import type { ReadOrder } from '../copies/order-copy.ts'
import { searchedIn } from '../copies/searched-text.ts'
import { upsertInvoices } from '../copies/order-copy-store.ts'

/** Where a comparison begins. */
export type ComparisonStart = {
  token: string | null
  repair: 'owed' | 'reading' | null
  agreedUpTo: number | null
  agreedAt: string | null
}

/** The token to compare up to, and what was agreed before. */
export async function readComparisonStart(db: BillingDb): Promise<ComparisonStart> {
  const result = await db.run(sql`
    SELECT token, repair, agreed_up_to AS agreedUpTo, agreed_at AS agreedAt FROM order_pull`)
  const [row] = rowsOf<ComparisonStart>(result)
  if (row === undefined) throw new Error('Cannot compare: the row of the pull is missing')
  return row
}

/** How many of the latest runs are looked through for a token. */
const RECENT_RUNS = 20

/**
 * Whether this database has read the feed up to the token. A restore of billing undoes that, and then what was compared up
 * to the token says nothing of the copies that are there now.
 */
function hasRead(token: string): SQL {
  return sql`(EXISTS (SELECT 1 FROM order_pull WHERE token = ${token}) OR EXISTS (
    SELECT 1 FROM (SELECT token FROM pull_runs ORDER BY nr DESC LIMIT ${RECENT_RUNS}) WHERE token = ${token}
  ))`
}

/** Count and sum of fingerprints by range, without the copies of these orders. */
export async function listRanges(db: BillingDb, moving: readonly number[]): Promise<AgreementDigest['ranges']> {
  const [summed, moved] = await db.batch([
    db.run(sql`SELECT range, orders, fingerprints FROM order_ranges ORDER BY range`),
    db.run(sql`
      SELECT o.number, o.fingerprint FROM json_each(${JSON.stringify(moving)}) m JOIN orders o ON o.number = m.value
      WHERE o.orphaned = 0`),
  ])
  const rows = rowsOf<{ range: number; orders: number; fingerprints: number }>(summed)
  const ranges = new Map(rows.map((row) => [row.range, { ...row }]))
  for (const { number, fingerprint } of rowsOf<{ number: number; fingerprint: number | null }>(moved)) {
    const range = ranges.get(Math.floor(number / RANGE_SIZE))
    if (range === undefined) continue
    range.orders -= 1
    range.fingerprints -= fingerprint ?? 0
  }
  return [...ranges.values()].map(({ range, orders, fingerprints }) => [range, orders, fingerprints])
}

/** A copy as it was compared. `missing`: billing has none. */
export type CopyFingerprint = {
  number: number
  revision: number
  fingerprint: number | null
  orphaned: boolean
  missing: boolean
}

/** The copies of whole ranges, or of single orders, in the order of their numbers. */
export async function listFingerprints(
  db: BillingDb,
  { ranges, numbers }: { ranges: number[]; numbers: number[] },
): Promise<CopyFingerprint[]> {
  const result = await db.run(sql`
    SELECT o.number, o.revision, o.fingerprint, o.orphaned FROM json_each(${JSON.stringify(ranges)}) r
    JOIN orders o ON o.number >= r.value * ${RANGE_SIZE} AND o.number < (r.value + 1) * ${RANGE_SIZE}
    UNION ALL
    SELECT o.number, o.revision, o.fingerprint, o.orphaned FROM json_each(${JSON.stringify(numbers)}) n
    JOIN orders o ON o.number = n.value`)
  return rowsOf<Omit<CopyFingerprint, 'orphaned' | 'missing'> & { orphaned: 0 | 1 }>(result).map((row) => ({
    ...row,
    orphaned: row.orphaned === 1,
    missing: false,
  }))
}

/** How far both sides were compared: up to billing's token, in the epoch of ordering's answer. */
export type ComparedUpTo = { token: string; epoch: string }

/**
 * Replaces the copy that was compared, and no other: nothing is written if it has changed since, if the epoch is no
 * longer current, or if billing was restored meanwhile. What it was and what it became is kept. Returns whether it was
 * replaced.
 */
export async function correctCopy(
  db: BillingDb,
  compared: CopyFingerprint,
  { order, record }: ReadOrder,
  { token, epoch }: ComparedUpTo,
  now: string,
): Promise<boolean> {
  const { number } = compared
  const deleted = order.state === 'Deleted' ? 1 : 0
  const current = sql`EXISTS (SELECT 1 FROM order_pull WHERE epoch = ${epoch}) AND ${hasRead(token)}`
  const asCompared = compared.missing
    ? sql`NOT EXISTS (SELECT 1 FROM orders WHERE number = ${number})`
    : sql`EXISTS (SELECT 1 FROM orders WHERE number = ${number} AND fingerprint IS ${compared.fingerprint})`
  const [kept] = await db.batch([
    db.run(sql`
      INSERT INTO repairs (order_number, why, before, after, at)
      SELECT ${number}, 'drift', (SELECT record FROM orders WHERE number = ${number}), ${record}, ${now}
      WHERE ${current} AND ${asCompared}`),
    db.run(sql`
      UPDATE orders SET revision = ${order.revision}, fingerprint = ${order.fingerprint}, epoch = ${epoch},
        deleted = ${deleted}, orphaned = 0, record = ${record}, searched = ${searchedIn(order)}, fetched_at = ${now}
      WHERE number = ${number} AND fingerprint IS ${compared.fingerprint} AND ${current}`),
    db.run(sql`
      INSERT INTO orders (number, revision, fingerprint, epoch, deleted, record, searched, source, fetched_at)
      SELECT ${number}, ${order.revision}, ${order.fingerprint}, ${epoch}, ${deleted}, ${record}, ${searchedIn(order)},
        'pull', ${now}
      WHERE NOT EXISTS (SELECT 1 FROM orders WHERE number = ${number}) AND ${current}`),
    ...upsertInvoices(db, JSON.stringify([number]), now, current),
  ])
  return kept.meta.changes === 1
}

/**
 * Keeps that both sides were compared, and, where they were found equal up to the number, that they agree. A repair that has
 * begun meanwhile leaves it `unsaved`; so does a restore of billing, whose copies were then not the ones compared.
 */
export async function saveComparison(
  db: BillingDb,
  token: string,
  agreedUpTo: number | null,
  now: string,
): Promise<'saved' | 'unsaved' | 'put back'> {
  const [saved, selected] = await db.batch([
    db.run(sql`
      UPDATE order_pull SET compared_at = ${now}, agreed_up_to = coalesce(${agreedUpTo}, agreed_up_to),
        agreed_at = iif(${agreedUpTo} IS NULL, agreed_at, ${now})
      WHERE repair IS NULL AND ${hasRead(token)}`),
    db.run(sql`SELECT ${hasRead(token)} AS known`),
  ])
  if (rowsOf<{ known: 0 | 1 }>(selected)[0]?.known !== 1) return 'put back'
  return saved.meta.changes === 1 ? 'saved' : 'unsaved'
}
