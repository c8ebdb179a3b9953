import type { RunSlice } from '../run-history.ts'
import type { SyncHistory } from '../history-store.ts'
import type { SyncReport } from '../report.ts'

/** Everything that the sync page shows. */
export type SyncView = {
  report: SyncReport
  history: SyncHistory
  /** The runs of the last six hours. */
  slices: readonly RunSlice[]
  /** When the page was asked for. */
  now: string
}
