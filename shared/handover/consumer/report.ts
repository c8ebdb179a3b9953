import type { FeedLag } from '../protocol.ts'
import { fetchLag } from './client.ts'
import type { Consumer, Context } from './definition.ts'
import { degradedReasons } from './health.ts'
import { readPullState, readVitals } from './report-store.ts'
import type { PullState } from './run.ts'

/**
 * Where the consumer stands against the publisher. The figures of the feed are null while that does not answer, and
 * `behind` is while it is in a history that the consumer has not read yet.
 */
export type Report = PullState & {
  /** Records that wait for their number in the feed, and since when the oldest does. */
  waiting: number | null
  oldestWaitingAt: string | null
  /** Changes that the consumer has still to read. */
  behind: number | null
  /** What has to be looked at; empty while the consumer is well. */
  health: string[]
}

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
