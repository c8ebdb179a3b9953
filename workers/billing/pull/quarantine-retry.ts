import { isDataRefusal } from '../../../shared/db/d1.ts'
import type { FieldError } from '../../../shared/edge/problem.ts'
import type { RequestContext } from '../edge/request-context.ts'
import { storeAndReadOrder } from '../orders/deep-link-store.ts'
import { fetchOrder, fetchBatch } from '../client/order-client.ts'
import { quarantineSubject, readOrder } from '../copies/order-copy.ts'
import {
  closeQuarantined,
  findQuarantined,
  listDue,
  postpone,
  type Quarantined,
  saveAttempt,
} from '../copies/quarantine-store.ts'

/** What became of an attempt. `gone`: the record is no longer there; `no_answer`: ordering did not answer. */
export type Attempt = 'released' | 'unfit' | 'gone' | 'no_answer'

/** The most records that are tried again in a run, one call each. */
const TRIED_IN_A_RUN = 5
/** A record without a readable number is looked for in the batch it came with. */
const SEARCHED_BATCH = 1000

/** Tries the records again whose pause is over, with at most `mostCalls` calls; returns how many were made. */
export async function retryDue(context: RequestContext, mostCalls: number): Promise<number> {
  let calls = 0
  for (const record of await listDue(context.db, context.now, Math.min(TRIED_IN_A_RUN, mostCalls))) {
    calls += 1
    const attempt = await tryAgain(context, record)
    context.log.info('quarantine.tried', { subject: record.subject, attempt })
    if (attempt === 'no_answer') break
  }
  return calls
}

/** Tries one record again, as a person asks for it; undefined if it no longer waits. */
export async function retryQuarantined(context: RequestContext, subject: string): Promise<Attempt | undefined> {
  const record = await findQuarantined(context.db, subject)
  return record && tryAgain(context, record)
}

async function tryAgain(context: RequestContext, record: Quarantined): Promise<Attempt> {
  return record.number === null ? tryPlace(context, record) : tryOrder(context, record, record.number)
}

async function tryOrder({ db, env, now }: RequestContext, record: Quarantined, number: number): Promise<Attempt> {
  const fetched = await fetchOrder(env.ORDERING, number)
  if (!fetched.ok) {
    const refusal = fetched.error
    switch (refusal.reason) {
      case 'no_answer':
        await postpone(db, record, now)
        return 'no_answer'
      case 'unknown':
        await closeQuarantined(db, record, now)
        return 'gone'
      case 'unreadable':
        await saveAttempt(db, record, refusal.errors, now)
        return 'unfit'
    }
  }
  try {
    const { current } = await storeAndReadOrder(db, fetched.value, number, now, 'pull')
    if (current === fetched.value.epoch) return 'released'
    // Its history is not the one that billing reads: the pull learns of it first.
    await postpone(db, record, now)
    return 'no_answer'
  } catch (error) {
    if (!isDataRefusal(error)) throw error
    const errors: FieldError[] = [{ pointer: '', detail: 'Billing’s database refuses this order' }]
    await saveAttempt(db, record, errors, now)
    return 'unfit'
  }
}

async function tryPlace({ db, env, now }: RequestContext, record: Quarantined): Promise<Attempt> {
  const fetched = await fetchBatch(env.ORDERING, record.batchToken, SEARCHED_BATCH)
  if (!fetched.ok) {
    if (fetched.error.reason === 'no_answer') {
      await postpone(db, record, now)
      return 'no_answer'
    }
    await closeQuarantined(db, record, now)
    return 'gone'
  }
  for (const candidate of fetched.value.orders) {
    const read = readOrder(candidate)
    if (!read.ok && quarantineSubject(read.error) === record.subject) {
      await saveAttempt(db, record, read.error.errors, now)
      return 'unfit'
    }
  }
  // Its place was given up: the order has changed since, and comes again by the feed under a higher number.
  await closeQuarantined(db, record, now)
  return 'gone'
}
