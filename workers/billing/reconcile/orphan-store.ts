import { sql } from 'drizzle-orm'
import { cutByBytes } from '../../../shared/db/byte-limits.ts'
import { rowsOf } from '../../../shared/db/d1.ts'
import type { BillingDb } from '../db.ts'

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
