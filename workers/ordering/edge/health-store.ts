import { findMissingMigrations } from '../../../shared/db/release-store.ts'
import type { OrderingDb } from '../db.ts'
import { RELEASE } from '../release.ts'
import { feed } from '../schema.ts'

/** How long the database has to answer. */
const TIMEOUT_MS = 5_000

/** The migrations that the database lacks; undefined if it does not answer in time, or not with what belongs there. */
export function findMissingInTime(db: OrderingDb): Promise<string[] | undefined> {
  const answer = findMissing(db).catch(() => undefined)
  return Promise.race([answer, scheduler.wait(TIMEOUT_MS).then(() => undefined)])
}

async function findMissing(db: OrderingDb): Promise<string[] | undefined> {
  const missing = await findMissingMigrations(db, RELEASE)
  if (missing.length > 0) return missing
  const rows = await db.select({ id: feed.id }).from(feed)
  return rows.length === 1 ? [] : undefined
}
