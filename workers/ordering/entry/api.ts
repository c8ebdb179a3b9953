import type { Context } from 'hono'
import { Hono } from '../../../shared/edge/hono.ts'
import { answerBodyRefusal, readJson } from '../../../shared/edge/body.ts'
import type { Order } from '../../../shared/contract/order.ts'
import { orderInput } from '../../../shared/contract/order-input.ts'
import { sha256 } from '../../../shared/text/digest.ts'
import { ifMatchHolds, ifNoneMatchHolds } from '../../../shared/edge/etag.ts'
import { newOrderLink } from '../../../shared/contract/links.ts'
import { problemResponse } from '../../../shared/edge/problem.ts'
import { answerOrder, answerPlacingRefusal, answerRefusal, orderETag } from './answer.ts'
import { validNumber, validOrderQuery } from '../edge/api-query.ts'
import { requestContext, type OrderingEnv } from '../edge/ordering-env.ts'
import { listNotices } from '../orders/notice-store.ts'
import { amendOrder, confirmOrder, deleteOrder, findLiving, placeOrder } from './order-entry.ts'
import { listOrders } from '../list/order-list.ts'
import { ALL_ORDERS } from '../list/filter.ts'

/** A key that stands for one request: printable ASCII, as a header carries it. */
const IDEMPOTENCY_KEY = /^[\x20-\x7e]{1,255}$/

/** Orders, for programs: below /api. */
export const ordersApi = new Hono<OrderingEnv>()
  .get('/orders', validOrderQuery, async (c) => {
    const { state, q = '', after, limit } = c.req.valid('query')
    if (state === 'Deleted') return c.json({ orders: [], next: null })
    return c.json(await listOrders(c.var.db, { ...ALL_ORDERS, state, q }, after, limit))
  })
  .post('/orders', async (c) => {
    const key = c.req.header('Idempotency-Key')
    if (key !== undefined && !IDEMPOTENCY_KEY.test(key)) {
      return problemResponse('invalid-idempotency-key', `The key has ${key.length} characters, or others than ASCII`)
    }
    const body = await readJson(c.req.raw, orderInput)
    if (!body.ok) return answerBodyRefusal(body.error)
    const { value } = body
    // Of what it says, as the form does: a body that is written otherwise and says the same is the same.
    const idempotency = key === undefined ? undefined : { key, bodyDigest: await sha256(JSON.stringify(value)) }
    const placed = await placeOrder(requestContext(c), value, idempotency)
    if (!placed.ok) return answerPlacingRefusal(placed.error)
    const { order, replayed } = placed.value
    const location = { Location: `/api/orders/${order.number}` }
    return answerOrder(order, 201, replayed ? { ...location, 'Idempotent-Replayed': 'true' } : location)
  })
  .get('/orders/:number{[1-9][0-9]*}', validNumber, async (c) => {
    const { number } = c.req.valid('param')
    const [found, billing] = await Promise.all([findLiving(c.var.db, number), listNotices(c.var.db, number)])
    if (!found.ok) return answerRefusal(number, found.error)
    const etag = orderETag(found.value)
    // A notice from billing changes no revision, so an order with notices is always answered whole.
    const known = billing.length === 0 && ifNoneMatchHolds(c.req.header('If-None-Match') ?? '', etag)
    const shown = { ...found.value, ...(billing.length === 0 ? {} : { billing }) }
    return known ? c.body(null, 304, { ETag: etag }) : answerOrder(shown)
  })
  .put('/orders/:number{[1-9][0-9]*}', validNumber, async (c) => {
    const { number } = c.req.valid('param')
    const found = await findLiving(c.var.db, number)
    if (!found.ok) return answerRefusal(number, found.error)
    if (c.req.header('If-Match') === undefined) {
      return problemResponse('precondition-required', `Send the ETag of order ${number} in If-Match`)
    }
    const body = await readJson(c.req.raw, orderInput)
    if (!body.ok) return answerBodyRefusal(body.error)
    const stale = refuseUnseen(c, found.value)
    if (stale !== undefined) return stale
    const amended = await amendOrder(requestContext(c), number, body.value, found.value.revision)
    return amended.ok ? answerOrder(amended.value) : answerRefusal(number, amended.error)
  })
  .post('/orders/:number{[1-9][0-9]*}/confirm', validNumber, async (c) => {
    const { number } = c.req.valid('param')
    const refused = await refuseIfUnseen(c, number)
    if (refused !== undefined) return refused
    const confirmed = await confirmOrder(requestContext(c), number)
    if (!confirmed.ok) return answerRefusal(number, confirmed.error)
    return answerOrder(confirmed.value, 200, { Link: `<${newOrderLink(c.env.BILLING_ORIGIN, number)}>; rel="next"` })
  })
  .delete('/orders/:number{[1-9][0-9]*}', validNumber, async (c) => {
    const { number } = c.req.valid('param')
    const refused = await refuseIfUnseen(c, number)
    if (refused !== undefined) return refused
    const deleted = await deleteOrder(requestContext(c), number)
    if (deleted.ok) return c.body(null, 204)
    if (deleted.error.reason === 'not_own_draft') c.set('refusal', { reason: 'not_own_draft', order: number })
    return answerRefusal(number, deleted.error)
  })

/** The answer to a request that says in If-Match that it has seen another revision. */
function refuseUnseen(c: Context<OrderingEnv>, current: Order): Response | undefined {
  const seen = c.req.header('If-Match')
  if (seen === undefined || ifMatchHolds(seen, orderETag(current))) return undefined
  return answerRefusal(current.number, { reason: 'stale', current })
}

/** As refuseUnseen, where If-Match may be left out: the order is read only if it is there. */
async function refuseIfUnseen(c: Context<OrderingEnv>, number: number): Promise<Response | undefined> {
  if (c.req.header('If-Match') === undefined) return undefined
  const found = await findLiving(c.var.db, number)
  return found.ok ? refuseUnseen(c, found.value) : undefined
}
