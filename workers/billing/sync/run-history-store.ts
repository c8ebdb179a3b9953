import { sql } from 'drizzle-orm'
import { rowsOf } from '../../../shared/db/d1.ts'
import type { BillingDb } from '../db.ts'
import type { RunSlice } from './run-history.ts'

/** Runs of a minute apart, with room for those that people start. */
const MOST_RUNS = 500

/** The runs that began since an instant, by slices of ten minutes, the oldest first; a slice without runs is left out. */
export async function listRunSlices(db: BillingDb, since: string): Promise<RunSlice[]> {
  const result = await db.run(sql`
    SELECT substr(started_at, 1, 15) || '0:00Z' AS at, count(*) AS runs, sum(outcome = 'failed') AS failed,
      sum(created + changed + removed) AS orders,
      max((julianday(finished_at) - julianday(started_at)) * 86400) AS longestSeconds
    FROM (SELECT * FROM pull_runs ORDER BY nr DESC LIMIT ${MOST_RUNS})
    WHERE started_at >= ${since} GROUP BY at ORDER BY at`)
  return rowsOf<RunSlice>(result)
}
