import { WorkerEntrypoint } from 'cloudflare:workers'
import { Hono } from 'hono'
import { EPOCH_HEADER, MAX_PAGE_LIMIT } from '../../shared/contract.ts'
import { noCost } from '../../shared/d1.ts'
import { createLog, describeError } from '../../shared/log.ts'
import { parseOrderNumber } from '../../shared/links.ts'
import { problemResponse } from '../../shared/problem.ts'
import { openDb } from './db.ts'
import { parseToken, writeToken } from './feed.ts'
import { openSequencer } from './order-sequencer.ts'
import { findPublished } from './published-order-store.ts'

const DEFAULT_LIMIT = 500
const NO_STORE = { 'Cache-Control': 'no-store' }

/** The feed and the single order, for who holds a service binding to it (contract, section 4). */
export class OrderService extends WorkerEntrypoint<Env> {
  override fetch(request: Request): Response | Promise<Response> {
    return service.fetch(request, this.env)
  }
}

const service = new Hono<{ Bindings: Env }>()
  .get('/orders', async (c) => {
    const after = c.req.query('after')
    const token = after === undefined ? null : parseToken(after)
    if (token === undefined) return problemResponse('invalid-token', `Not a continuation token: ${after}`)
    const limit = parseLimit(c.req.query('limit'))
    if (limit === undefined) {
      const detail = `limit must be a whole number from 1 to ${MAX_PAGE_LIMIT}`
      return problemResponse('invalid-query', detail, { errors: [{ pointer: '/limit', detail }] })
    }
    const read = await openSequencer(c.env).readPage({ after: token, limit })
    if (!read.ok) {
      const { asked, state } = read.error
      return problemResponse('restored', 'The token is of another history: read the feed anew from its start', {
        epoch: state.epoch,
        tokenEpoch: asked.epoch,
        highest: state.highest,
      })
    }
    const { orders, next, more } = read.value
    return Response.json({ orders, next: writeToken(next), more, epoch: next.epoch }, { headers: NO_STORE })
  })
  .get('/orders/:number', async (c) => {
    const cost = noCost()
    const number = parseOrderNumber(c.req.param('number'))
    if (number === undefined) return problemResponse('not-found', 'Not an order number')
    const { epoch, order } = await findPublished(openDb(c.env.DB, cost), number)
    createLog(c.env.LOG_LEVEL).debug('feed.order', { number, found: order !== undefined, d1: cost })
    const headers = { ...NO_STORE, [EPOCH_HEADER]: epoch }
    if (order === undefined) return problemResponse('not-found', `No order ${number} was ever confirmed`, {}, headers)
    return Response.json(order, { headers })
  })
  .notFound(() => problemResponse('not-found', 'The service has /orders and /orders/:number'))
  .onError((error, c) => {
    createLog(c.env.LOG_LEVEL).error('feed.failed', { path: c.req.path, ...describeError(error) })
    return problemResponse('unexpected', 'Ordering could not answer; it is logged there')
  })

function parseLimit(text: string | undefined): number | undefined {
  if (text === undefined) return DEFAULT_LIMIT
  if (!/^[1-9]\d{0,3}$/.test(text)) return undefined
  const limit = Number(text)
  return limit <= MAX_PAGE_LIMIT ? limit : undefined
}
