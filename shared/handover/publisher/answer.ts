import { MOST_MESSAGE_BYTES } from '../../db/byte-limits.ts'
import type { D1Cost } from '../../db/d1.ts'
import type { Db } from '../../db/open-d1.ts'
import { describeMissing } from '../../db/release.ts'
import { findMissingMigrations } from '../../db/release-store.ts'
import { answerBodyRefusal, readJson } from '../../edge/body.ts'
import type { Log } from '../../edge/log.ts'
import { problemResponse } from '../../edge/problem.ts'
import { describeQueryErrors, judgeParameters } from '../../edge/query-parameters.ts'
import type { Result } from '../../result.ts'
import {
  type AgreementDigest,
  DEFAULT_BATCH_LIMIT,
  FEED_PARAMETERS,
  FEED_SCHEMA,
  type FingerprintList,
  KEYS,
  MAX_BATCH_LIMIT,
  sentNotices,
  underNames,
} from '../protocol.ts'
import { type ComparisonRefusal, isBehind, readDigest, readFingerprints, readLag } from './agreement-store.ts'
import type { Feed, NoticeKeeping, Restoring } from './feed.ts'
import { findPublished, listPublished } from './record-store.ts'
import { restoreRecords } from './restore-orphans.ts'
import type { Sequencer } from './sequencer.ts'
import { type FeedRefusal, parseToken, writeToken } from './token.ts'

/**
 * What answers are made with. `cost` is what the database has taken so far, for the log. `now` is an instant, ISO 8601, UTC.
 */
export type PublisherWorld = {
  db: Db
  cost: D1Cost
  sequencer: Sequencer
  log: Log
  now: string
}

const NO_STORE = { 'Cache-Control': 'no-store' }

/**
 * Answers what PROTOCOL.md asks of a publisher; undefined for any other path or method, which is the application's own.
 * Throws what is unexpected: the application answers it 500 or above.
 */
export async function answerFeed(feed: Feed, world: PublisherWorld, request: Request): Promise<Response | undefined> {
  const { pathname, searchParams } = new URL(request.url)
  const route = routeOf(feed, request.method, pathname)
  if (route === undefined) return undefined
  const [parameters, answer] = route
  const errors = judgeParameters(searchParams, parameters)
  if (errors.length > 0) return problemResponse('invalid-query', describeQueryErrors(errors), { errors })
  return answer(feed, world, { request, query: searchParams })
}

type Asked = { request: Request; query: URLSearchParams }
type Route = [
  parameters: readonly string[],
  answer: (feed: Feed, world: PublisherWorld, asked: Asked) => Promise<Response>,
]

function routeOf({ names, notices, restoring }: Feed, method: string, pathname: string): Route | undefined {
  const key = keyIn(pathname, names.feed)
  if (key !== undefined) return method === 'GET' ? [[], (feed, world) => answerRecord(feed, world, key)] : undefined
  switch (`${method} ${pathname}`) {
    case `GET /${names.feed}`:
      return [FEED_PARAMETERS, answerBatch]
    case `POST /${names.feed}/read`:
      return [[], answerRecords]
    case 'GET /digest':
      return [['after'], answerDigest]
    case 'POST /fingerprints':
      return [[], answerFingerprints]
    case 'POST /ahead':
      return [[], answerAhead]
    case 'POST /notices':
      return notices && [[], (_feed, world, asked) => answerNotices(notices, world, asked)]
    case 'GET /lag':
      return [['after'], answerLag]
    case 'POST /restore':
      return restoring && [[], (feed, world, asked) => answerRestore(feed, restoring, world, asked)]
    default:
      return undefined
  }
}

/** The key in a path; undefined where it is no path of one record. */
function keyIn(pathname: string, name: string): number | undefined {
  const text = pathname.startsWith(`/${name}/`) ? pathname.slice(name.length + 2) : ''
  return /^[1-9]\d{0,11}$/.test(text) && Number(text) < KEYS ? Number(text) : undefined
}

/** A batch of the feed (PROTOCOL.md, section 4); `query` has `after` and `limit` as they were sent. */
export async function answerBatch(
  feed: Feed,
  { db, sequencer }: Pick<PublisherWorld, 'db' | 'sequencer'>,
  { query }: Pick<Asked, 'query'>,
): Promise<Response> {
  const after = query.get('after')
  const token = after === null ? null : parseToken(after)
  if (token === undefined) return refuseText(after ?? '')
  const limit = parseLimit(query.get('limit'))
  if (limit === undefined) {
    const detail = `limit must be a whole number from 1 to ${MAX_BATCH_LIMIT}`
    return problemResponse('invalid-query', detail, { errors: [{ pointer: '/limit', detail }] })
  }
  const missing = await describeMissingOnce(feed, db)
  if (missing !== undefined) return problemResponse('database-out-of-date', missing)
  const read = await sequencer.readBatch({ after: token, limit })
  if (!read.ok) return refuseToken(read.error)
  const { records, next, more } = read.value
  const rest = JSON.stringify({ next: writeToken(next), more, epoch: next.epoch, schema: FEED_SCHEMA })
  return new Response(`{${JSON.stringify(feed.names.feed)}:${records},${rest.slice(1)}`, {
    headers: { 'Content-Type': 'application/json', ...NO_STORE },
  })
}

/** The feeds whose databases were found to be as new as the code: in this isolate they are not asked again. */
const upToDate = new WeakSet<Feed>()

async function describeMissingOnce(feed: Feed, db: Db): Promise<string | undefined> {
  if (feed.release === undefined || upToDate.has(feed)) return undefined
  const missing = await findMissingMigrations(db, feed.release)
  if (missing.length > 0) return describeMissing(feed.release, missing)
  upToDate.add(feed)
  return undefined
}

async function answerRecord(feed: Feed, { db, cost, log }: PublisherWorld, key: number): Promise<Response> {
  const { names } = feed
  const { epoch, record } = await findPublished(db, feed, key)
  log.debug('feed.record', { [names.key]: key, found: record !== undefined, d1: cost })
  const headers = { ...NO_STORE, [names.epochHeader]: epoch }
  if (record !== undefined) return Response.json(record, { headers })
  return problemResponse('not-found', `No ${names.record} ${key} was ever published`, {}, headers)
}

async function answerRecords(feed: Feed, { db }: PublisherWorld, { request }: Asked): Promise<Response> {
  const { names } = feed
  const body = await readJson(request, feed.requests.recordsQuery)
  if (!body.ok) return answerBodyRefusal(body.error)
  const { epoch, answers, left } = await listPublished(db, feed, body.value.keys, MOST_MESSAGE_BYTES)
  const found = answers.map(({ key, record = null }) => underNames({ key, record }, names))
  return Response.json({ answers: found, left }, { headers: { ...NO_STORE, [names.epochHeader]: epoch } })
}

async function answerDigest(feed: Feed, { db }: PublisherWorld, { query }: Asked): Promise<Response> {
  const after = query.get('after') ?? ''
  const token = parseToken(after)
  return token === undefined ? refuseText(after) : answerComparison(feed, await readDigest(db, feed, token))
}

async function answerFingerprints(feed: Feed, { db }: PublisherWorld, { request }: Asked): Promise<Response> {
  const body = await readJson(request, feed.requests.fingerprintQuery)
  if (!body.ok) return answerBodyRefusal(body.error)
  const token = parseToken(body.value.after)
  if (token === undefined) return refuseText(body.value.after)
  return answerComparison(feed, await readFingerprints(db, feed, token, body.value))
}

function answerComparison(
  { names }: Feed,
  compared: Result<AgreementDigest | FingerprintList, ComparisonRefusal>,
): Response {
  if (compared.ok) return Response.json(underNames(compared.value, { records: names.feed }), { headers: NO_STORE })
  const refusal = compared.error
  switch (refusal.reason) {
    case 'restored':
      return refuseToken(refusal)
    case 'unsettled':
      return problemResponse('unsettled', `At least ${refusal.moving} ${names.feed} are changing: compare again later`)
  }
}

async function answerAhead(feed: Feed, { db, sequencer }: PublisherWorld, { request }: Asked): Promise<Response> {
  const body = await readJson(request, feed.requests.aheadReport)
  if (!body.ok) return answerBodyRefusal(body.error)
  const { epoch, records } = body.value
  const isProof = await isBehind(db, feed, records)
  return Response.json({ epoch: isProof ? await sequencer.openEpochAfter(epoch) : epoch }, { headers: NO_STORE })
}

async function answerNotices(
  notices: NoticeKeeping<unknown>,
  { db, now }: PublisherWorld,
  { request }: Asked,
): Promise<Response> {
  const body = await readJson(request, sentNotices)
  if (!body.ok) return answerBodyRefusal(body.error)
  const judged = body.value.notices.map((notice) => notices.judge(notice))
  const readable = judged.filter((notice) => notice !== undefined)
  if (readable.length > 0) await notices.save(db, readable, now)
  const refused = judged.flatMap((notice, place) => (notice === undefined ? [place] : []))
  return Response.json({ kept: readable.length, refused }, { headers: NO_STORE })
}

async function answerLag(feed: Feed, { db }: PublisherWorld, { query }: Asked): Promise<Response> {
  const after = query.get('after')
  const token = after === null ? null : parseToken(after)
  if (token === undefined) return refuseText(after ?? '')
  return Response.json(await readLag(db, feed, token), { headers: NO_STORE })
}

async function answerRestore(
  { requests, names }: Feed,
  restoring: Restoring<object>,
  world: PublisherWorld,
  { request }: Asked,
): Promise<Response> {
  const body = await readJson(request, requests.restoreInput)
  if (!body.ok) return answerBodyRefusal(body.error)
  const { restored, refused } = await restoreRecords(world, restoring, body.value)
  const named = refused.map((refusal) => underNames(refusal, { key: names.key }))
  return Response.json({ restored, refused: named }, { headers: NO_STORE })
}

function refuseText(token: string): Response {
  return problemResponse('invalid-token', `Not a continuation token: ${token}`)
}

/** The answer to a token of another history, with what its reader needs to go on. */
function refuseToken({ asked, state }: FeedRefusal): Response {
  return problemResponse('restored', 'The token is of another epoch: read the feed again from its start', {
    epoch: state.epoch,
    tokenEpoch: asked.epoch,
    highest: state.highest,
  })
}

function parseLimit(text: string | null): number | undefined {
  if (text === null) return DEFAULT_BATCH_LIMIT
  if (!/^[1-9]\d{0,3}$/.test(text)) return undefined
  const limit = Number(text)
  return limit <= MAX_BATCH_LIMIT ? limit : undefined
}
