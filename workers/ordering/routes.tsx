import type { Context } from 'hono'
import { dayOf } from '../../shared/time/business-day.ts'
import { Hono } from '../../shared/edge/hono.ts'
import { newOrderLink, orderPath, parseOrderNumber } from '../../shared/contract/links.ts'
import { MePage } from '../../shared/ui/me-page.tsx'
import { ProblemPage } from '../../shared/ui/problem-page.tsx'
import { isProblemName } from '../../shared/edge/problem.ts'
import { sendCsv, sendXlsx } from '../../shared/files/list-file.ts'
import { findApproval, findOutdatedApproval } from './orders/approval.ts'
import { findEnteredBy, readOrderTrail } from './records/audit-store.ts'
import { searchCustomers, searchProducts } from './catalogue/catalogue-store.ts'
import { actingFor, type OrderingEnv } from './edge/ordering-env.ts'
import { listNotices } from './orders/notice-store.ts'
import { parseTrailBefore } from './orders/order-audit.ts'
import { confirmOrder, deleteOrder } from './orders/order-entry.ts'
import { orderForms } from './form/routes.tsx'
import { findUnreadDays, parseAfter, parseListFilter } from './list/filter.ts'
import { orderRows } from './list/file-rows.ts'
import { readOrderList, readWholeList } from './list/order-list.ts'
import { findOrder } from './orders/order-store.ts'
import { mayDelete } from './orders/order.ts'
import { frameFor, noOrder, readerFor } from './edge/page-context.tsx'
import { CustomersPage, ProductsPage } from './catalogue/catalogue-pages.tsx'
import { DeleteOrderPage } from './orders/pages/delete-order-page.tsx'
import { frameProps } from './edge/frame.tsx'
import { DeletedOrderPage, NotOwnDraftPage } from './edge/no-order-pages.tsx'
import { OrderPage } from './orders/pages/order-page.tsx'
import { OrdersPage, UnreadDaysPage } from './list/orders-page.tsx'
import { DESCRIBED_RIGHTS } from './edge/rights.ts'
import { readSentFields } from './edge/sent-fields.ts'

const ORDERS_A_PAGE = 50
const ORDERS_A_PART = 500
const CATALOGUE_A_PAGE = 100

/** Everything that people see of ordering. */
export const pages = new Hono<OrderingEnv>()
  .get('/', showOrders)
  .get('/orders', showOrders)
  .get('/orders.csv', (c) => sendOrders(c, sendCsv))
  .get('/orders.xlsx', (c) => sendOrders(c, sendXlsx))
  .route('/', orderForms)
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
    const confirmed = await confirmOrder(actingFor(c), number)
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
    const deleted = await deleteOrder(actingFor(c), number)
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
  .get('/customers', async (c) => {
    const q = c.req.query('q')?.trim() ?? ''
    const found = await searchCustomers(c.var.db, q, CATALOGUE_A_PAGE + 1)
    const shown = found.slice(0, CATALOGUE_A_PAGE)
    return c.html(<CustomersPage frame={frameFor(c)} q={q} found={shown} more={found.length > shown.length} />)
  })
  .get('/products', async (c) => {
    const q = c.req.query('q')?.trim() ?? ''
    const found = await searchProducts(c.var.db, q, CATALOGUE_A_PAGE + 1)
    const shown = found.slice(0, CATALOGUE_A_PAGE)
    return c.html(<ProductsPage frame={frameFor(c)} q={q} found={shown} more={found.length > shown.length} />)
  })
  .get('/me', (c) => c.html(<MePage {...frameProps(frameFor(c))} me={c.var.user} rights={DESCRIBED_RIGHTS} />))
  .get('/problems/:name', (c) => {
    const name = c.req.param('name')
    return isProblemName(name) ? c.html(<ProblemPage {...frameProps(frameFor(c))} name={name} />) : c.notFound()
  })

async function showOrders(c: Context<OrderingEnv>) {
  const query = (name: string) => c.req.query(name)
  const filter = parseListFilter(query, readerFor(c).timeZone)
  const unread = findUnreadDays(query)
  if (unread.length > 0) return c.html(<UnreadDaysPage frame={frameFor(c)} filter={filter} unread={unread} />, 400)
  const after = parseAfter(query)
  const [list, deleted] = await Promise.all([readOrderList(c.var.db, filter, after, ORDERS_A_PAGE), findDeleted(c)])
  return c.html(<OrdersPage frame={frameFor(c)} list={list} filter={filter} after={after} deleted={deleted} />)
}

/** All that the list's filter lets through, as a file: it is written while it is read. */
async function sendOrders(c: Context<OrderingEnv>, send: typeof sendCsv): Promise<Response> {
  const query = (name: string) => c.req.query(name)
  const { timeZone } = readerFor(c)
  const filter = parseListFilter(query, timeZone)
  const unread = findUnreadDays(query)
  if (unread.length > 0) return c.html(<UnreadDaysPage frame={frameFor(c)} filter={filter} unread={unread} />, 400)
  const day = dayOf(c.var.now, timeZone)
  const rows = orderRows(readWholeList(c.var.db, filter, ORDERS_A_PART), timeZone)
  return send(c.req.raw, { name: `orders-${day}`, sheet: `Orders ${day}`, rows })
}

function notOwnDraft(c: Context<OrderingEnv>, number: number) {
  c.set('refusal', { reason: 'not_own_draft', order: number })
  return c.html(<NotOwnDraftPage frame={frameFor(c)} number={number} />, 403)
}

/** The order that the address says was deleted a moment ago, if it was: anyone may write an address. */
async function findDeleted(c: Context<OrderingEnv>): Promise<number | undefined> {
  const number = parseOrderNumber(c.req.query('deleted') ?? '')
  const order = number === undefined ? undefined : await findOrder(c.var.db, number)
  return order?.state === 'Deleted' ? order.number : undefined
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
