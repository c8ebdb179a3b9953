import { sql } from 'drizzle-orm'
import { rowsOf } from '../../../shared/db/d1.ts'
import { isAhead } from '../../../shared/time/instant.ts'
import type { FieldError } from '../../../shared/edge/problem.ts'
import type { BillingDb } from '../db.ts'
import { describeFieldErrors } from '../copies/order-copy.ts'
import type { Vitals } from './health.ts'
import type { PullRun, QuarantinedRecord, RepairState, SyncState } from '../pull/run.ts'

/** The most orders that are named; a longer list helps nobody. */
const MOST_NAMED = 200
const RUNS_SHOWN = 50

/** The figures by which billing judges its own health; counts end at MOST_NAMED. */
export async function readVitals(db: BillingDb): Promise<Vitals> {
  const result = await db.run(sql`
    SELECT token, epoch, repair, last_success_at AS lastSuccessAt, unreplayed,
      (SELECT outcome FROM pull_runs ORDER BY nr DESC LIMIT 1) AS lastOutcome,
      coalesce(agreed_at, (SELECT max(repaired_at) FROM epochs), (SELECT min(first_seen_at) FROM epochs)) AS agreedSince,
      repair IS NULL AND compared_at IS NOT NULL AND compared_at IS NOT agreed_at AS drifted,
      (SELECT count(*) FROM (SELECT 1 FROM quarantine WHERE closed_at IS NULL LIMIT ${MOST_NAMED})) AS quarantined,
      (SELECT count(*) FROM (SELECT 1 FROM outbox WHERE refused = 1 LIMIT ${MOST_NAMED})) AS refusedNotices,
      (SELECT count(*) FROM (SELECT 1 FROM orders WHERE orphaned = 1 LIMIT ${MOST_NAMED})) AS orphaned
    FROM order_pull`)
  const [row] = rowsOf<Omit<Vitals, 'drifted'> & { drifted: 0 | 1 }>(result)
  if (row === undefined) throw new Error('Cannot read the pull: its row is missing')
  return { ...row, drifted: row.drifted === 1 }
}

type PullRow = Omit<PullRun, 'runId' | 'finishedAt' | 'outcome' | 'error'> & {
  runId: string | null
  lastSuccessAt: string | null
  agreedUpTo: number | null
  agreedAt: string | null
  repair: RepairState
}

/** Where the pull stands at `now`, with its latest runs. */
export async function readSync(db: BillingDb, now: string): Promise<SyncState> {
  const [pulled, ended, orphaned, quarantined] = await db.batch([
    db.run(sql`
      SELECT run_id AS runId, run_by AS runBy, run_started_at AS startedAt, created, changed, removed, unchanged,
        quarantined, batches AS pages, token, last_success_at AS lastSuccessAt, agreed_up_to AS agreedUpTo, agreed_at AS agreedAt,
        repair
      FROM order_pull`),
    db.run(sql`
      SELECT run_id AS runId, run_by AS runBy, started_at AS startedAt, finished_at AS finishedAt, outcome, created,
        changed, removed, unchanged, quarantined, batches AS pages, token, error
      FROM pull_runs ORDER BY nr DESC LIMIT ${RUNS_SHOWN}`),
    db.run(sql`SELECT number FROM orders WHERE orphaned = 1 ORDER BY number LIMIT ${MOST_NAMED}`),
    db.run(sql`
      SELECT subject, number, error, attempts, first_seen_at AS firstSeenAt, next_try_at AS nextTryAt FROM quarantine
      WHERE closed_at IS NULL ORDER BY next_try_at LIMIT ${MOST_NAMED}`),
  ])
  const [row] = rowsOf<PullRow>(pulled)
  if (row === undefined) throw new Error('Cannot read the pull: its row is missing')
  const { lastSuccessAt, agreedUpTo, agreedAt, repair, ...run } = row
  const runs = rowsOf<PullRun>(ended)
  const { runId } = run
  const running: PullRun | null =
    runId === null ? null : { ...run, runId, finishedAt: null, outcome: 'running', error: null }
  return {
    token: row.token,
    lastRun: running ?? runs[0] ?? null,
    lastSuccessAt,
    lagSeconds:
      lastSuccessAt === null || isAhead(lastSuccessAt, now)
        ? null
        : Math.max(0, Math.round((Date.parse(now) - Date.parse(lastSuccessAt)) / 1000)),
    agreedUpTo,
    agreedAt,
    repair,
    orphaned: rowsOf<{ number: number }>(orphaned).map(({ number }) => number),
    quarantined: rowsOf<QuarantinedRecord>(quarantined).map((record) => ({
      ...record,
      error: describeFieldErrors(JSON.parse(record.error) as FieldError[]),
    })),
    runs: running === null ? runs : [running, ...runs],
  }
}
