import { sql, type SQL } from 'drizzle-orm'
import type { Order } from '../../shared/contract.ts'
import type { BillingNotice } from '../../shared/notice-contract.ts'
import { MAX_COUNT } from '../../shared/count.ts'
import { rowsOf } from '../../shared/d1.ts'
import type { OrderingDb } from './db.ts'
import type { OrderListFilter, OrderSort } from './order-list-filter.ts'
import { isInState, matches, ORDER_COLUMNS, type OrderRow, toOrder } from './order-store.ts'

/** Why billing rejected the invoice of an order that nobody has corrected since. */
export type Rejection = Extract<BillingNotice['notice'], { kind: 'rejected' }>
/** An order of the list. */
export type ListedOrder = { order: Order; rejection: Rejection | null }
/** Part of the list; `next` is the number that the next part comes after, null at the end. */
export type OrderListPage = { listed: ListedOrder[]; next: number | null }
/** How many there are, counted up to one above MAX_COUNT. */
export type OrderCounts = { found: number; rejected: number }

const SORT_KEYS: Record<OrderSort, string> = {
  number: 'o.number',
  placed: 'o.placed_at',
  customer: 'o.customer_name_folded',
}

// Rejections stand in an index of their own, whose condition is spelled just so.
const REJECTION = sql.raw(`notice ->> 'kind' = 'rejected'`)
const NOT_CORRECTED = sql.raw(`notice ->> 'orderRevision' >= revision`)

/** The orders that the filter lets through, after the one with that number, and how many there are in all. */
export async function readOrderList(
  db: OrderingDb,
  filter: OrderListFilter,
  after: number | undefined,
  limit: number,
): Promise<OrderListPage & OrderCounts> {
  const [page, found, rejected] = await db.batch([
    selectPage(db, filter, after, limit),
    countUpTo(db, sql`SELECT 1 FROM orders o WHERE ${conditionsOf(filter)}`),
    countUpTo(db, sql`SELECT 1 FROM orders o WHERE o.state <> 'Deleted' AND ${isRejected()}`),
  ])
  return { ...toPage(page, limit), found: readCount(found), rejected: readCount(rejected) }
}

/** The same, part by part to its end, uncounted. What is changed meanwhile is read as it then is. */
export async function* readWholeList(
  db: OrderingDb,
  filter: OrderListFilter,
  limit: number,
): AsyncGenerator<ListedOrder[], void> {
  let page: OrderListPage | undefined
  do {
    page = toPage(await selectPage(db, filter, page?.next ?? undefined, limit), limit)
    yield page.listed
  } while (page.next !== null)
}

function selectPage(db: OrderingDb, filter: OrderListFilter, after: number | undefined, limit: number) {
  const key = sql.raw(SORT_KEYS[filter.sort])
  const direction = sql.raw(filter.ascending ? 'ASC' : 'DESC')
  const place = sql`ORDER BY ${key} ${direction}, o.number ${direction}`
  const rest = after === undefined ? sql`` : sql` AND ${isBehind(filter, after)}`
  return db.run(sql`
    SELECT ${ORDER_COLUMNS}, (
      SELECT notice FROM billing_notices
      WHERE order_number = o.number AND ${REJECTION} AND ${NOT_CORRECTED}
      ORDER BY notice ->> 'at' DESC LIMIT 1
    ) AS rejection
    FROM (SELECT o.number FROM orders o WHERE ${conditionsOf(filter)}${rest} ${place} LIMIT ${limit + 1}) listed
    CROSS JOIN orders o ON o.number = listed.number ${place}`) // CROSS: the few first, and then their orders
}

function toPage(result: Awaited<ReturnType<typeof selectPage>>, limit: number): OrderListPage {
  const rows = rowsOf<OrderRow & { rejection: string | null }>(result)
  const listed = rows.slice(0, limit).map(({ rejection, ...row }) => ({
    order: toOrder(row),
    rejection: rejection === null ? null : (JSON.parse(rejection) as Rejection),
  }))
  return { listed, next: rows.length > limit ? (listed.at(-1)?.order.number ?? null) : null }
}

/** That the order comes after the one with that number, as that one is now: its place may have changed meanwhile. */
function isBehind({ sort, ascending }: OrderListFilter, after: number): SQL {
  const than = sql.raw(ascending ? '>' : '<')
  if (sort === 'number') return sql`o.number ${than} ${after}`
  const key = sql.raw(SORT_KEYS[sort])
  return sql`(${key}, o.number) ${than} (SELECT ${key}, o.number FROM orders o WHERE o.number = ${after})`
}

function conditionsOf({ state, q, customer, currency, from, to, rejected }: OrderListFilter): SQL {
  const conditions = [
    isInState(state),
    ...(q === '' ? [] : [matches(q)]),
    ...(customer === '' ? [] : [sql`o.customer ->> 'id' = ${customer}`]),
    ...(currency === '' ? [] : [sql`o.currency = ${currency}`]),
    ...(from === '' ? [] : [sql`o.placed_at >= ${from}`]),
    // A tilde comes after the T that an instant of that day goes on with.
    ...(to === '' ? [] : [sql`o.placed_at < ${`${to}~`}`]),
    ...(rejected ? [isRejected()] : []),
  ]
  return sql.join(conditions, sql` AND `)
}

function isRejected(): SQL {
  // A join and no reference to the order outside: the few rejections are read once, not once an order.
  return sql`o.number IN (
    SELECT number FROM billing_notices JOIN orders ON number = order_number WHERE ${REJECTION} AND ${NOT_CORRECTED}
  )`
}

function countUpTo(db: OrderingDb, selected: SQL) {
  return db.run(sql`SELECT count(*) AS count FROM (${selected} LIMIT ${MAX_COUNT + 1})`)
}

function readCount(result: Awaited<ReturnType<typeof countUpTo>>): number {
  return rowsOf<{ count: number }>(result)[0]?.count ?? 0
}
