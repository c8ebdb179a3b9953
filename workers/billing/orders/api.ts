import { Hono } from '../../../shared/edge/hono.ts'
import { parseOrderNumber } from '../../../shared/contract/links.ts'
import { problemResponse } from '../../../shared/edge/problem.ts'
import { findCopy } from '../../../shared/handover/consumer/copy-store.ts'
import { orderConsumer } from './order-consumer.ts'
import type { BillingEnv } from '../edge/billing-env.ts'

/** Billing's copies of orders, for programs: below /api. */
export const ordersApi = new Hono<BillingEnv>().get('/orders/:number', async (c) => {
  const number = parseOrderNumber(c.req.param('number'))
  const copy = number === undefined ? undefined : await findCopy(orderConsumer, c.var.db, number)
  if (copy === undefined) return problemResponse('not-found', `There is no copy of an order ${c.req.param('number')}`)
  const { record: order, source, fetchedAt, orphaned } = copy
  if (order.state === 'Deleted') return problemResponse('deleted', `Order ${order.number} was deleted in ordering`)
  return c.json({ ...order, source, fetchedAt, orphaned })
})
