/** What became of a run: `skipped` met another one in progress, `failed` left the token at its last whole batch. */
export type RunOutcome = 'running' | 'ok' | 'failed' | 'skipped'

/** How many records a run read, by what was done with each. */
export type RunCounts = { created: number; changed: number; removed: number; unchanged: number; quarantined: number }

/** One run of the pull, and what it did. `error` says why it failed. */
export type RunResult = RunCounts & {
  runId: string
  outcome: Exclude<RunOutcome, 'running'>
  batches: number
  token: string | null
  error?: string
}

/** One run as it is kept and shown. Instants are ISO 8601, UTC. */
export type PullRun = RunCounts & {
  runId: string
  /** An email, or `cron`. */
  runBy: string
  startedAt: string
  /** Null while the run is in progress. */
  finishedAt: string | null
  outcome: Exclude<RunOutcome, 'skipped'>
  batches: number
  token: string | null
  error: string | null
}

/** A record that waits in quarantine. */
export type QuarantinedRecord = {
  /** What it is retried by; one without a readable key is known by its place in the feed. */
  subject: string
  key: number | null
  error: string
  attempts: number
  firstSeenAt: string
  nextTryAt: string
}

/** A repair after a restore of the publisher: `owed` until the next pull begins it, `reading` until it has reached the feed's end. */
export type RepairState = 'owed' | 'reading' | null

/** Where the pull stands. */
export type PullState = {
  token: string | null
  /** The run in progress, or else the one that ended last. */
  lastRun: PullRun | null
  lastSuccessAt: string | null
  lagSeconds: number | null
  agreedUpTo: number | null
  agreedAt: string | null
  repair: RepairState
  /** Keys of the copies whose records the publisher no longer has. */
  orphaned: number[]
  quarantined: QuarantinedRecord[]
  /** The newest first. */
  runs: PullRun[]
}

/** What the consumer's own database says of its health; counts end at 200. */
export type Vitals = {
  token: string | null
  epoch: string | null
  repair: RepairState
  lastSuccessAt: string | null
  /** How the run ended that ended last. */
  lastOutcome: Extract<RunOutcome, 'ok' | 'failed'> | null
  /** When both sides were last found to agree, or else since when that is owed. */
  agreedSince: string | null
  /** The last comparison found records that differ, and not all of them could be corrected. */
  drifted: boolean
  quarantined: number
  /** Notices that the publisher cannot read. */
  refusedNotices: number
  orphaned: number
}

/**
 * Where the consumer stands against the publisher. The figures of the feed are null while that does not answer, and
 * `behind` is while it is in a history that the consumer has not read yet.
 */
export type Report = PullState & {
  /** Records that wait for their number in the feed, and since when the oldest does. */
  waiting: number | null
  oldestWaitingAt: string | null
  /** Changes that the consumer has still to read. */
  behind: number | null
  /** What has to be looked at; empty while the consumer is well. */
  health: string[]
}

/** What a comparison found and did. */
export type Comparison = {
  /** How many records were compared. */
  compared: number
  /** The keys of those that differed when both sides had been read twice. */
  differing: number[]
  /** How many of them now say what the publisher says. */
  corrected: number
  agreedUpTo: number | null
  agreedAt: string | null
}
