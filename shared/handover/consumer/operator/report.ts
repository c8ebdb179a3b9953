import { isAhead } from '../../../time/instant.ts'
import type { FeedLag } from '../../protocol.ts'
import { fetchLag } from '../client.ts'
import { capitalize, type Consumer, type Context, type HealthLimits, type Words } from '../definition.ts'
import { readPullState, readVitals } from './report-store.ts'
import type { Report, Vitals } from '../run.ts'

type Asking<E> = Omit<Context<E>, 'by'>

/** Where the consumer stands, by its own database and by the publisher's, which need not answer. */
export async function reportState<E, R>(consumer: Consumer<E, R>, context: Asking<E>): Promise<Report> {
  const [state, { vitals, lag, health }] = await Promise.all([
    readPullState(context.db, consumer.tables, context.now),
    judgeHealth(consumer, context),
  ])
  const sameHistory = vitals.epoch === null || vitals.epoch === lag?.epoch
  return {
    ...state,
    waiting: lag?.waiting ?? null,
    oldestWaitingAt: lag?.oldestWaitingAt ?? null,
    behind: lag !== null && sameHistory ? lag.behind : null,
    health,
  }
}

/** Why the consumer is not well, if it is not. */
export async function findDegradedReasons<E, R>(consumer: Consumer<E, R>, context: Asking<E>): Promise<string[]> {
  return (await judgeHealth(consumer, context)).health
}

async function judgeHealth<E, R>(consumer: Consumer<E, R>, context: Asking<E>) {
  const { words, limits } = consumer
  const { db, env, now } = context
  const vitals = await readVitals(consumer, db)
  const asked = await fetchLag(consumer, context, vitals.token)
  const lag: FeedLag | null = asked.ok ? asked.value : null
  const own = consumer.health.reasons(vitals)
  return { vitals, lag, health: degradedReasons(words, vitals, lag, limits(env), now, own) }
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
