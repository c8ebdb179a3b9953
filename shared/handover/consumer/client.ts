import * as z from '../../zod.ts'
import { describeError } from '../../edge/log.ts'
import type { FieldError } from '../../edge/problem.ts'
import { TRACE_PARENT, writeTraceParent } from '../../edge/trace-parent.ts'
import { err, ok, type Result } from '../../result.ts'
import {
  aheadAnswer,
  type AgreementDigest,
  agreementDigest,
  type AheadReport,
  type Batch,
  type FeedLag,
  feedLag,
  type FingerprintList,
  type FingerprintQuery,
  type Notice,
  type NoticesKept,
  noticesKept,
  restoredProblem,
  type RestoreOutcome,
  underNames,
} from '../protocol.ts'
import { capitalize, type Consumer, type Context, type Publisher } from './definition.ts'
import { type NoAnswer, readRecord, type ReadRecord, type UnansweredRecord } from './record.ts'

/** What the publisher answered: JSON, below 500. `epoch` is the history that single records are of. */
export type Answer = { status: number; body: unknown; epoch: string | null }

/** For what a call is made: by which request, and where what fails is logged. */
export type Calling<E> = Pick<Context<E>, 'env' | 'requestId' | 'log'>

const RECORD_TIMEOUT_MS = 5_000
const TIMEOUT_MS = 20_000
/** For what a page shows beside: it does not wait for long. */
const LAG_TIMEOUT_MS = 2_000

/**
 * Asks the publisher, and waits for the whole answer, at most so long. With `body`, a POST of it as JSON. The call names
 * the run or request that it belongs to.
 */
export async function ask<E>(
  publisher: Publisher<E>,
  context: Calling<E>,
  path: string,
  timeoutMs: number,
  body?: unknown,
): Promise<Result<Answer, NoAnswer>> {
  const controller = new AbortController()
  const late = Promise.withResolvers<Result<Answer, NoAnswer>>()
  const timer = setTimeout(() => {
    late.resolve(err(noAnswer(`It did not answer within ${timeoutMs / 1000} seconds`)))
    controller.abort()
  }, timeoutMs)
  try {
    // A signal does not reach a body that stalls once the answer's head is there.
    return await Promise.race([read(publisher, context, path, controller.signal, body), late.promise])
  } catch {
    // Whatever the binding throws (no Worker there, a crash, a lost connection), the publisher did not answer.
    return err(noAnswer('The connection to it failed'))
  } finally {
    clearTimeout(timer)
  }
}

async function read<E>(
  publisher: Publisher<E>,
  context: Calling<E>,
  path: string,
  signal: AbortSignal,
  body: unknown,
): Promise<Result<Answer, NoAnswer>> {
  const response = await send(publisher, context, path, signal, body)
  const { status, headers } = response
  if (status >= 500) {
    return err(noAnswer((await readReason(response)) ?? `It answered ${status}`))
  }
  try {
    const epoch = headers.get(publisher.names.epochHeader)
    return ok({ status, body: JSON.parse(await response.text()) as unknown, epoch })
  } catch (error) {
    if (error instanceof SyntaxError) return err(noAnswer(`It answered ${status} with something that is not JSON`))
    throw error
  }
}

async function send<E>(
  { from, words }: Publisher<E>,
  { env, requestId, log }: Calling<E>,
  path: string,
  signal: AbortSignal,
  body: unknown,
): Promise<Response> {
  const headers = new Headers({ [TRACE_PARENT]: writeTraceParent(requestId) })
  if (body !== undefined) headers.set('Content-Type', 'application/json')
  // The host is ignored by the publisher (2.1); a URL needs one.
  const url = new URL(path, 'https://publisher')
  try {
    const posted = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
    return await from(env).fetch(url.href, { signal, headers, ...posted })
  } catch (error) {
    log.warn(`${words.publisher.replaceAll(' ', '-')}.unreachable`, { path: url.pathname, ...describeError(error) })
    throw error
  }
}

const outOfDate = z.object({ type: z.literal('/problems/database-out-of-date'), detail: z.string() })

/** What the publisher itself says of why it cannot work; undefined for whatever else came. */
async function readReason(response: Response): Promise<string | undefined> {
  if (response.headers.get('Content-Type') !== 'application/problem+json') {
    await response.body?.cancel()
    return undefined
  }
  return outOfDate.safeParse(await response.json().catch(() => undefined)).data?.detail
}

/** The publisher did not answer: why, in a sentence for people, without what the platform said. */
export function noAnswer(detail: string): NoAnswer {
  return { reason: 'no_answer', detail }
}

/** What an answer of status 200 says in the shape; anything else is no answer. */
export function parseAnswer<T>(shape: z.ZodMiniType<T>, { status, body }: Answer): Result<T, NoAnswer> {
  if (status !== 200) return err(noAnswer(`It answered ${status}`))
  const parsed = shape.safeParse(body)
  return parsed.success ? ok(parsed.data) : err(noAnswer('Its answer does not have the agreed shape'))
}

/** Why there is no batch. `restored`: the token is of another history, `epoch` is the one to read under. */
export type BatchRefusal =
  | NoAnswer
  | { reason: 'restored'; epoch: string }
  | { reason: 'invalid_token'; detail: string }

const invalidToken = z.object({ type: z.literal('/problems/invalid-token') })

/** Asks for the batch after the token (null: from the start), with at most `limit` records. */
export async function fetchBatch<E, R>(
  consumer: Consumer<E, R>,
  context: Calling<E>,
  token: string | null,
  limit: number,
): Promise<Result<Batch, BatchRefusal>> {
  const { names, words, answers } = consumer
  const after = token === null ? '' : `&after=${encodeURIComponent(token)}`
  const asked = await ask(consumer, context, `/${names.feed}?limit=${limit}${after}`, TIMEOUT_MS)
  if (!asked.ok) return err(asked.error)
  const { status, body } = asked.value
  if (status === 200) {
    const batch = answers.batch.safeParse(body)
    return batch.success ? ok(batch.data) : err(noAnswer('Its batch of the feed does not have the agreed shape'))
  }
  const restored = restoredProblem.safeParse(body)
  if (status === 410 && restored.success) return err({ reason: 'restored', epoch: restored.data.epoch })
  if (status === 400 && invalidToken.safeParse(body).success) {
    return err({ reason: 'invalid_token', detail: `${capitalize(words.publisher)} refuses the token ${token ?? ''}` })
  }
  return err(noAnswer(`It answered ${status}`))
}

/** Why there is no record. `unreadable`: it does not fit; its revision is null where it has none. */
export type RecordRefusal =
  | NoAnswer
  | { reason: 'unknown' }
  | { reason: 'unreadable'; errors: FieldError[]; revision: number | null }

/** Asks for one record, as it is now. `epoch` is the history that the answer is of. */
export async function fetchRecord<E, R>(
  consumer: Consumer<E, R>,
  context: Calling<E>,
  key: number,
): Promise<Result<ReadRecord<R> & { epoch: string }, RecordRefusal>> {
  const asked = await ask(consumer, context, `/${consumer.names.feed}/${key}`, RECORD_TIMEOUT_MS)
  if (!asked.ok) return err(asked.error)
  const { status, body, epoch } = asked.value
  if (status !== 200 && status !== 404) return err(noAnswer(`It answered ${status}`))
  if (status === 404) return err({ reason: 'unknown' })
  const read = readAskedRecord(consumer, body, key)
  if (!read.ok) return read
  if (epoch === null) return err(noAnswer('Its answer names no epoch'))
  return ok({ ...read.value, epoch })
}

/** Several records by key, each of those that were asked for, in the history that `epoch` names. */
export type FetchedRecords<R> = { epoch: string; records: Map<number, Result<ReadRecord<R>, UnansweredRecord>> }

/** Asks for several records, as they are now, in one call; at most 100. */
export async function fetchRecords<E, R>(
  consumer: Consumer<E, R>,
  context: Calling<E>,
  keys: readonly number[],
): Promise<Result<FetchedRecords<R>, NoAnswer>> {
  const { names, words } = consumer
  const asked = await ask(consumer, context, `/${names.feed}/read`, RECORD_TIMEOUT_MS, { [names.keys]: keys })
  if (!asked.ok) return err(asked.error)
  const { epoch } = asked.value
  const parsed = parseAnswer(consumer.answers.readRecords, asked.value)
  if (!parsed.ok) return parsed
  if (epoch === null) return err(noAnswer('Its answer does not have the agreed shape'))
  const { answers, left } = parsed.value
  const answered = new Map(answers.map(({ key, record }) => [key, record]))
  const records = new Map<number, Result<ReadRecord<R>, UnansweredRecord>>()
  for (const key of keys) {
    const record = answered.get(key)
    if (record === undefined && !left.includes(key)) {
      return err(noAnswer(`Its answer does not name ${words.record} ${key}`))
    }
    records.set(key, readAnswer(consumer, record, key))
  }
  return ok({ epoch, records })
}

function readAnswer<E, R>(
  consumer: Consumer<E, R>,
  record: unknown,
  key: number,
): Result<ReadRecord<R>, UnansweredRecord> {
  if (record === undefined) return err({ reason: 'left_out' })
  return record === null ? err({ reason: 'unknown' }) : readAskedRecord(consumer, record, key)
}

function readAskedRecord<E, R>(
  { names, words, parse }: Consumer<E, R>,
  record: unknown,
  key: number,
): Result<ReadRecord<R>, Extract<RecordRefusal, { errors: unknown }>> {
  const read = readRecord(names, parse, record)
  if (!read.ok) return err({ reason: 'unreadable', errors: read.error.errors, revision: read.error.revision })
  if (read.value.key === key) return ok(read.value)
  const detail = `${capitalize(words.record)} ${key} was asked for, and ${words.record} ${read.value.key} came`
  return err({ reason: 'unreadable', errors: [{ pointer: `/${names.key}`, detail }], revision: null })
}

/** Why nothing can be compared now; the next pull or the next comparison sees to it. */
export type NotComparable = NoAnswer | { reason: 'restored' } | { reason: 'unsettled' }

/** Asks for count and sum of fingerprints by range, of the records up to the token. */
export function fetchDigest<E, R>(
  consumer: Consumer<E, R>,
  context: Calling<E>,
  token: string,
): Promise<Result<AgreementDigest, NotComparable>> {
  return compare(consumer, context, `/digest?after=${encodeURIComponent(token)}`, agreementDigest)
}

/** Asks for the fingerprints of settled records up to the token. */
export function fetchFingerprints<E, R>(
  consumer: Consumer<E, R>,
  context: Calling<E>,
  query: FingerprintQuery,
): Promise<Result<FingerprintList, NotComparable>> {
  const body = underNames(query, { keys: consumer.names.keys })
  return compare(consumer, context, '/fingerprints', consumer.answers.fingerprintList, body)
}

async function compare<E, T>(
  publisher: Publisher<E>,
  context: Calling<E>,
  path: string,
  shape: z.ZodMiniType<T>,
  body?: unknown,
): Promise<Result<T, NotComparable>> {
  const asked = await ask(publisher, context, path, TIMEOUT_MS, body)
  if (!asked.ok) return asked
  const { status } = asked.value
  if (status === 410) return err({ reason: 'restored' })
  if (status === 409) return err({ reason: 'unsettled' })
  return parseAnswer(shape, asked.value)
}

/** Reports what the consumer holds that the publisher has lost; returns the epoch that is current there then. */
export async function reportAhead<E, R>(
  consumer: Consumer<E, R>,
  context: Calling<E>,
  { epoch, records }: AheadReport,
): Promise<Result<{ epoch: string }, NoAnswer>> {
  const { names } = consumer
  const body = { epoch, [names.feed]: records.map((record) => underNames(record, { key: names.key })) }
  const asked = await ask(consumer, context, '/ahead', TIMEOUT_MS, body)
  return asked.ok ? parseAnswer(aheadAnswer, asked.value) : asked
}

/** Gives records back that the publisher has lost; it takes those whose key is free. A preview changes nothing. */
export async function sendBack<E, R>(
  consumer: Consumer<E, R>,
  context: Calling<E>,
  { preview, records }: { preview: boolean; records: readonly R[] },
): Promise<Result<RestoreOutcome, NoAnswer>> {
  const body = { preview, [consumer.names.feed]: records }
  const asked = await ask(consumer, context, '/restore', TIMEOUT_MS, body)
  return asked.ok ? parseAnswer(consumer.answers.restoreOutcome, asked.value) : asked
}

/** A notice as the consumer keeps it: nothing holds its content against what the publisher reads. */
export type KeptNotice = Omit<Notice, 'notice'> & { notice: unknown }

/**
 * Notifies the publisher; it records the newest notice of each subject, so that notifying it twice does no harm. `refused`
 * are the places of those that it cannot read.
 */
export async function sendNotices<E, R>(
  consumer: Consumer<E, R>,
  context: Calling<E>,
  kept: readonly KeptNotice[],
): Promise<Result<NoticesKept, NoAnswer>> {
  const notices = kept.map((notice) => underNames(notice, { key: consumer.names.noticeKey }))
  const asked = await ask(consumer, context, '/notices', TIMEOUT_MS, { notices })
  return asked.ok ? parseAnswer(noticesKept, asked.value) : asked
}

/** Asks how far the feed is ahead of the token. */
export async function fetchLag<E, R>(
  consumer: Consumer<E, R>,
  context: Calling<E>,
  token: string | null,
): Promise<Result<FeedLag, NoAnswer>> {
  const after = token === null ? '' : `?after=${encodeURIComponent(token)}`
  const asked = await ask(consumer, context, `/lag${after}`, LAG_TIMEOUT_MS)
  return asked.ok ? parseAnswer(feedLag, asked.value) : asked
}
