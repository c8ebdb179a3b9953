/** What became of a run: `skipped` met another one going, `failed` left the token at its last whole page. */
export type RunOutcome = 'running' | 'ok' | 'failed' | 'skipped'

/** How many orders a run read, by what was done with each. */
export type RunCounts = { created: number; changed: number; removed: number; unchanged: number; quarantined: number }

/** One run of the pull, as `POST /api/sync/run` answers it. */
export type RunResult = RunCounts & {
  runId: string
  outcome: Exclude<RunOutcome, 'running'>
  pages: number
  token: string | null
  /** Why it failed. */
  error?: string
}

/** One run as it is kept and shown. Instants are ISO 8601, UTC. */
export type PullRun = RunCounts & {
  runId: string
  /** An email, or `cron`. */
  runBy: string
  startedAt: string
  /** Null while the run goes on. */
  finishedAt: string | null
  outcome: Exclude<RunOutcome, 'skipped'>
  pages: number
  token: string | null
  error: string | null
}

/** An order or a record that waits in quarantine, as `GET /api/sync` names it. */
export type QuarantinedRecord = {
  /** What it is tried again by; one without a readable number is known by its place in the feed. */
  subject: string
  number: number | null
  error: string
  attempts: number
  firstSeenAt: string
  nextTryAt: string
}

/** A repair after a restore of ordering: `owed` until the next pull begins it, `reading` until it has reached the feed's end. */
export type RepairState = 'owed' | 'reading' | null

/** Where the pull stands, as `GET /api/sync` shows it. */
export type SyncState = {
  token: string | null
  /** The run in progress, or else the one that ended last. */
  lastRun: PullRun | null
  lastSuccessAt: string | null
  lagSeconds: number | null
  agreedUpTo: number | null
  agreedAt: string | null
  repair: RepairState
  orphaned: number[]
  quarantined: QuarantinedRecord[]
  /** The newest first. */
  runs: PullRun[]
}
