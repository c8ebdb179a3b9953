import { sql } from 'drizzle-orm'
import { rowsOf } from '../../db/d1.ts'
import type { Db } from '../../db/open-d1.ts'
import type { Feed } from './feed.ts'

/** How many records were republished, and the highest key among them; null when none was left. */
export type Republished = { republished: number; last: number | null }

/**
 * Republishes records after the key `after`, at most `limit` of them: they get new places in the feed, and keep their
 * revisions and fingerprints, since their content is the same (PROTOCOL.md, 3.8).
 */
export async function republish(
  db: Db,
  { sql: { table, key, sequenceNr, publishedSince } }: Feed,
  after: number,
  limit: number,
): Promise<Republished> {
  const chosen = sql`
    SELECT ${key} FROM ${table} WHERE ${key} > ${after} AND ${publishedSince} IS NOT NULL ORDER BY ${key} LIMIT ${limit}`
  const [counted] = await db.batch([
    db.run(sql`SELECT count(*) AS republished, max(${key}) AS last FROM (${chosen})`),
    db.run(sql`UPDATE ${table} SET ${sequenceNr} = -1 WHERE ${key} IN (${chosen})`),
  ])
  return rowsOf<Republished>(counted)[0] ?? { republished: 0, last: null }
}
