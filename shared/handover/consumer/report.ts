import type { FeedLag } from '../protocol.ts'
import { fetchLag } from './client.ts'
import type { Consumer, Context } from './definition.ts'
import { degradedReasons } from './health.ts'
import { readPullState, readVitals } from './report-store.ts'
import type { Report } from './run.ts'

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
