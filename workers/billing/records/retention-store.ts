import { sql, type SQL } from 'drizzle-orm'
import type { Span } from '../../../shared/time/instant.ts'
import type { BillingDb } from '../db.ts'

/** What is kept: runs that ended within a span, and copies that were changed and quarantines that were closed within one. */
export type Kept = { runs: Span; evidence: Span }

/** How many rows were purged. */
export type Purged = { runs: number; repairs: number; quarantined: number }

/** At most this many rows of each kind are looked at in one go: more than come in between two of them. */
const MOST = 500

/**
 * Purges what is too old, or dated so far ahead that only a clock which was ahead can have done it: kept until it is old, it
 * would keep what came after it from being looked at. What people decided, and the audit, are kept for good.
 */
export async function deleteExpired(db: BillingDb, kept: Kept): Promise<Purged> {
  const [runs, repairs, quarantined] = await db.batch([
    db.run(purgeFirst('pull_runs', 'finished_at', kept.runs)),
    db.run(purgeFirst('repairs', 'at', kept.evidence)),
    db.run(sql`
      DELETE FROM quarantine WHERE subject IN (
        SELECT subject FROM quarantine
        WHERE closed_at < ${kept.evidence.from} OR closed_at > ${kept.evidence.until} LIMIT ${MOST}
      )`),
  ])
  return { runs: runs.meta.changes, repairs: repairs.meta.changes, quarantined: quarantined.meta.changes }
}

/** Looks at the first rows alone: their numbers rise with time, and the dates have no index. */
function purgeFirst(table: 'pull_runs' | 'repairs', dated: 'finished_at' | 'at', { from: first, until }: Span): SQL {
  const [from, at] = [sql.raw(table), sql.raw(dated)]
  return sql`
    DELETE FROM ${from} WHERE nr IN (
      SELECT nr FROM (SELECT nr, ${at} AS at FROM ${from} ORDER BY nr LIMIT ${MOST}) WHERE at < ${first} OR at > ${until}
    )`
}
