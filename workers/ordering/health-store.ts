import { sql } from 'drizzle-orm'
import type { OrderingDb } from './db.ts'

/** How long the database has to answer. */
const TIMEOUT_MS = 5_000

/** Whether the database answers, in time, and has ordering's tables. */
export async function isAnswering(db: OrderingDb): Promise<boolean> {
  const answer = db.run(sql`SELECT id FROM feed`).then(
    ({ results }) => results.length === 1,
    () => false,
  )
  return Promise.race([answer, scheduler.wait(TIMEOUT_MS).then(() => false)])
}
