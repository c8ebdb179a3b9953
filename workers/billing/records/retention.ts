import { spanAround } from '../../../shared/time/instant.ts'
import type { RequestContext } from '../edge/request-context.ts'
import { deleteExpired } from './retention-store.ts'
import { retryRefused } from '../ledger/outbox-store.ts'

const DAY_MS = 86_400_000

/** Purges runs, repairs and closed quarantines that are older than the vars say, and lets refused notices be sent again. */
export async function purgeExpired({ db, env, log, now }: RequestContext): Promise<void> {
  await retryRefused(db)
  const purged = await deleteExpired(db, {
    runs: spanAround(now, env.KEEP_RUNS_DAYS * DAY_MS),
    evidence: spanAround(now, env.KEEP_EVIDENCE_DAYS * DAY_MS),
  })
  if (purged.runs + purged.repairs + purged.quarantined > 0) log.info('retention.purged', purged)
}
