import { MAX_NOTICES } from '../../../shared/contract/notices.ts'
import type { RequestContext } from '../edge/request-context.ts'
import { sendNotices } from '../client/agreement-client.ts'
import { listPending, markRefused, markDelivered } from '../ledger/outbox-store.ts'

/** At most this many calls a run, each with many notices; the rest follows a minute later. */
const CALLS_IN_A_RUN = 3

/**
 * Notifies ordering of what was decided and what could not be read: at least once, the newest of each subject. When ordering
 * does not answer, the notices stay and the next run sends them; one that it cannot read is set aside and holds up no
 * other. Returns how many of `mostCalls` were made.
 */
export async function notifyOrdering({ db, env, log }: RequestContext, mostCalls: number): Promise<number> {
  let calls = 0
  while (calls < Math.min(CALLS_IN_A_RUN, mostCalls)) {
    const notices = await listPending(db, MAX_NOTICES)
    if (notices.length === 0) break
    calls += 1
    const sent = await sendNotices(env.ORDERING, notices)
    if (!sent.ok) {
      log.warn('notices.undelivered', { notices: notices.length, why: sent.error.detail })
      break
    }
    const places = new Set(sent.value.refused)
    const refused = notices.filter((_, place) => places.has(place))
    const delivered = notices.filter((_, place) => !places.has(place))
    await markDelivered(db, delivered)
    await markRefused(db, refused)
    if (delivered.length > 0) log.info('notices.delivered', { notices: delivered.length })
    for (const { subject, version } of refused) log.error('notices.refused', { subject, version })
    if (notices.length < MAX_NOTICES) break
  }
  return calls
}
