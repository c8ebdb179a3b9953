import { MAX_NOTICES } from '../../protocol.ts'
import { sendNotices } from '../client.ts'
import type { Consumer, Context } from '../definition.ts'
import { listPending, markDelivered, markRefused } from './outbox-store.ts'

/** At most this many calls a run, each with many notices; the rest follows a minute later. */
const CALLS_IN_A_RUN = 3

/**
 * Notifies the publisher of what is in the outbox: at least once, the newest of each subject. When it does not answer, the
 * notices stay and the next run sends them; one that it cannot read is set aside and holds up no other. Returns how many
 * of `mostCalls` were made.
 */
export async function notifyPublisher<E, R>(
  consumer: Consumer<E, R>,
  context: Pick<Context<E>, 'db' | 'env' | 'requestId' | 'log'>,
  mostCalls: number,
): Promise<number> {
  const { tables } = consumer
  const { db, log } = context
  let calls = 0
  while (calls < Math.min(CALLS_IN_A_RUN, mostCalls)) {
    const notices = await listPending(db, tables, MAX_NOTICES)
    if (notices.length === 0) break
    calls += 1
    const sent = await sendNotices(consumer, context, notices)
    if (!sent.ok) {
      log.warn('notices.undelivered', { notices: notices.length, why: sent.error.detail })
      break
    }
    const places = new Set(sent.value.refused)
    const refused = notices.filter((_, place) => places.has(place))
    const delivered = notices.filter((_, place) => !places.has(place))
    await markDelivered(db, tables, delivered)
    await markRefused(db, tables, refused)
    if (delivered.length > 0) log.info('notices.delivered', { notices: delivered.length })
    for (const { subject, version } of refused) log.error('notices.refused', { subject, version })
    if (notices.length < MAX_NOTICES) break
  }
  return calls
}
