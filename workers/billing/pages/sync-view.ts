import type { SyncHistory } from '../sync-history-store.ts'
import type { SyncReport } from '../sync-report.ts'

/** Everything that the sync page shows. */
export type SyncView = {
  report: SyncReport
  history: SyncHistory
  /** When the page was asked for. */
  now: string
}
