import type { RestoreOutcome } from '../../../shared/handover/protocol.ts'
import type * as consumer from '../../../shared/handover/consumer/run.ts'

// The API counts the feed's batches as `pages`, and names a record by its order's number (contract, section 5).

/** One run of the pull, as `POST /api/sync/run` answers it. */
export type RunResult = Omit<consumer.RunResult, 'batches'> & { pages: number }

/** One run as it is kept and shown. */
export type PullRun = Omit<consumer.PullRun, 'batches'> & { pages: number }

/** An order or a record that waits in quarantine. */
export type QuarantinedRecord = Omit<consumer.QuarantinedRecord, 'key'> & { number: number | null }

/** Where billing stands against ordering, as `GET /api/sync` shows it. */
export type SyncReport = Omit<consumer.Report, 'lastRun' | 'runs' | 'quarantined'> & {
  lastRun: PullRun | null
  runs: PullRun[]
  quarantined: QuarantinedRecord[]
}

/** What became of orphans that billing asked ordering to restore, or would. */
export type RestoreAnswer = { restored: number[]; refused: { number: number; reason: string }[] }

/** What a run did, for programs. */
export function runResultOf({ batches: pages, token, ...run }: consumer.RunResult): RunResult {
  return { ...run, pages, token }
}

/** Where billing stands, for programs and pages. */
export function syncReportOf({ lastRun, runs, quarantined, ...report }: consumer.Report): SyncReport {
  return {
    ...report,
    lastRun: lastRun && pullRunOf(lastRun),
    runs: runs.map(pullRunOf),
    quarantined: quarantined.map(({ key: number, ...record }) => ({ ...record, number })),
  }
}

function pullRunOf({ batches: pages, token, ...run }: consumer.PullRun): PullRun {
  return { ...run, pages, token }
}

/** What became of orphans, for programs and pages. */
export function restoreAnswerOf({ restored, refused }: RestoreOutcome): RestoreAnswer {
  return { restored, refused: refused.map(({ key: number, reason }) => ({ number, reason })) }
}
