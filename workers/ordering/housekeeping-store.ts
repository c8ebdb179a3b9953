import { sql } from 'drizzle-orm'
import type { OrderingDb } from './db.ts'

/** So many keys are forgotten in one go: a statement that takes seconds would hold up who places an order. */
const MOST = 5_000

/** Forgets idempotency keys from before the instant, the oldest first, and returns how many. */
export async function forgetKeys(db: OrderingDb, before: string): Promise<number> {
  const { meta } = await db.run(sql`
    DELETE FROM idempotency_keys WHERE (created_by, key) IN (
      SELECT created_by, key FROM idempotency_keys WHERE created_at < ${before} ORDER BY created_at LIMIT ${MOST}
    )`)
  return meta.changes
}
