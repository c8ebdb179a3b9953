import { sql } from 'drizzle-orm'
import { rowsOf } from '../../shared/d1.ts'
import type { FieldError } from '../../shared/problem.ts'
import type { BillingDb } from './db.ts'
import type { PullRun, SyncState } from './pull-run.ts'

/** So many orders are named; a longer list helps nobody. */
const MOST_NAMED = 200
const RUNS_SHOWN = 50

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
    lagSeconds: lastSuccessAt === null ? null : Math.max(0, Math.round((Date.parse(now) - Date.parse(lastSuccessAt)) / 1000)),
    agreedUpTo,
    agreedAt,
    orphaned: rowsOf<{ number: number }>(orphaned).map(({ number }) => number),
    quarantined: rowsOf<{ number: number | null; error: string; attempts: number }>(quarantined).map(
      ({ number, error, attempts }) => ({ number, error: describeErrors(error), attempts }),
    ),
    runs: running === null ? runs : [running, ...runs],
  }
}

/** What was wrong with a record, in one line: `/lines/0/quantity: Too small`. */
function describeErrors(errors: string): string {
  return (JSON.parse(errors) as FieldError[]).map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; ')
}
