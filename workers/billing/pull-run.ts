/** What became of a run: `skipped` met another one going, `failed` left the token at its last whole page. */
export type RunOutcome = 'running' | 'ok' | 'failed' | 'skipped'

/** How many orders a run read, by what was done with each. */
export type RunCounts = { created: number; changed: number; removed: number; unchanged: number; quarantined: number }

/** One run of the pull, as `POST /api/sync/run` answers it. */
export type RunResult = RunCounts & {
  outcome: Exclude<RunOutcome, 'running'>
  pages: number
  token: string | null
  /** Why it failed. */
  error?: string
}

/** One run as it is kept and shown. Instants are ISO 8601, UTC. */
export type PullRun = RunCounts & {
  runId: string
  startedAt: string
  /** Null while the run goes on. */
  finishedAt: string | null
  outcome: RunOutcome
  pages: number
  token: string | null
  error: string | null
}
