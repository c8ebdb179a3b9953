import { spanAround } from '../../../shared/time/instant.ts'
import type { Acting } from '../edge/request-context.ts'
import { removeOld } from './retention-store.ts'
import { retryRefused } from '../ledger/outbox-store.ts'

const DAY_MS = 86_400_000

/** Removes runs, repairs and closed quarantines that are older than the vars say, and lets refused notices be sent again. */
export async function keepHouse({ db, env, log, now }: Acting): Promise<void> {
  await retryRefused(db)
  const removed = await removeOld(db, {
    runs: spanAround(now, env.KEEP_RUNS_DAYS * DAY_MS),
    evidence: spanAround(now, env.KEEP_EVIDENCE_DAYS * DAY_MS),
  })
  if (removed.runs + removed.repairs + removed.quarantined > 0) log.info('housekeeping.removed', removed)
}
