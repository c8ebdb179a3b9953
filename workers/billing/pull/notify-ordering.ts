import { MAX_NOTICES } from '../../../shared/contract/notices.ts'
import type { Acting } from '../edge/request-context.ts'
import { sendNotices } from '../client/agreement-client.ts'
import { listPending, markRefused, markTold } from '../ledger/outbox-store.ts'

/** So many calls a run, each with many notices; the rest is told a minute later. */
const CALLS_IN_A_RUN = 3

/**
 * Tells ordering what was decided and what could not be read: at least once, the newest of each subject. When ordering
 * does not answer, the notices stay and the next run tells them; one that it cannot read is set aside and holds up no
 * other. Returns how many of `mostCalls` were made.
 */
export async function tellOrdering({ db, env, log }: Acting, mostCalls: number): Promise<number> {
  let calls = 0
  while (calls < Math.min(CALLS_IN_A_RUN, mostCalls)) {
    const notices = await listPending(db, MAX_NOTICES)
    if (notices.length === 0) break
    calls += 1
    const sent = await sendNotices(env.ORDERING, notices)
    if (!sent.ok) {
      log.warn('notices.untold', { notices: notices.length, why: sent.error.detail })
      break
    }
    const places = new Set(sent.value.refused)
    const refused = notices.filter((_, place) => places.has(place))
    const told = notices.filter((_, place) => !places.has(place))
    await markTold(db, told)
    await markRefused(db, refused)
    if (told.length > 0) log.info('notices.told', { notices: told.length })
    for (const { subject, version } of refused) log.error('notices.refused', { subject, version })
    if (notices.length < MAX_NOTICES) break
  }
  return calls
}
