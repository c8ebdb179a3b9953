import { sql } from 'drizzle-orm'
import { cutByBytes } from '../../../shared/db/byte-limits.ts'
import { rowsOf } from '../../../shared/db/d1.ts'
import type { BillingDb } from '../db.ts'

/** Begins the repair: the feed is read from its start. False if the run lost the pull or the epoch is not current. */
export async function beginRepair(db: BillingDb, epoch: string, runId: string): Promise<boolean> {
  const [begun] = await db.batch([
    db.run(sql`
      UPDATE order_pull SET token = NULL, repair = 'reading', agreed_up_to = NULL, agreed_at = NULL, compared_at = NULL
      WHERE run_id = ${runId} AND epoch = ${epoch}`),
    // A revision of the history before says nothing of this one: a lower one may be the order's latest now. No attempt has
    // been made in this one yet: what none is made of until the repair ends is not there any more.
    db.run(sql`
      UPDATE quarantine SET revision = NULL, attempts = 0 WHERE closed_at IS NULL
        AND EXISTS (SELECT 1 FROM order_pull WHERE run_id = ${runId} AND epoch = ${epoch})`),
  ])
  return begun.meta.changes === 1
}

/**
 * Ends the repair once the feed's end was reached under `epoch`: what still stands under another epoch is orphaned,
 * and everything that ordering was notified of is sent again, since its restore may have lost it.
 * Returns the numbers of the orders that were orphaned by it; undefined if the run lost the pull.
 */
export async function finishRepair(
  db: BillingDb,
  epoch: string,
  runId: string,
  now: string,
): Promise<number[] | undefined> {
  const gate = sql`EXISTS (
    SELECT 1 FROM order_pull WHERE run_id = ${runId} AND epoch = ${epoch} AND repair = 'reading'
  )`
  // What was set aside under this epoch ordering has; its copy waits for a record that fits.
  const lost = sql`epoch <> ${epoch} AND orphaned = 0 AND NOT EXISTS (
    SELECT 1 FROM quarantine WHERE number = orders.number AND closed_at IS NULL AND attempts > 0
  )`
  const [selected, , , , , ended] = await db.batch([
    db.run(sql`SELECT number FROM orders WHERE ${lost} AND ${gate} ORDER BY number`),
    db.run(sql`UPDATE orders SET orphaned = 1 WHERE ${lost} AND ${gate}`),
    db.run(sql`UPDATE quarantine SET closed_at = ${now} WHERE closed_at IS NULL AND attempts = 0 AND ${gate}`),
    db.run(sql`UPDATE outbox SET pending = 1 WHERE pending = 0 AND ${gate}`),
    db.run(sql`UPDATE epochs SET repaired_at = ${now} WHERE epoch = ${epoch} AND ${gate}`),
    db.run(sql`
      UPDATE order_pull SET repair = NULL WHERE run_id = ${runId} AND epoch = ${epoch} AND repair = 'reading'`),
  ])
  if (ended.meta.changes !== 1) return undefined
  return rowsOf<{ number: number }>(selected).map(({ number }) => number)
}

/**
 * The copies that ordering has no longer, above the number `after`, the lowest first: at most `limit`, whose records come
 * to at most MOST_MESSAGE_BYTES unless one alone has more.
 */
export async function listOrphans(
  db: BillingDb,
  after: number,
  limit: number,
  mostBytes: number,
): Promise<{ number: number; record: unknown }[]> {
  const weighed = await db.run(sql`
    SELECT number, octet_length(record) AS bytes FROM orders
    WHERE orphaned = 1 AND number > ${after} ORDER BY number LIMIT ${limit}`)
  const [taken] = cutByBytes(rowsOf<{ number: number; bytes: number }>(weighed), mostBytes, ({ bytes }) => bytes)
  if (taken === undefined) return []
  const result = await db.run(sql`
    SELECT number, record FROM orders
    WHERE orphaned = 1 AND number > ${after} AND number <= ${taken.at(-1)?.number} ORDER BY number`)
  const rows = rowsOf<{ number: number; record: string }>(result)
  return rows.map(({ number, record }) => ({ number, record: JSON.parse(record) as unknown }))
}
