import { rowsOf } from '../../../db/d1.ts'
import type { Db } from '../../../db/open-d1.ts'
import { transaction } from '../../../db/transaction.ts'
import type { FieldError } from '../../../edge/problem.ts'
import { isAhead } from '../../../time/instant.ts'
import { columnsOf, plain } from '../../sql-names.ts'
import type { Consumer } from '../definition.ts'
import { describeFieldErrors } from '../record.ts'
import type { PullRun, PullState, QuarantinedRecord, Vitals } from '../run.ts'
import { selectFacts } from '../pull/run-store.ts'
import { type KeptReset, listResets } from './reset-store.ts'
import type { ConsumerTables, Row } from '../tables.ts'

/** The most records that are named; a longer list helps nobody. */
const MOST_NAMED = 200
const RUNS_SHOWN = 50

/** The figures by which the consumer judges its own health, and the application's facts; counts end at MOST_NAMED. */
export async function readVitals<E, R>(
  { tables, health }: Pick<Consumer<E, R>, 'tables' | 'health'>,
  db: Db,
): Promise<Vitals> {
  const { pull, runs, epochs, quarantine, outbox, copies } = tables
  const result = await db.run(plain`
    SELECT ${columnsOf(pull, 'token', 'epoch', 'repair', 'lastSuccessAt')}, ${selectFacts(health.facts)}
      (SELECT ${runs.outcome} FROM ${runs} ORDER BY ${runs.nr} DESC LIMIT 1) AS lastOutcome,
      coalesce(${pull.agreedAt}, (SELECT max(${epochs.repairedAt}) FROM ${epochs}),
        (SELECT min(${epochs.firstSeenAt}) FROM ${epochs})) AS agreedSince,
      ${pull.repair} IS NULL AND ${pull.comparedAt} IS NOT NULL AND ${pull.comparedAt} IS NOT ${pull.agreedAt} AS drifted,
      (SELECT count(*) FROM (SELECT 1 FROM ${quarantine} WHERE ${quarantine.closedAt} IS NULL LIMIT ${MOST_NAMED})) AS quarantined,
      (SELECT count(*) FROM (SELECT 1 FROM ${outbox} WHERE ${outbox.refused} = 1 LIMIT ${MOST_NAMED})) AS refusedNotices,
      (SELECT count(*) FROM (SELECT 1 FROM ${copies} WHERE ${copies.orphaned} = 1 LIMIT ${MOST_NAMED})) AS orphaned
    FROM ${pull}`)
  const [row] = rowsOf<Omit<Vitals, 'drifted'> & { drifted: 0 | 1 }>(result)
  if (row === undefined) throw new Error('Cannot read the pull: its row is missing')
  return { ...row, drifted: row.drifted === 1 }
}

type PullRow = Pick<
  Row<'pull'>,
  | 'runId'
  | 'runBy'
  | 'runStartedAt'
  | 'created'
  | 'changed'
  | 'removed'
  | 'unchanged'
  | 'quarantined'
  | 'batches'
  | 'token'
  | 'lastSuccessAt'
  | 'agreedUpTo'
  | 'agreedAt'
  | 'repair'
>

/** Where the pull stands at `now`, with its latest runs. */
export async function readPullState(db: Db, tables: ConsumerTables, now: string): Promise<PullState> {
  const { pull, runs, copies, quarantine } = tables
  const counts = ['created', 'changed', 'removed', 'unchanged', 'quarantined', 'batches'] as const
  const found = await transaction(db, {
    pulled: db.run(plain`
      SELECT ${columnsOf(pull, 'runId', 'runBy', 'runStartedAt', ...counts, 'token')},
        ${columnsOf(pull, 'lastSuccessAt', 'agreedUpTo', 'agreedAt', 'repair')}
      FROM ${pull}`),
    ended: db.run(plain`
      SELECT ${columnsOf(runs, 'runId', 'runBy', 'startedAt', 'finishedAt', 'outcome', ...counts, 'token', 'error')}
      FROM ${runs} ORDER BY ${runs.nr} DESC LIMIT ${RUNS_SHOWN}`),
    orphaned: db.run(plain`
      SELECT ${copies.key} AS key FROM ${copies} WHERE ${copies.orphaned} = 1 ORDER BY ${copies.key} LIMIT ${MOST_NAMED}`),
    quarantined: db.run(plain`
      SELECT ${columnsOf(quarantine, 'subject', 'key', 'error', 'attempts', 'firstSeenAt', 'nextTryAt')} FROM ${quarantine}
      WHERE ${quarantine.closedAt} IS NULL ORDER BY ${quarantine.nextTryAt} LIMIT ${MOST_NAMED}`),
  })
  const [row] = rowsOf<PullRow>(found.pulled)
  if (row === undefined) throw new Error('Cannot read the pull: its row is missing')
  const { lastSuccessAt, agreedUpTo, agreedAt, repair } = row
  const runsEnded = rowsOf<PullRun>(found.ended)
  const running = runningOf(row)
  return {
    token: row.token,
    lastRun: running ?? runsEnded[0] ?? null,
    lastSuccessAt,
    lagSeconds: lastSuccessAt === null || isAhead(lastSuccessAt, now) ? null : secondsSince(lastSuccessAt, now),
    agreedUpTo,
    agreedAt,
    repair,
    orphaned: rowsOf<Pick<Row<'copies'>, 'key'>>(found.orphaned).map(({ key }) => key),
    quarantined: rowsOf<QuarantinedRecord>(found.quarantined).map((record) => ({
      ...record,
      error: describeFieldErrors(JSON.parse(record.error) as FieldError[]),
    })),
    runs: running === null ? runsEnded : [running, ...runsEnded],
  }
}

/** The run in progress; null while there is none. */
function runningOf({ runId, runBy, runStartedAt, ...row }: PullRow): PullRun | null {
  if (runId === null || runBy === null || runStartedAt === null) return null
  const { created, changed, removed, unchanged, quarantined, batches, token } = row
  const counts = { created, changed, removed, unchanged, quarantined, batches }
  return { runId, runBy, startedAt: runStartedAt, ...counts, token, finishedAt: null, outcome: 'running', error: null }
}

function secondsSince(instant: string, now: string): number {
  return Math.max(0, Math.round((Date.parse(now) - Date.parse(instant)) / 1000))
}

/** A history of the feed; the newest one is current. `repairedAt` is null until its repair has ended. */
export type Epoch = Pick<Row<'epochs'>, 'epoch' | 'firstSeenAt' | 'repairedAt'>

/** A copy that a repair or a comparison changed: evidence. `restored`: the publisher was; `drift`: it differed without that. */
export type Repair = Pick<Row<'repairs'>, 'nr' | 'key' | 'why' | 'at'> & {
  /** The record as the copy had it; null where there was no copy. */
  before: unknown
  after: unknown
}

/** A token that runs of the current epoch ended with, and when the last of them did. */
export type EarlierToken = { token: string; at: string }

/** What was done about the pull and what came of it, the newest first. */
export type History = { resets: KeptReset[]; repairs: Repair[]; epochs: Epoch[]; tokens: EarlierToken[] }

const MOST_SHOWN = 20
/** Idle runs end with the same token: this many runs are looked through for different ones. */
const RUNS_SEARCHED = 3000

/** Reads the latest resets, repairs, epochs, and the tokens that a reset may go back to. */
export async function readHistory(db: Db, tables: ConsumerTables): Promise<History> {
  const { pull, runs, repairs, epochs } = tables
  const [resets, found] = await Promise.all([
    listResets(db, tables, MOST_SHOWN),
    transaction(db, {
      repaired: db.run(plain`
        SELECT ${columnsOf(repairs, 'nr', 'key', 'why', 'before', 'after', 'at')} FROM ${repairs}
        ORDER BY ${repairs.nr} DESC LIMIT ${MOST_SHOWN}`),
      learned: db.run(plain`
        SELECT ${columnsOf(epochs, 'epoch', 'firstSeenAt', 'repairedAt')} FROM ${epochs}
        ORDER BY ${epochs.nr} DESC LIMIT ${MOST_SHOWN}`),
      ended: db.run(plain`
        SELECT token, max(at) AS at FROM (
          SELECT ${runs.nr} AS nr, ${runs.token} AS token, ${runs.epoch} AS epoch, ${runs.finishedAt} AS at FROM ${runs}
          ORDER BY ${runs.nr} DESC LIMIT ${RUNS_SEARCHED}
        )
        WHERE token IS NOT NULL AND epoch = (SELECT ${pull.epoch} FROM ${pull})
        GROUP BY token ORDER BY max(nr) DESC LIMIT ${MOST_SHOWN}`),
    }),
  ])
  return {
    resets,
    repairs: rowsOf<Omit<Row<'repairs'>, 'runId'>>(found.repaired).map((row) => ({
      ...row,
      before: parse(row.before),
      after: parse(row.after),
    })),
    epochs: rowsOf<Epoch>(found.learned),
    tokens: rowsOf<EarlierToken>(found.ended),
  }
}

function parse(record: string | null): unknown {
  return record === null ? null : JSON.parse(record)
}

/** Ten minutes of runs. `records`: those that were new, changed or removed. */
export type RunSlice = { at: string; runs: number; failed: number; records: number; longestSeconds: number }

/** Runs of a minute apart, with room for those that people start. */
const MOST_RUNS = 500

/** The runs that began since an instant, by slices of ten minutes, the oldest first; a slice without runs is left out. */
export async function listRunSlices(db: Db, { runs }: ConsumerTables, since: string): Promise<RunSlice[]> {
  const { startedAt, finishedAt, outcome, created, changed, removed } = runs
  const result = await db.run(plain`
    SELECT substr(${startedAt}, 1, 15) || '0:00Z' AS at, count(*) AS runs, sum(${outcome} = 'failed') AS failed,
      sum(${created} + ${changed} + ${removed}) AS records,
      max((julianday(${finishedAt}) - julianday(${startedAt})) * 86400) AS longestSeconds
    FROM (SELECT * FROM ${runs} ORDER BY ${runs.nr} DESC LIMIT ${MOST_RUNS})
    WHERE ${startedAt} >= ${since} GROUP BY at ORDER BY at`)
  return rowsOf<RunSlice>(result)
}
