import { MAX_NOTICES } from '../../shared/contract.ts'
import type { Acting } from './acting.ts'
import { sendNotices } from './agreement-client.ts'
import { listPending, markTold } from './outbox-store.ts'

/** So many calls a run, each with many notices; the rest is told a minute later. */
const MOST_CALLS = 3

/**
 * Tells ordering what was decided and what could not be read: at least once, the newest of each subject. When ordering
 * does not answer, the notices stay and the next run tells them.
 */
export async function tellOrdering({ db, env, log }: Acting): Promise<void> {
  for (let call = 1; call <= MOST_CALLS; call += 1) {
    const notices = await listPending(db, MAX_NOTICES)
    if (notices.length === 0) return
    const sent = await sendNotices(env.ORDERING, notices)
    if (!sent.ok) {
      log.warn('notices.untold', { notices: notices.length, why: sent.error.detail })
      return
    }
    await markTold(db, notices)
    log.info('notices.told', { notices: notices.length })
    if (notices.length < MAX_NOTICES) return
  }
}
