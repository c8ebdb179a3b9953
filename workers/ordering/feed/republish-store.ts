import { sql } from 'drizzle-orm'
import { rowsOf } from '../../../shared/db/d1.ts'
import type { OrderingDb } from '../db.ts'

/** How many orders were put into the feed again, and the highest number among them; null when none was left. */
export type Exposure = { exposed: number; last: number | null }

/**
 * Puts the orders after number `after` that were ever confirmed into the feed again, at most `limit` of them, as they
 * are: their revisions and fingerprints stay, since their content does.
 */
export async function exposeAgain(db: OrderingDb, after: number, limit: number): Promise<Exposure> {
  const chosen = sql`
    SELECT number FROM orders WHERE number > ${after} AND confirmed_at IS NOT NULL ORDER BY number LIMIT ${limit}`
  const [counted] = await db.batch([
    db.run(sql`SELECT count(*) AS exposed, max(number) AS last FROM (${chosen})`),
    db.run(sql`UPDATE orders SET confirmed_sequence_nr = -1 WHERE number IN (${chosen})`),
  ])
  return rowsOf<Exposure>(counted)[0] ?? { exposed: 0, last: null }
}
