import { isAhead } from '../../../shared/time/instant.ts'
import type { FeedLag } from '../../../shared/contract/notices.ts'
import type { RepairState, RunOutcome } from '../pull/run.ts'

/** What billing's own database says of its health; counts end at 200. */
export type Vitals = {
  token: string | null
  epoch: string | null
  repair: RepairState
  lastSuccessAt: string | null
  /** How the run ended that ended last. */
  lastOutcome: Extract<RunOutcome, 'ok' | 'failed'> | null
  /** When both sides were last found to agree, or else since when that is owed. */
  agreedSince: string | null
  /** The last comparison found orders that differ, and not all of them could be corrected. */
  drifted: boolean
  quarantined: number
  /** Decisions of the ledger that the database refuses to replay. */
  unreplayed: number
  /** Notices that ordering cannot read. */
  refusedNotices: number
  orphaned: number
}

/** How late is too late: past these, billing is degraded. */
export type HealthLimits = { maxLagSeconds: number; maxAgreementAgeMinutes: number }

/**
 * What an operator has to look at, each in a sentence without customer data; none when billing is well.
 * @param lag how far the feed is ahead; null while ordering does not answer, which the pulls tell of themselves
 */
export function degradedReasons(vitals: Vitals, lag: FeedLag | null, limits: HealthLimits, now: string): string[] {
  const { maxLagSeconds, maxAgreementAgeMinutes } = limits
  const oldestWaitingAt = lag?.oldestWaitingAt ?? null
  // What a clock that was ahead has dated says nothing of how late it is now.
  const isDatedAhead = (instant: string | null) => instant !== null && isAhead(instant, now)
  const pullAge = secondsSince(vitals.lastSuccessAt, now)
  const waitingAge = secondsSince(oldestWaitingAt, now)
  const agreementAge = Math.floor(secondsSince(vitals.agreedSince, now) / 60)
  const reasons: [boolean, string][] = [
    [vitals.lastOutcome === 'failed', 'The last pull failed'],
    [pullAge > maxLagSeconds, `The last successful pull is ${pullAge} seconds old`],
    [
      isDatedAhead(vitals.lastSuccessAt),
      `A clock was ahead: the last successful pull is dated ${vitals.lastSuccessAt}`,
    ],
    [isDatedAhead(oldestWaitingAt), `A clock was ahead: an order waiting for its number is dated ${oldestWaitingAt}`],
    [waitingAge > maxLagSeconds, `An order has waited ${waitingAge} seconds for its number in the feed`],
    [vitals.repair === 'owed', 'Ordering was restored, and the next pull begins a repair'],
    [vitals.repair === 'reading', 'Ordering was restored, and a repair is in progress'],
    [vitals.drifted, 'The last comparison found orders that differ and could not correct them all'],
    [agreementAge > maxAgreementAgeMinutes, `The two sides have not been found to agree for ${agreementAge} minutes`],
    [
      isDatedAhead(vitals.agreedSince),
      `A clock was ahead: both sides were last found to agree on ${vitals.agreedSince}`,
    ],
    [vitals.quarantined > 0, `Orders that cannot be read: ${vitals.quarantined}`],
    [vitals.unreplayed > 0, `Decisions that the database refuses to replay after a restore: ${vitals.unreplayed}`],
    [vitals.refusedNotices > 0, `Notices that ordering cannot read: ${vitals.refusedNotices}`],
    [vitals.orphaned > 0, `Orders that ordering no longer has: ${vitals.orphaned}`],
  ]
  return reasons.filter(([holds]) => holds).map(([, reason]) => reason)
}

/** Whole seconds; none since what never was. */
function secondsSince(instant: string | null, now: string): number {
  return instant === null ? 0 : Math.floor((Date.parse(now) - Date.parse(instant)) / 1000)
}
