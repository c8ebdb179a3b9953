import { isAhead } from '../../time/instant.ts'
import type { FeedLag } from '../protocol.ts'
import { capitalize, type HealthLimits, type Words } from './definition.ts'
import type { RepairState, RunOutcome } from './run.ts'

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
 * What an operator has to look at, each in a sentence without personal data; none when the consumer is well.
 * @param lag how far the feed is ahead; null while the publisher does not answer, which the pulls tell of themselves
 * @param own the reasons that are the application's
 */
export function degradedReasons(
  words: Words,
  vitals: Vitals,
  lag: FeedLag | null,
  limits: HealthLimits,
  now: string,
  own: readonly string[] = [],
): string[] {
  const { publisher, aRecord, records } = words
  const { maxLagSeconds, maxAgreementAgeMinutes } = limits
  const oldestWaitingAt = lag?.oldestWaitingAt ?? null
  // What a clock that was ahead has dated says nothing of how late it is now.
  const isDatedAhead = (instant: string | null) => instant !== null && isAhead(instant, now)
  const pullAge = secondsSince(vitals.lastSuccessAt, now)
  const waitingAge = secondsSince(oldestWaitingAt, now)
  const agreementAge = Math.floor(secondsSince(vitals.agreedSince, now) / 60)
  const restored = `${capitalize(publisher)} was restored`
  const reasons: [boolean, string][] = [
    [vitals.lastOutcome === 'failed', 'The last pull failed'],
    [pullAge > maxLagSeconds, `The last successful pull is ${pullAge} seconds old`],
    [
      isDatedAhead(vitals.lastSuccessAt),
      `A clock was ahead: the last successful pull is dated ${vitals.lastSuccessAt}`,
    ],
    [isDatedAhead(oldestWaitingAt), `A clock was ahead: ${aRecord} waiting for its number is dated ${oldestWaitingAt}`],
    [waitingAge > maxLagSeconds, `${capitalize(aRecord)} has waited ${waitingAge} seconds for its number in the feed`],
    [vitals.repair === 'owed', `${restored}, and the next pull begins a repair`],
    [vitals.repair === 'reading', `${restored}, and a repair is in progress`],
    [vitals.drifted, `The last comparison found ${records} that differ and could not correct them all`],
    [agreementAge > maxAgreementAgeMinutes, `The two sides have not been found to agree for ${agreementAge} minutes`],
    [
      isDatedAhead(vitals.agreedSince),
      `A clock was ahead: both sides were last found to agree on ${vitals.agreedSince}`,
    ],
    [vitals.quarantined > 0, `${capitalize(records)} that cannot be read: ${vitals.quarantined}`],
    ...own.map((reason): [boolean, string] => [true, reason]),
    [vitals.refusedNotices > 0, `Notices that ${publisher} cannot read: ${vitals.refusedNotices}`],
    [vitals.orphaned > 0, `${capitalize(records)} that ${publisher} no longer has: ${vitals.orphaned}`],
  ]
  return reasons.filter(([holds]) => holds).map(([, reason]) => reason)
}

/** Whole seconds; none since what never was. */
function secondsSince(instant: string | null, now: string): number {
  return instant === null ? 0 : Math.floor((Date.parse(now) - Date.parse(instant)) / 1000)
}
