import type { Context } from 'hono'
import { dayOf } from '../../../shared/time/business-day.ts'
import { Hono } from '../../../shared/edge/hono.ts'
import { parseOrderNumber } from '../../../shared/contract/links.ts'
import { sendCsv, sendXlsx } from '../../../shared/files/list-file.ts'
import type { OrderingEnv } from '../edge/ordering-env.ts'
import { findUnreadDays, parseAfter, parseListFilter } from './filter.ts'
import { orderRows } from './file-rows.ts'
import { readOrderList, readWholeList } from './order-list.ts'
import { findOrder } from '../orders/order-store.ts'
import { frameFor, readerFor } from '../edge/page-context.ts'
import { OrdersPage, UnreadDaysPage } from './orders-page.tsx'

const ORDERS_A_PAGE = 50
const ORDERS_A_PART = 500

/** The list of orders, as a page and as files. */
export const listPages = new Hono<OrderingEnv>()
  .get('/', showOrders)
  .get('/orders', showOrders)
  .get('/orders.csv', (c) => sendOrders(c, sendCsv))
  .get('/orders.xlsx', (c) => sendOrders(c, sendXlsx))

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

/** The order that the address says was deleted a moment ago, if it was: anyone may write an address. */
async function findDeleted(c: Context<OrderingEnv>): Promise<number | undefined> {
  const number = parseOrderNumber(c.req.query('deleted') ?? '')
  const order = number === undefined ? undefined : await findOrder(c.var.db, number)
  return order?.state === 'Deleted' ? order.number : undefined
}
