import { WorkerEntrypoint } from 'cloudflare:workers'
import { zValidator } from '@hono/zod-validator'
import { HTTPException } from 'hono/http-exception'
import { parseOrderNumber } from '../../../shared/contract/links.ts'
import { MAX_SOUGHT, type OrderStanding, type SoughtOrders } from '../../../shared/contract/order-standing.ts'
import type { Order } from '../../../shared/contract/order.ts'
import { orderingErasureInput, personalDataQuery } from '../../../shared/contract/personal-data.ts'
import { type D1Cost, noCost } from '../../../shared/db/d1.ts'
import { explainMismatch } from '../../../shared/db/release-store.ts'
import { Hono } from '../../../shared/edge/hono.ts'
import { createLog, describeError, type Log } from '../../../shared/edge/log.ts'
import { fieldErrors, problemResponse } from '../../../shared/edge/problem.ts'
import { describeQueryErrors, judgeQuery } from '../../../shared/edge/query-parameters.ts'
import { parseTraceParent, TRACE_PARENT } from '../../../shared/edge/trace-parent.ts'
import { answerFeed } from '../../../shared/handover/publisher/answer.ts'
import { findPublished } from '../../../shared/handover/publisher/record-store.ts'
import type * as z from '../../../shared/zod.ts'
import { openDb, type OrderingDb } from '../db.ts'
import { SERVICE_PARAMETERS } from '../edge/query-parameters.ts'
import { listNotices } from '../orders/notice-store.ts'
import type { SpoiledRecord } from '../orders/order-store.ts'
import { findEntering } from '../records/audit-store.ts'
import { erasePersonalData, findPersonalData } from '../records/erasure-store.ts'
import { RELEASE } from '../release.ts'
import { orderFeed } from './order-feed.ts'
import { openSequencer } from './sequencer.ts'
import { findSought } from './sought-order-store.ts'

const NO_STORE = { 'Cache-Control': 'no-store' }

/** The feed and what else billing asks, for who holds a service binding to it (contract, section 4). */
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
    const { log, cost } = c.var
    const db = openDb(c.env.DB, cost)
    const sequencer = openSequencer(c.env)
    const now = new Date().toISOString()
    const answered = await answerFeed(orderFeed, { db, cost, sequencer, log, now }, c.req.raw)
    return answered ?? next()
  })
  .use(async (c, next) => {
    const errors = judgeQuery(c, SERVICE_PARAMETERS)
    if (errors.length === 0) return next()
    return problemResponse('invalid-query', describeQueryErrors(errors), { errors }, NO_STORE)
  })
  .get('/orders/find', async (c) => {
    const q = c.req.query('q')?.trim() ?? ''
    if (q === '' || q.length > MAX_SOUGHT) {
      return problemResponse('invalid-query', `q: Must have 1 to ${MAX_SOUGHT} characters`, {}, NO_STORE)
    }
    const orders = await findSought(openDb(c.env.DB, c.var.cost), q)
    return Response.json({ orders } satisfies SoughtOrders, { headers: NO_STORE })
  })
  .get('/orders/:number/standing', async (c) => {
    const number = parseOrderNumber(c.req.param('number'))
    if (number === undefined) return problemResponse('not-found', 'Not an order number')
    const db = openDb(c.env.DB, c.var.cost)
    const [{ epoch, order }, notices, entered = null] = await Promise.all([
      findConfirmed(db, number),
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
  .notFound(() => problemResponse('not-found', 'The service has nothing at this address'))
  .onError(async (error, c) => {
    // The validator refuses what is no JSON by throwing.
    if (error instanceof HTTPException && error.status < 500) return problemResponse('invalid-json', error.message)
    c.var.log.error('feed.failed', { path: c.req.path, ...describeError(error) })
    const outOfDate = await explainMismatch(error, openDb(c.env.DB, c.var.cost), RELEASE)
    if (outOfDate !== undefined) return problemResponse('database-out-of-date', outOfDate)
    return problemResponse('unexpected', 'Ordering could not answer; its log says why')
  })

/** The order if it was ever confirmed, as the feed publishes it. */
async function findConfirmed(
  db: OrderingDb,
  number: number,
): Promise<{ epoch: string; order: Order | SpoiledRecord | undefined }> {
  const { epoch, record } = await findPublished(db, orderFeed, number)
  return { epoch, order: record as Order | SpoiledRecord | undefined }
}

function refuseBody(parsed: { success: boolean; error?: z.core.$ZodError }): Response | undefined {
  if (parsed.success) return undefined
  return problemResponse('invalid-body', 'The body is not valid', { errors: fieldErrors(parsed.error?.issues ?? []) })
}
