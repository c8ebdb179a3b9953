import type { FeedLag } from '../../../shared/contract/notices.ts'
import type { RequestContext } from '../edge/request-context.ts'
import { fetchLag } from '../client/agreement-client.ts'
import { degradedReasons, type HealthLimits } from './health.ts'
import type { SyncState } from '../pull/run.ts'
import { readSync, readVitals } from './sync-store.ts'

/**
 * Where billing stands against ordering. The figures of the feed are null while ordering does not answer, and `behind`
 * is while ordering is in a history that billing has not read yet.
 */
export type SyncReport = SyncState & {
  /** Orders that wait for their number in the feed, and since when the oldest does. */
  waiting: number | null
  oldestWaitingAt: string | null
  /** Changes that billing has still to read; 1,000 at most are counted of either kind. */
  behind: number | null
  /** What has to be looked at; empty while billing is well. */
  health: string[]
}

type Asking = Pick<RequestContext, 'db' | 'env' | 'now'>

/** Where billing stands, by its own database and by ordering's, which need not answer. */
export async function reportSync(asking: Asking): Promise<SyncReport> {
  const [sync, { vitals, lag, health }] = await Promise.all([readSync(asking.db, asking.now), judgeHealth(asking)])
  const sameHistory = vitals.epoch === null || vitals.epoch === lag?.epoch
  return {
    ...sync,
    waiting: lag?.waiting ?? null,
    oldestWaitingAt: lag?.oldestWaitingAt ?? null,
    behind: lag !== null && sameHistory ? lag.behind : null,
    health,
  }
}

/** Why billing is not well, if it is not. */
export async function findDegradedReasons(asking: Asking): Promise<string[]> {
  return (await judgeHealth(asking)).health
}

async function judgeHealth({ db, env, now }: Asking) {
  const vitals = await readVitals(db)
  const asked = await fetchLag(env.ORDERING, vitals.token)
  const lag: FeedLag | null = asked.ok ? asked.value : null
  return { vitals, lag, health: degradedReasons(vitals, lag, limitsIn(env), now) }
}

function limitsIn(env: Env): HealthLimits {
  return { maxLagSeconds: env.MAX_LAG_SECONDS, maxAgreementAgeMinutes: env.MAX_AGREEMENT_AGE_MINUTES }
}
