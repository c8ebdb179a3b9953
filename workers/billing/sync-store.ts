import { sql } from 'drizzle-orm'
import { rowsOf } from '../../shared/d1.ts'
import type { FieldError } from '../../shared/problem.ts'
import type { BillingDb } from './db.ts'
import { describeFieldErrors } from './order-copy.ts'
import type { PullRun, SyncState } from './pull-run.ts'

/** So many orders are named; a longer list helps nobody. */
const MOST_NAMED = 200
const RUNS_SHOWN = 50

/** The reasons why billing may be behind, from its own database; `health` and the sync page say them in words. */
export type PullVitals = {
  lastSuccessAt: string | null
  comparedAt: string | null
  agreedAt: string | null
  repair: 'owed' | 'reading' | null
  quarantined: number
  orphaned: number
  untold: number
}

/** The figures by which billing judges its own health; counts end at MOST_NAMED. */
export async function readVitals(db: BillingDb): Promise<PullVitals> {
  const result = await db.run(sql`
    SELECT last_success_at AS lastSuccessAt, compared_at AS comparedAt, agreed_at AS agreedAt, repair,
      (SELECT count(*) FROM (SELECT 1 FROM quarantine WHERE closed_at IS NULL LIMIT ${MOST_NAMED})) AS quarantined,
      (SELECT count(*) FROM (SELECT 1 FROM orders WHERE orphaned = 1 LIMIT ${MOST_NAMED})) AS orphaned,
      (SELECT count(*) FROM (SELECT 1 FROM outbox WHERE pending = 1 LIMIT ${MOST_NAMED})) AS untold
    FROM order_pull`)
  const [row] = rowsOf<PullVitals>(result)
  if (row === undefined) throw new Error('Cannot read the pull: its row is missing')
  return row
}

type PullRow = Omit<PullRun, 'runId' | 'finishedAt' | 'outcome' | 'error'> & {
  runId: string | null
  lastSuccessAt: string | null
  agreedUpTo: number | null
  agreedAt: string | null
}

/** Where the pull stands at `now`, with its latest runs. */
export async function readSync(db: BillingDb, now: string): Promise<SyncState> {
  const [pulled, ended, orphaned, quarantined] = await db.batch([
    db.run(sql`
      SELECT run_id AS runId, run_by AS runBy, run_started_at AS startedAt, created, changed, removed, unchanged,
        quarantined, pages, token, last_success_at AS lastSuccessAt, agreed_up_to AS agreedUpTo, agreed_at AS agreedAt
      FROM order_pull`),
    db.run(sql`
      SELECT run_id AS runId, run_by AS runBy, started_at AS startedAt, finished_at AS finishedAt, outcome, created,
        changed, removed, unchanged, quarantined, pages, token, error
      FROM pull_runs ORDER BY nr DESC LIMIT ${RUNS_SHOWN}`),
    db.run(sql`SELECT number FROM orders WHERE orphaned = 1 ORDER BY number LIMIT ${MOST_NAMED}`),
    db.run(sql`
      SELECT number, subject, error, attempts FROM quarantine WHERE closed_at IS NULL ORDER BY next_try_at
      LIMIT ${MOST_NAMED}`),
  ])
  const [row] = rowsOf<PullRow>(pulled)
  if (row === undefined) throw new Error('Cannot read the pull: its row is missing')
  const { lastSuccessAt, agreedUpTo, agreedAt, ...run } = row
  const runs = rowsOf<PullRun>(ended)
  const { runId } = run
  const running: PullRun | null =
    runId === null ? null : { ...run, runId, finishedAt: null, outcome: 'running', error: null }
  return {
    token: row.token,
    lastRun: running ?? runs[0] ?? null,
    lastSuccessAt,
    lagSeconds:
      lastSuccessAt === null ? null : Math.max(0, Math.round((Date.parse(now) - Date.parse(lastSuccessAt)) / 1000)),
    agreedUpTo,
    agreedAt,
    orphaned: rowsOf<{ number: number }>(orphaned).map(({ number }) => number),
    quarantined: rowsOf<{ number: number | null; error: string; attempts: number }>(quarantined).map(
      ({ number, error, attempts }) => ({
        number,
        error: describeFieldErrors(JSON.parse(error) as FieldError[]),
        attempts,
      }),
    ),
    runs: running === null ? runs : [running, ...runs],
  }
}
