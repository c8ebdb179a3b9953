import { sql } from 'drizzle-orm'
import { rowsOf } from '../../../shared/db/d1.ts'
import type { BillingDb } from '../db.ts'
import { isDue } from './quarantine-store.ts'

/** A run holds the pull for this long; each page that it stores renews it. By the database's clock. */
export const LEASE_SECONDS = 30
/** A lease that ends later than any does was taken by a clock that was ahead; the clocks of a database differ by seconds. */
const LEASE_IS_OVER = sql.raw(
  `(lease_until < unixepoch('subsec') OR lease_until > unixepoch('subsec') + ${2 * LEASE_SECONDS})`,
)

/**
 * Where a run begins, and what there is to do beside reading the feed. `epoch` is null before ordering ever answered;
 * `decisions` is the highest number of one, `unreplayed` how many wait to be replayed; `retries` tells of quarantined records that are due, `notices` of notices to send.
 */
export type RunStart = {
  token: string | null
  epoch: string | null
  repair: 'owed' | 'reading' | null
  comparedAt: string | null
  decisions: number
  unreplayed: number
  retries: 0 | 1
  notices: 0 | 1
  inQuarantine: number
  agreedUpTo: number | null
  agreedAt: string | null
}

/**
 * Takes the lease and begins a run; undefined if another run holds it. A run that held it and never ended (its process
 * died) is closed as failed, so that it is reported.
 */
export async function beginRun(db: BillingDb, runId: string, by: string, now: string): Promise<RunStart | undefined> {
  // Not by RETURNING, which D1 counts as further rows read: an idle run is to read ten in both databases together.
  const [, begun, selected] = await db.batch([
    db.run(sql`
      ${INSERT_RUN} SELECT ${RUN_FACTS}, ${now}, 'failed', 'The run was cut off before it ended' FROM order_pull
      WHERE run_id IS NOT NULL AND ${LEASE_IS_OVER}`),
    db.run(sql`
      UPDATE order_pull SET run_id = ${runId}, run_by = ${by}, run_started_at = ${now}, created = 0, changed = 0,
        removed = 0, unchanged = 0, quarantined = 0, batches = 0, lease_until = unixepoch('subsec') + ${LEASE_SECONDS}
      WHERE run_id IS NULL OR ${LEASE_IS_OVER}`),
    db.run(sql`
      SELECT token, epoch, repair, compared_at AS comparedAt, (SELECT coalesce(max(nr), 0) FROM decisions) AS decisions,
        unreplayed,
        EXISTS (SELECT 1 FROM quarantine WHERE ${isDue(now)}) AS retries,
        EXISTS (SELECT 1 FROM outbox WHERE pending = 1) AS notices,
        (SELECT count(*) FROM quarantine WHERE closed_at IS NULL) AS inQuarantine,
        agreed_up_to AS agreedUpTo, agreed_at AS agreedAt
      FROM order_pull`),
  ])
  return begun.meta.changes === 1 ? rowsOf<RunStart>(selected)[0] : undefined
}

const RUN_FACTS = sql.raw(`
  run_id, run_by, run_started_at, created, changed, removed, unchanged, quarantined, batches, token, epoch`)
const INSERT_RUN = sql.raw(`
  INSERT INTO pull_runs (run_id, run_by, started_at, created, changed, removed, unchanged, quarantined, batches, token,
    epoch, finished_at, outcome, error)`)

/** Ends the run, keeps it and gives the lease back; does nothing if another run took it over. */
export async function finishRun(
  db: BillingDb,
  runId: string,
  outcome: 'ok' | 'failed',
  error: string | null,
  now: string,
): Promise<void> {
  await db.batch([
    db.run(sql`
      ${INSERT_RUN} SELECT ${RUN_FACTS}, ${now}, ${outcome}, ${error} FROM order_pull WHERE run_id = ${runId}`),
    db.run(sql`
      UPDATE order_pull SET run_id = NULL, lease_until = 0,
        last_success_at = iif(${outcome} = 'ok', ${now}, last_success_at)
      WHERE run_id = ${runId}`),
  ])
}
