import { parseOrderNumber } from '../../../shared/contract/links.ts'
import { Hono } from '../../../shared/edge/hono.ts'
import { findCopy } from '../../../shared/handover/consumer/copy-store.ts'
import { orderConsumer } from './order-consumer.ts'
import { requestContext, type BillingEnv } from '../edge/billing-env.ts'
import { frameOf } from '../edge/page-context.ts'
import { NoSuchOrderPage, OrderDeletedPage } from '../edge/refusal-pages.tsx'
import { findInvoiceOfOrder } from '../ledger/shown-invoice.ts'
import { OrderPage } from './order-page.tsx'

/** Billing's copies of orders, for people. */
export const orderPages = new Hono<BillingEnv>().get('/orders/:number', async (c) => {
  const number = parseOrderNumber(c.req.param('number'))
  const copy = number === undefined ? undefined : await findCopy(orderConsumer, c.var.db, number)
  if (copy === undefined) return c.html(<NoSuchOrderPage frame={frameOf(c)} number={number} />, 404)
  const { record: order } = copy
  const invoice = await findInvoiceOfOrder(requestContext(c), order.number)
  if (order.state === 'Deleted') {
    return c.html(<OrderDeletedPage frame={frameOf(c)} number={order.number} invoice={invoice} />, 410)
  }
  return c.html(<OrderPage frame={frameOf(c)} copy={copy} invoice={invoice} now={c.var.now} />)
})
