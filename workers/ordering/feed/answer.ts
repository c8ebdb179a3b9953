import { FEED_SCHEMA, MAX_BATCH_LIMIT } from '../../../shared/contract/order.ts'
import { noCost } from '../../../shared/db/d1.ts'
import { problemResponse } from '../../../shared/edge/problem.ts'
import { describeMissing } from '../../../shared/db/release.ts'
import { findMissingMigrations } from '../../../shared/db/release-store.ts'
import { openDb } from '../db.ts'
import { type FeedRefusal, parseToken, writeToken } from './token.ts'
import { openSequencer } from './sequencer.ts'
import { RELEASE } from '../release.ts'

const DEFAULT_LIMIT = 500
const HEADERS = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }

/**
 * A batch of the feed (contract, section 4), the same for billing over its binding and for partners over the internet.
 * @param query `after` and `limit` as they were sent
 */
export async function answerFeedBatch(
  env: Env,
  query: { after: string | undefined; limit: string | undefined },
): Promise<Response> {
  const token = query.after === undefined ? null : parseToken(query.after)
  if (token === undefined) return problemResponse('invalid-token', `Not a continuation token: ${query.after}`)
  const limit = parseLimit(query.limit)
  if (limit === undefined) {
    const detail = `limit must be a whole number from 1 to ${MAX_BATCH_LIMIT}`
    return problemResponse('invalid-query', detail, { errors: [{ pointer: '/limit', detail }] })
  }
  const missing = await findMissingOnce(env)
  if (missing.length > 0) return problemResponse('database-out-of-date', describeMissing(RELEASE, missing))
  const read = await openSequencer(env).readBatch({ after: token, limit })
  if (!read.ok) return refuseToken(read.error)
  const { orders, next, more } = read.value
  const rest = JSON.stringify({ next: writeToken(next), more, epoch: next.epoch, schema: FEED_SCHEMA })
  return new Response(`{"orders":${orders},${rest.slice(1)}`, { headers: HEADERS })
}

/** Whether the database was found to be as new as the code: in this isolate it is not asked again. */
let isUpToDate = false

async function findMissingOnce(env: Env): Promise<string[]> {
  if (isUpToDate) return []
  const missing = await findMissingMigrations(openDb(env.DB, noCost()), RELEASE)
  isUpToDate = missing.length === 0
  return missing
}

/** The answer to a token of another history, with what its reader needs to go on. */
export function refuseToken({ asked, state }: FeedRefusal): Response {
  return problemResponse('restored', 'The token is of another epoch: read the feed again from its start', {
    epoch: state.epoch,
    tokenEpoch: asked.epoch,
    highest: state.highest,
  })
}

function parseLimit(text: string | undefined): number | undefined {
  if (text === undefined) return DEFAULT_LIMIT
  if (!/^[1-9]\d{0,3}$/.test(text)) return undefined
  const limit = Number(text)
  return limit <= MAX_BATCH_LIMIT ? limit : undefined
}
