import type { History, RunSlice } from '../../../../shared/handover/consumer/operator/report-store.ts'
import type { SyncReport } from '../answers.ts'

/** Everything that the sync page shows. */
export type SyncView = {
  report: SyncReport
  history: History
  /** The runs of the last six hours. */
  slices: readonly RunSlice[]
  /** When the page was asked for. */
  now: string
}
