import { sql } from 'drizzle-orm'
import { rowsOf } from '../../../shared/db/d1.ts'
import type { OrderingDb } from '../db.ts'

/** How many orders were republished, and the highest number among them; null when none was left. */
export type Republished = { republished: number; last: number | null }

/**
 * Republishes orders after number `after` that were ever confirmed, at most `limit` of them: they get new places in the
 * feed, and keep their revisions and fingerprints, since their content is the same.
 */
export async function republishOrders(db: OrderingDb, after: number, limit: number): Promise<Republished> {
  const chosen = sql`
    SELECT number FROM orders WHERE number > ${after} AND confirmed_at IS NOT NULL ORDER BY number LIMIT ${limit}`
  const [counted] = await db.batch([
    db.run(sql`SELECT count(*) AS republished, max(number) AS last FROM (${chosen})`),
    db.run(sql`UPDATE orders SET confirmed_sequence_nr = -1 WHERE number IN (${chosen})`),
  ])
  return rowsOf<Republished>(counted)[0] ?? { republished: 0, last: null }
}
