import { sql } from 'drizzle-orm'
import { rowsOf } from '../../shared/d1.ts'
import type { BillingDb } from './db.ts'

/** The records of the copies that ordering has no longer, above the number `after`, the lowest first. */
export async function listOrphans(db: BillingDb, after: number, limit: number): Promise<unknown[]> {
  const result = await db.run(sql`
    SELECT record FROM orders WHERE orphaned = 1 AND number > ${after} ORDER BY number LIMIT ${limit}`)
  return rowsOf<{ record: string }>(result).map(({ record }) => JSON.parse(record) as unknown)
}
