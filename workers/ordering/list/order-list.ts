import type { Order } from '../../../shared/contract/order.ts'
import type { SeenCount } from '../../../shared/db/listing-store.ts'
import { termsOf } from '../../../shared/text/search-terms.ts'
import type { OrderingDb } from '../db.ts'
import type { OrderListFilter } from './filter.ts'
import { countInState, countRejected, type ListedOrder, readOrders } from './list-store.ts'

/**
 * Part of the list. `next` is the number of the order after which the next part begins, null at the end. A part may be
 * short, or empty, and the list continue: the rows that are read for one are bounded.
 */
export type OrderListPage = { listed: ListedOrder[]; next: number | null }
/** `found`: as far as was seen from the list's beginning; undefined behind it. */
export type OrderCounts = { found: SeenCount | undefined; rejected: SeenCount }

/**
 * The most rows that a page of 50 reads, however many orders there are, and for its counts at most 45. It may take a few more,
 * where orders were rejected: each costs one for its reason.
 */
const PAGE_ROWS = 150
const PAGE = 50
/** One or two letters lead through no index: orders are looked at until a page is full, and at most this many. */
const SHORT_SEARCH_ROWS = 1_000
/** A file is read in larger parts, and each looks further. */
const FILE_ROWS = 20_000
/** How many rejections are looked at to tell that there are some. */
const REJECTIONS = 20

/** The orders that the filter lets through, after the one with that number, and how many there are. */
export async function readOrderList(
  db: OrderingDb,
  filter: OrderListFilter,
  after: number | undefined,
  limit: number,
): Promise<OrderListPage & OrderCounts> {
  const stateAlone = isOfStateAlone(filter)
  const counted = after === undefined && !stateAlone
  const [{ rows, next, seen }, rejected, inState] = await Promise.all([
    readOrders(db, filter, { after, limit, counted, rows: rowsFor(filter, limit) }),
    filter.rejected ? NONE : countRejected(db, REJECTIONS),
    stateAlone ? countInState(db, filter.state) : undefined,
  ])
  return { listed: rows, next, found: inState ?? (counted ? seen : undefined), rejected }
}

const NONE: SeenCount = { count: 0, more: false }

/** Whether each order in the filter's state is let through. */
function isOfStateAlone({ q, customer, currency, from, to, rejected }: OrderListFilter): boolean {
  return q + customer + currency + from + to === '' && !rejected
}

/** The same for a program, uncounted. */
export async function listOrders(
  db: OrderingDb,
  filter: OrderListFilter,
  after: number | undefined,
  limit: number,
): Promise<{ orders: Order[]; next: number | null }> {
  const part = await readOrders(db, filter, { after, limit, counted: false, rows: rowsFor(filter, limit) })
  return { orders: part.rows.map(({ order }) => order), next: part.next }
}

/** The same, part by part to its end, uncounted. What is changed meanwhile is read as it then is. */
export async function* readWholeList(
  db: OrderingDb,
  filter: OrderListFilter,
  limit: number,
): AsyncGenerator<ListedOrder[], void> {
  let after: number | undefined
  do {
    const { rows, next } = await readOrders(db, filter, { after, limit, counted: false, rows: FILE_ROWS })
    yield rows
    after = next ?? undefined
  } while (after !== undefined)
}

function rowsFor({ q }: OrderListFilter, limit: number): number {
  const looks = q !== '' && termsOf(q).length === 0
  return Math.ceil(limit / PAGE) * (looks ? SHORT_SEARCH_ROWS : PAGE_ROWS)
}
