import { sql, type SQL } from 'drizzle-orm'
import type { BillingDb } from './db.ts'

/** Before which instants what is removed: a run's end, and when a copy was changed or a quarantine was closed. */
export type Limits = { runsBefore: string; evidenceBefore: string }

/** How many rows were removed. */
export type Removed = { runs: number; repairs: number; quarantined: number }

/** So many rows of each kind are looked at in one go: more than come in between two of them. */
const MOST = 500

/** Removes what is too old, the oldest first. What people decided, and the audit, are kept for good. */
export async function removeOld(db: BillingDb, { runsBefore, evidenceBefore }: Limits): Promise<Removed> {
  const [runs, repairs, quarantined] = await db.batch([
    db.run(removeOldest('pull_runs', 'finished_at', runsBefore)),
    db.run(removeOldest('repairs', 'at', evidenceBefore)),
    db.run(sql`
      DELETE FROM quarantine WHERE subject IN (
        SELECT subject FROM quarantine WHERE closed_at < ${evidenceBefore} ORDER BY closed_at LIMIT ${MOST}
      )`),
  ])
  return { runs: runs.meta.changes, repairs: repairs.meta.changes, quarantined: quarantined.meta.changes }
}

/** Looks at the first rows alone: their numbers rise with time, and the dates have no index. */
function removeOldest(table: 'pull_runs' | 'repairs', dated: 'finished_at' | 'at', before: string): SQL {
  const [from, at] = [sql.raw(table), sql.raw(dated)]
  return sql`
    DELETE FROM ${from} WHERE nr IN (
      SELECT nr FROM (SELECT nr, ${at} AS at FROM ${from} ORDER BY nr LIMIT ${MOST}) WHERE at < ${before}
    )`
}
