import type { Context } from 'hono'
import { Hono } from '../../../shared/edge/hono.ts'
import { newOrderLink, orderPath, parseOrderNumber } from '../../../shared/contract/links.ts'
import { findApproval, findOutdatedApproval } from './approval.ts'
import { findEnteredBy, readOrderTrail } from '../records/audit-store.ts'
import { requestContext, type OrderingEnv } from '../edge/ordering-env.ts'
import { listNotices } from '../orders/notice-store.ts'
import { parseTrailBefore } from './order-audit.ts'
import { confirmOrder, deleteOrder } from './order-entry.ts'
import { findOrder } from '../orders/order-store.ts'
import { mayDelete } from '../orders/order.ts'
import { frameFor, noOrder } from '../edge/page-context.ts'
import { DeleteOrderPage } from './pages/delete-order-page.tsx'
import { DeletedOrderPage, NotOwnDraftPage } from '../edge/no-order-pages.tsx'
import { OrderPage } from './pages/order-page.tsx'
import { readSentFields } from '../edge/sent-fields.ts'

/** An order’s page, and what is done there. */
export const orderPages = new Hono<OrderingEnv>()
  .get('/orders/:number', async (c) => {
    const number = parseOrderNumber(c.req.param('number'))
    const order = number === undefined ? undefined : await findOrder(c.var.db, number)
    if (order === undefined) return noOrder(c)
    if (order.state === 'Deleted') return c.html(<DeletedOrderPage frame={frameFor(c)} number={order.number} />, 410)
    const before = parseTrailBefore(c.req.query('before'))
    const [trail, notices] = await Promise.all([
      readOrderTrail(c.var.db, order.number, before),
      listNotices(c.var.db, order.number),
    ])
    const deletable = mayDelete(order, trail.enteredBy, c.var.user)
    const outdated = await findOutdatedApproval(order, notices)
    const page = { frame: frameFor(c), order, trail, before, notices, outdated, deletable }
    return c.html(<OrderPage {...page} />)
  })
  .post('/orders/:number/confirm', async (c) => {
    const number = parseOrderNumber(c.req.param('number'))
    if (number === undefined) return noOrder(c)
    const confirmed = await confirmOrder(requestContext(c), number)
    if (confirmed.ok) return c.redirect(newOrderLink(c.env.BILLING_ORIGIN, number), 303)
    switch (confirmed.error.reason) {
      case 'unknown':
        return noOrder(c)
      case 'deleted':
        return c.html(<DeletedOrderPage frame={frameFor(c)} number={number} />, 410)
    }
  })
  .post('/orders/:number/delete', async (c) => {
    const number = parseOrderNumber(c.req.param('number'))
    if (number === undefined) return noOrder(c)
    const approvedMeanwhile = await askAgain(c, number)
    if (approvedMeanwhile !== undefined) return approvedMeanwhile
    const deleted = await deleteOrder(requestContext(c), number)
    if (deleted.ok) return c.redirect(`/orders?deleted=${number}`, 303)
    switch (deleted.error.reason) {
      case 'unknown':
        return noOrder(c)
      case 'not_own_draft':
        return notOwnDraft(c, number)
    }
  })
  .get('/orders/:number/delete', async (c) => {
    const number = parseOrderNumber(c.req.param('number'))
    const order = number === undefined ? undefined : await findOrder(c.var.db, number)
    if (order === undefined) return noOrder(c)
    if (order.state === 'Deleted') return c.html(<DeletedOrderPage frame={frameFor(c)} number={order.number} />, 410)
    const [enteredBy, notices] = await Promise.all([
      findEnteredBy(c.var.db, order.number),
      listNotices(c.var.db, order.number),
    ])
    if (!mayDelete(order, enteredBy, c.var.user)) {
      return notOwnDraft(c, order.number)
    }
    return c.html(<DeleteOrderPage frame={frameFor(c)} order={order} approval={findApproval(notices)} />)
  })
  // Where the form posted to: asked for again by a reload or from the history, it leads back to the order.
  .get('/orders/:number/confirm', (c) => redirectToOrder(c, c.req.param('number')))

function notOwnDraft(c: Context<OrderingEnv>, number: number) {
  c.set('refusal', { reason: 'not_own_draft', order: number })
  return c.html(<NotOwnDraftPage frame={frameFor(c)} number={number} />, 403)
}

/** The page that asks again, where the invoice was approved since the person who deletes was asked. */
async function askAgain(c: Context<OrderingEnv>, number: number): Promise<Response | undefined> {
  const asked = (await readSentFields(c.req.raw)).get('approval')
  if (asked === undefined) return undefined
  const approval = findApproval(await listNotices(c.var.db, number))
  if (approval === undefined || approval.invoiceNumber === asked) return undefined
  const order = await findOrder(c.var.db, number)
  if (order === undefined || order.state === 'Deleted') return undefined
  return c.html(<DeleteOrderPage frame={frameFor(c)} order={order} approval={approval} approvedMeanwhile />, 409)
}

function redirectToOrder(c: Context<OrderingEnv>, number: string): Response | Promise<Response> {
  const known = parseOrderNumber(number)
  return known === undefined ? noOrder(c) : c.redirect(orderPath(known), 303)
}
