import { isDataRefusal } from '../../../db/d1.ts'
import { fetchBatch, fetchRecord } from '../client.ts'
import { type Consumer, type Context, refusedByDatabase } from '../definition.ts'
import { storeOutsideFeed } from '../deep-link-store.ts'
import {
  closeQuarantined,
  findQuarantined,
  listDue,
  postpone,
  type Quarantined,
  saveAttempt,
} from '../quarantine-store.ts'
import { quarantineSubject, readRecord } from '../record.ts'

/** What became of an attempt. `gone`: the record is no longer there; `no_answer`: the publisher did not answer. */
export type Attempt = 'released' | 'unfit' | 'gone' | 'no_answer'

/** The most records that are retried in a run, one call each. */
const TRIED_IN_A_RUN = 5
/** A record without a readable key is looked for in the batch it came with. */
const SEARCHED_BATCH = 1000

/** Retries the records whose pause is over, with at most `mostCalls` calls; returns how many were made. */
export async function retryDue<E, R>(
  consumer: Consumer<E, R>,
  context: Context<E>,
  mostCalls: number,
): Promise<number> {
  let calls = 0
  const due = await listDue(context.db, consumer.tables, context.now, Math.min(TRIED_IN_A_RUN, mostCalls))
  for (const quarantined of due) {
    calls += 1
    const attempt = await retry(consumer, context, quarantined)
    context.log.info('quarantine.tried', { subject: quarantined.subject, attempt })
    if (attempt === 'no_answer') break
  }
  return calls
}

/** Retries one record, as a person asks for it; undefined if it no longer waits. */
export async function retryOne<E, R>(
  consumer: Consumer<E, R>,
  context: Context<E>,
  subject: string,
): Promise<Attempt | undefined> {
  const quarantined = await findQuarantined(context.db, consumer.tables, subject)
  return quarantined && retry(consumer, context, quarantined)
}

function retry<E, R>(consumer: Consumer<E, R>, context: Context<E>, quarantined: Quarantined): Promise<Attempt> {
  const { key } = quarantined
  return key === null ? retryPlace(consumer, context, quarantined) : retryKey(consumer, context, quarantined, key)
}

async function retryKey<E, R>(
  consumer: Consumer<E, R>,
  context: Context<E>,
  quarantined: Quarantined,
  key: number,
): Promise<Attempt> {
  const { tables, words } = consumer
  const { db, now } = context
  const fetched = await fetchRecord(consumer, context, key)
  if (!fetched.ok) {
    const refusal = fetched.error
    switch (refusal.reason) {
      case 'no_answer':
        await postpone(db, tables, quarantined, now)
        return 'no_answer'
      case 'unknown':
        await closeQuarantined(db, tables, quarantined, now)
        return 'gone'
      case 'unreadable':
        await saveAttempt(db, tables, quarantined, refusal.errors, now)
        return 'unfit'
    }
  }
  try {
    const { epoch } = fetched.value
    const stored = await storeOutsideFeed(consumer, db, [fetched.value], { epoch, source: 'pull', now })
    if (stored === 'stored') return 'released'
    // Its history is not the one that the consumer reads: the pull learns of it first.
    await postpone(db, tables, quarantined, now)
    return 'no_answer'
  } catch (error) {
    if (!isDataRefusal(error)) throw error
    await saveAttempt(db, tables, quarantined, refusedByDatabase(words), now)
    return 'unfit'
  }
}

async function retryPlace<E, R>(
  consumer: Consumer<E, R>,
  context: Context<E>,
  quarantined: Quarantined,
): Promise<Attempt> {
  const { names, tables, parse } = consumer
  const { db, now } = context
  const fetched = await fetchBatch(consumer, context, quarantined.batchToken, SEARCHED_BATCH)
  if (!fetched.ok) {
    if (fetched.error.reason === 'no_answer') {
      await postpone(db, tables, quarantined, now)
      return 'no_answer'
    }
    await closeQuarantined(db, tables, quarantined, now)
    return 'gone'
  }
  for (const candidate of fetched.value.records) {
    const read = readRecord(names, parse, candidate)
    if (!read.ok && quarantineSubject(names, read.error) === quarantined.subject) {
      await saveAttempt(db, tables, quarantined, read.error.errors, now)
      return 'unfit'
    }
  }
  // Its place was given up: the record has changed since, and comes again by the feed under a higher number.
  await closeQuarantined(db, tables, quarantined, now)
  return 'gone'
}
