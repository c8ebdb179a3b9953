import { sql } from 'drizzle-orm'
import { isSchemaMismatch, rowsOf } from './d1.ts'
import type { Db } from './open-d1.ts'
import { describeMissing, type Release } from './release.ts'

/**
 * The release's migrations that the database does not have, by its own account: the table in which wrangler keeps what it
 * has applied, which a restore takes back with the rest. What it has beyond them is of a later release, and no fault: a
 * database is migrated before the code that needs it, and the release before lives with what a migration adds.
 */
export async function findMissingMigrations(db: Db, { migrations }: Release): Promise<string[]> {
  const applied = await listApplied(db)
  return migrations.filter((name) => !applied.has(name))
}

async function listApplied(db: Db): Promise<Set<string>> {
  try {
    const result = await db.run(sql`SELECT name FROM d1_migrations`)
    return new Set(rowsOf<{ name: string }>(result).map(({ name }) => name))
  } catch (error) {
    // A database that was never migrated has not even this table.
    if (isSchemaMismatch(error)) return new Set()
    throw error
  }
}

/**
 * Why an error came, if it came because the database is older than the code; undefined for any other cause. Asks the
 * database only where a table or a column was not there, so that a request which succeeds costs nothing more.
 */
export async function explainMismatch(thrown: unknown, db: Db, release: Release): Promise<string | undefined> {
  if (!isSchemaMismatch(thrown)) return undefined
  // It may have gone away meanwhile: then the error itself is what there is to say.
  const missing = await findMissingMigrations(db, release).catch(() => [])
  return missing.length === 0 ? undefined : describeMissing(release, missing)
}
