import { WorkerEntrypoint } from 'cloudflare:workers'
import { zValidator } from '@hono/zod-validator'
import { HTTPException } from 'hono/http-exception'
import { Hono } from '../../../shared/edge/hono.ts'
import type * as z from '../../../shared/zod.ts'
import {
  type AgreementDigest,
  aheadReport,
  type FingerprintList,
  fingerprintQuery,
  type RestoreOutcome,
  restoreInput,
} from '../../../shared/contract/agreement.ts'
import { MOST_MESSAGE_BYTES } from '../../../shared/db/byte-limits.ts'
import { EPOCH_HEADER, ordersQuery, type PublishedOrder, publishedOrder } from '../../../shared/contract/order.ts'
import {
  billingNotice,
  MAX_SOUGHT,
  type NoticesKept,
  type OrderStanding,
  sentNotices,
  type SoughtOrders,
} from '../../../shared/contract/notices.ts'
import { type D1Cost, isDataRefusal, noCost } from '../../../shared/db/d1.ts'
import { createLog, describeError, type Log } from '../../../shared/edge/log.ts'
import { parseOrderNumber } from '../../../shared/contract/links.ts'
import { eraseOrder, orderingErasureInput, personalDataQuery } from '../../../shared/contract/personal-data.ts'
import { fieldErrors, problemResponse } from '../../../shared/edge/problem.ts'
import { describeQueryErrors, judgeQuery } from '../../../shared/edge/query-parameters.ts'
import { explainMismatch } from '../../../shared/db/release-store.ts'
import type { Result } from '../../../shared/result.ts'
import { parseTraceParent, TRACE_PARENT } from '../../../shared/edge/trace-parent.ts'
import { type ComparisonRefusal, isBehind, readDigest, readFingerprints, readLag } from './fingerprint-store.ts'
import { findEntering } from '../records/audit-store.ts'
import { openDb, type OrderingDb } from '../db.ts'
import { erasePersonalData, findPersonalData } from '../records/erasure-store.ts'
import { answerFeedBatch, refuseToken } from './answer.ts'
import { parseToken } from './token.ts'
import { listNotices, saveNotices } from '../orders/notice-store.ts'
import { openSequencer } from './sequencer.ts'
import { MOST_FOLLOWED } from '../orders/order-store.ts'
import { findPublished, findSought, listPublished } from './published-order-store.ts'
import { SERVICE_PARAMETERS } from '../edge/query-parameters.ts'
import { RELEASE } from '../release.ts'
import { findRestoreRefusals, insertRestored } from './restored-order-store.ts'
import { digestCustomer, readDigestKey, selectTombstones, toTombstones } from '../records/erased-customer-store.ts'

const NO_STORE = { 'Cache-Control': 'no-store' }

/** The feed and the single order, for who holds a service binding to it (contract, section 4). */
export class OrderService extends WorkerEntrypoint<Env> {
  override fetch(request: Request): Response | Promise<Response> {
    return service.fetch(request, this.env)
  }
}

type ServiceEnv = { Bindings: Env; Variables: { log: Log; cost: D1Cost } }

const service = new Hono<ServiceEnv>()
  .use(async (c, next) => {
    // The caller's run or request, as its own log names it.
    const traceId = parseTraceParent(c.req.header(TRACE_PARENT) ?? null)
    c.set('log', createLog(c.env.LOG_LEVEL, traceId === undefined ? {} : { traceId }))
    c.set('cost', noCost())
    await next()
    const { method, path } = c.req
    c.var.log.debug('service.request', { method, path, status: c.res.status, d1: c.var.cost })
  })
  .use(async (c, next) => {
    const errors = judgeQuery(c, SERVICE_PARAMETERS)
    if (errors.length === 0) return next()
    return problemResponse('invalid-query', describeQueryErrors(errors), { errors }, NO_STORE)
  })
  .get('/orders', (c) => answerFeedBatch(c.env, { after: c.req.query('after'), limit: c.req.query('limit') }))
  .get('/orders/find', async (c) => {
    const q = c.req.query('q')?.trim() ?? ''
    if (q === '' || q.length > MAX_SOUGHT) {
      return problemResponse('invalid-query', `q: Must have 1 to ${MAX_SOUGHT} characters`, {}, NO_STORE)
    }
    const orders = await findSought(openDb(c.env.DB, c.var.cost), q)
    return Response.json({ orders } satisfies SoughtOrders, { headers: NO_STORE })
  })
  .get('/orders/:number', async (c) => {
    const number = parseOrderNumber(c.req.param('number'))
    if (number === undefined) return problemResponse('not-found', 'Not an order number')
    const { epoch, order } = await findPublished(openDb(c.env.DB, c.var.cost), number)
    c.var.log.debug('feed.order', { number, found: order !== undefined, d1: c.var.cost })
    const headers = { ...NO_STORE, [EPOCH_HEADER]: epoch }
    if (order === undefined) return problemResponse('not-found', `No order ${number} was ever confirmed`, {}, headers)
    return Response.json(order, { headers })
  })
  .post('/orders/read', zValidator('json', ordersQuery, refuseBody), async (c) => {
    const { numbers } = c.req.valid('json')
    const { epoch, answers, left } = await listPublished(openDb(c.env.DB, c.var.cost), numbers, MOST_MESSAGE_BYTES)
    const found = answers.map(({ number, order = null }) => ({ number, order }))
    return Response.json({ answers: found, left }, { headers: { ...NO_STORE, [EPOCH_HEADER]: epoch } })
  })
  .get('/orders/:number/standing', async (c) => {
    const number = parseOrderNumber(c.req.param('number'))
    if (number === undefined) return problemResponse('not-found', 'Not an order number')
    const db = openDb(c.env.DB, c.var.cost)
    const [{ epoch, order }, notices, entered = null] = await Promise.all([
      findPublished(db, number),
      listNotices(db, number),
      findEntering(db, number),
    ])
    if (order?.state !== 'Confirmed' && order?.state !== 'Deleted') {
      return problemResponse('not-found', `No order ${number} was ever confirmed`)
    }
    const { state, revision, confirmedSequenceNr, fingerprint, updatedAt, updatedBy } = order
    const standing: OrderStanding = {
      epoch,
      state,
      revision,
      confirmedSequenceNr,
      fingerprint,
      entered,
      confirmedAt: order.confirmedAt ?? updatedAt,
      confirmedBy: order.confirmedBy ?? updatedBy,
      updatedAt,
      updatedBy,
      notices: notices.map(({ kind, receivedAt }) => ({ kind, receivedAt })),
    }
    return Response.json(standing, { headers: NO_STORE })
  })
  .get('/digest', async (c) => {
    const token = parseToken(c.req.query('after') ?? '')
    if (token === undefined) return problemResponse('invalid-token', 'Not a continuation token')
    return answerComparison(await readDigest(openDb(c.env.DB, c.var.cost), token))
  })
  .post('/fingerprints', zValidator('json', fingerprintQuery, refuseBody), async (c) => {
    const query = c.req.valid('json')
    const token = parseToken(query.after)
    if (token === undefined) return problemResponse('invalid-token', 'Not a continuation token')
    return answerComparison(await readFingerprints(openDb(c.env.DB, c.var.cost), token, query))
  })
  .post('/ahead', zValidator('json', aheadReport, refuseBody), async (c) => {
    const { epoch, orders } = c.req.valid('json')
    const behind = await isBehind(openDb(c.env.DB, c.var.cost), orders)
    if (!behind) return Response.json({ epoch }, { headers: NO_STORE })
    return Response.json({ epoch: await openSequencer(c.env).openEpochAfter(epoch) }, { headers: NO_STORE })
  })
  .post('/notices', zValidator('json', sentNotices, refuseBody), async (c) => {
    const { notices } = c.req.valid('json')
    const parsed = notices.map((notice) => billingNotice.safeParse(notice))
    const readable = parsed.flatMap(({ data }) => (data === undefined ? [] : [data]))
    if (readable.length > 0) await saveNotices(openDb(c.env.DB, c.var.cost), readable, new Date().toISOString())
    const refused = parsed.flatMap(({ success }, place) => (success ? [] : [place]))
    return Response.json({ kept: readable.length, refused } satisfies NoticesKept, { headers: NO_STORE })
  })
  .post('/restore', zValidator('json', restoreInput, refuseBody), async (c) => {
    const { preview, orders } = c.req.valid('json')
    const db = openDb(c.env.DB, c.var.cost)
    const parsed = orders.map((order) => ({ number: order.number, ...publishedOrder.safeParse(order) }))
    const fitting = parsed.flatMap(({ data }) => (data === undefined ? [] : [data]))
    const taken = await findRestoreRefusals(db, fitting)
    const takenNumbers = new Set(taken.map(({ number }) => number))
    const free = fitting.filter(({ number }) => !takenNumbers.has(number))
    const restored = preview ? free.map(({ number }) => number) : await restoreMissing(c.env, c.var.log, db, free)
    const unreadable = parsed.filter(({ success }) => !success).map(({ number }) => number)
    const refused = free.map(({ number }) => number).filter((number) => !restored.includes(number))
    const done: RestoreOutcome = {
      restored,
      refused: [
        ...taken,
        ...unreadable.map((number) => ({ number, reason: 'unreadable' as const })),
        ...refused.map((number) => ({ number, reason: 'refused' as const })),
      ],
    }
    return Response.json(done, { headers: NO_STORE })
  })
  .post('/personal-data/find', zValidator('json', personalDataQuery, refuseBody), async (c) => {
    const { customer } = c.req.valid('json')
    return Response.json(await findPersonalData(openDb(c.env.DB, c.var.cost), customer), { headers: NO_STORE })
  })
  .post('/personal-data/erase', zValidator('json', orderingErasureInput, refuseBody), async (c) => {
    const db = openDb(c.env.DB, c.var.cost)
    const erased = await erasePersonalData(db, c.req.valid('json'), new Date().toISOString())
    if (!erased.ok) {
      const { orders } = erased.error
      return problemResponse('conflict', 'Orders were confirmed or changed meanwhile', { orders }, NO_STORE)
    }
    c.var.log.warn('personal-data.erased', erased.value)
    return Response.json(erased.value, { headers: NO_STORE })
  })
  .get('/lag', async (c) => {
    const after = c.req.query('after')
    const token = after === undefined ? null : parseToken(after)
    if (token === undefined) return problemResponse('invalid-token', 'Not a continuation token')
    return Response.json(await readLag(openDb(c.env.DB, c.var.cost), token), { headers: NO_STORE })
  })
  .notFound(() => problemResponse('not-found', 'The service has nothing at this address'))
  .onError(async (error, c) => {
    // The validator refuses what is no JSON by throwing.
    if (error instanceof HTTPException && error.status < 500) return problemResponse('invalid-json', error.message)
    c.var.log.error('feed.failed', { path: c.req.path, ...describeError(error) })
    const outOfDate = await explainMismatch(error, openDb(c.env.DB, c.var.cost), RELEASE)
    if (outOfDate !== undefined) return problemResponse('database-out-of-date', outOfDate)
    return problemResponse('unexpected', 'Ordering could not answer; its log says why')
  })

async function restoreMissing(env: Env, log: Log, db: OrderingDb, orders: PublishedOrder[]): Promise<number[]> {
  if (orders.length === 0) return []
  const restored = await insertEach(log, db, await withoutErased(db, orders))
  // No new order may be given a number that has come back.
  const numbers = orders.map(({ number }) => number).filter((number) => number <= MOST_FOLLOWED)
  await openSequencer(env).allotOrderNumbers(0, Math.max(0, ...numbers))
  log.warn('orders.restored', { numbers: restored })
  return restored
}

/** The orders, those of customers who were erased without them: what was sold comes back, and nobody by it. */
async function withoutErased(db: OrderingDb, orders: readonly PublishedOrder[]): Promise<PublishedOrder[]> {
  const key = await readDigestKey(db)
  const digests = await Promise.all(orders.map(({ customer }) => digestCustomer(key, customer.id)))
  const tombstones = toTombstones(await selectTombstones(db, digests))
  return orders.map((order, index) => (tombstones.has(digests[index] ?? '') ? eraseOrder(order) : order))
}

/** Takes the orders back together, or one by one where the database refuses one of them. */
async function insertEach(log: Log, db: OrderingDb, orders: readonly PublishedOrder[]): Promise<number[]> {
  try {
    return await insertRestored(db, orders, new Date().toISOString())
  } catch (error) {
    if (!isDataRefusal(error)) throw error
    if (orders.length === 1) {
      log.warn('orders.refused', { number: orders[0]?.number, ...describeError(error) })
      return []
    }
    const restored: number[] = []
    for (const order of orders) restored.push(...(await insertEach(log, db, [order])))
    return restored
  }
}

function answerComparison(compared: Result<AgreementDigest | FingerprintList, ComparisonRefusal>): Response {
  if (compared.ok) return Response.json(compared.value, { headers: NO_STORE })
  const refusal = compared.error
  switch (refusal.reason) {
    case 'restored':
      return refuseToken(refusal)
    case 'unsettled':
      return problemResponse('unsettled', `At least ${refusal.moving} orders are changing: compare again later`)
  }
}

function refuseBody(parsed: { success: boolean; error?: z.core.$ZodError }): Response | undefined {
  if (parsed.success) return undefined
  return problemResponse('invalid-body', 'The body is not valid', { errors: fieldErrors(parsed.error?.issues ?? []) })
}
