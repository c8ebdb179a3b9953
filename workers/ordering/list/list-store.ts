import { sql, type SQL } from 'drizzle-orm'
import type { Order } from '../../../shared/contract/order.ts'
import { rowsOf } from '../../../shared/db/d1.ts'
import { completeRows, type Weighed } from '../../../shared/db/large-texts.ts'
import type { BillingNotice } from '../../../shared/contract/notices.ts'
import type { OrderingDb } from '../db.ts'
import type { OrderListFilter } from './filter.ts'
import {
  conditionsOf,
  directionOf,
  IS_REJECTION,
  isBehind,
  NOT_CORRECTED,
  REJECTION,
  placesBehind,
  sortKey,
} from './filter-store.ts'
import type { Way } from './way-store.ts'
import { ORDER_COLUMNS, ORDER_COLUMNS_ALONG, type OrderRow, toOrder } from '../orders/order-store.ts'

/** Why billing rejected the invoice of an order that nobody has corrected since. */
export type Rejection = Extract<BillingNotice['notice'], { kind: 'rejected' }>
/** An order of the list. `bytes`: what it comes to as JSON. */
export type ListedOrder = { order: Order; rejection: Rejection | null; bytes: number }
/** An order that a way leads to: whether the filter lets it through, whether it comes after `after`, what sorts it. */
export type Met = { number: number; fits: boolean; isNext: boolean; key: string | number }
/** One that was read with what it says, unless its texts are too large to be read along with others. */
export type MetWhole = Met & { listed: ListedOrder | undefined }

/** How many rows may yet be read. */
export type RowsLeft = { rows: number }

/** Where a way is gone on with, and how far at most. */
export type Place = { filter: OrderListFilter; after: number | undefined; limit: number }
type ListedRow = OrderRow & Weighed & { rejection: string | null }
type MetRow = { number: number; fits: 0 | 1; isNext: 0 | 1; sortKey: string | number }

/** Reads the next orders of each way, whole, whether they fit or not: at most `limit` of each. */
export async function meetWhole(
  db: OrderingDb,
  ways: readonly [Way, ...Way[]],
  place: Place,
  left: RowsLeft,
): Promise<MetWhole[][]> {
  const [first, ...others] = ways.map((way) =>
    db.run(selectMet(way, place, sql`${ORDER_COLUMNS_ALONG}, ${way.rejection ?? REJECTION} AS rejection`)),
  )
  if (first === undefined) return []
  const results = await db.batch([first, ...others])
  return results.map((result) => {
    left.rows -= result.meta.rows_read
    return rowsOf<ListedRow & MetRow>(result).map(({ fits, isNext, sortKey, bytes, along, ...row }) => ({
      ...toMet({ number: row.number, fits, isNext, sortKey }),
      listed: along === 1 ? toListed(row, bytes) : undefined,
    }))
  })
}

/** Reads whether the next orders fit, and no more of them. */
export async function meet(db: OrderingDb, way: Way, place: Place, left: RowsLeft): Promise<Met[]> {
  const result = await db.run(selectMet(way, place, sql`o.number`))
  left.rows -= result.meta.rows_read
  return rowsOf<MetRow>(result).map(toMet)
}

/**
 * The orders with these numbers, in the numbers' order, from the first on as many as an answer takes. Costs two rows each,
 * and two more where one is too large to be read along with others.
 */
export async function readListed(db: OrderingDb, numbers: readonly number[], left: RowsLeft): Promise<ListedOrder[]> {
  if (numbers.length === 0) return []
  const found = new Map((await selectListed(db, ORDER_COLUMNS_ALONG, numbers, left)).map((row) => [row.number, row]))
  const rows = await completeRows<Omit<ListedRow, keyof Weighed>, number>(
    numbers.flatMap((number) => found.get(number) ?? []),
    ({ number }) => number,
    (large) => selectListed(db, ORDER_COLUMNS, large, left),
  )
  return rows.map((row) => toListed(row, found.get(row.number)?.bytes))
}

async function selectListed(
  db: OrderingDb,
  columns: SQL,
  numbers: readonly number[],
  left: RowsLeft,
): Promise<ListedRow[]> {
  const result = await db.run(sql`
    SELECT ${columns}, ${REJECTION} AS rejection FROM orders o
    WHERE o.number IN (SELECT value FROM json_each(${JSON.stringify(numbers)}))`)
  left.rows -= result.meta.rows_read
  return rowsOf<ListedRow>(result)
}

/** How many of `most` rejected orders, the highest numbers, nobody has corrected; `more` if there may be others. */
export async function countRejected(
  db: OrderingDb,
  most: number,
  left: RowsLeft,
): Promise<{ count: number; more: boolean }> {
  const result = await db.run(sql`
    SELECT count(*) AS met, count(DISTINCT iif(${NOT_CORRECTED} AND o.state <> 'Deleted', o.number, NULL)) AS count
    FROM (
      SELECT order_number, notice FROM billing_notices n INDEXED BY billing_notices_rejected WHERE ${IS_REJECTION}
      ORDER BY order_number DESC LIMIT ${most}
    ) n CROSS JOIN orders o ON o.number = n.order_number`)
  left.rows -= result.meta.rows_read
  const [{ met, count } = { met: 0, count: 0 }] = rowsOf<{ met: number; count: number }>(result)
  return { count, more: met === most }
}

/** How many orders stand under a term behind `after`, counted up to a few, and the number of the last one counted. */
export type TermLook = { term: string; count: number; last: number }

/** Looks at a few orders of each term. */
export async function lookAtTerms(
  db: OrderingDb,
  terms: readonly string[],
  { filter, after, limit }: Place,
  left: RowsLeft,
): Promise<TermLook[]> {
  const than = sql.raw(filter.ascending ? '>' : '<')
  const behind = after === undefined || filter.sort !== 'number' ? sql.raw('1') : sql`order_number ${than} ${after}`
  const result = await db.run(sql`
    SELECT value AS term, (
      SELECT json_group_array(order_number) FROM (
        SELECT order_number FROM order_terms WHERE term = value AND ${behind}
        ORDER BY order_number ${directionOf(filter)} LIMIT ${limit}
      )
    ) AS numbers
    FROM json_each(${JSON.stringify(terms)})`)
  left.rows -= result.meta.rows_read
  return rowsOf<{ term: string; numbers: string }>(result).map(({ term, numbers }) => {
    const met = JSON.parse(numbers) as number[]
    return { term, count: met.length, last: met.at(-1) ?? 0 }
  })
}

/** Selects what a way leads to: behind `after` if the way is sorted as the list is, and from its beginning otherwise. */
function selectMet(way: Way, { filter, after, limit }: Place, columns: SQL): SQL {
  const direction = directionOf(filter)
  const inOrder = way.sort === filter.sort
  const isNext = inOrder || after === undefined ? sql.raw('1') : isBehind(filter, after)
  // What leads by rejections need not look for one.
  const fits = conditionsOf({ ...filter, rejected: filter.rejected && way.rejection === undefined })
  const select = (where: SQL) => sql`
    SELECT ${columns}, ${sortKey(filter.sort)} AS sortKey, (${fits}) AS fits, (${isNext}) AS isNext
    FROM ${way.from} WHERE ${where}
    ORDER BY ${way.sort === 'number' ? way.number : sortKey(way.sort)} ${direction}, ${way.number} ${direction}
    LIMIT ${limit}`
  if (!inOrder || after === undefined) return select(way.where)
  const [tied, beyond] = placesBehind(filter, after, way.number)
  if (beyond === undefined) return select(sql`${way.further} AND ${tied}`)
  return sql`
    SELECT * FROM (${select(tied)}) UNION ALL SELECT * FROM (${select(sql`${way.further} AND ${beyond}`)}) LIMIT ${limit}`
}

/** How many orders are in the state; undefined: in any but Deleted. */
export async function countInState(
  db: OrderingDb,
  state: OrderListFilter['state'],
  left: RowsLeft,
): Promise<{ count: number; more: false }> {
  const result = await db.run(sql`
    SELECT coalesce(sum(orders), 0) AS count FROM order_counts
    WHERE state IN (${state ?? 'Draft'}, ${state ?? 'Confirmed'})`)
  left.rows -= result.meta.rows_read
  return { count: rowsOf<{ count: number }>(result)[0]?.count ?? 0, more: false }
}

function toMet({ number, fits, isNext, sortKey: key }: MetRow): Met {
  return { number, fits: fits === 1, isNext: isNext === 1, key }
}

function toListed({ rejection, ...row }: Omit<ListedRow, keyof Weighed>, bytes = 0): ListedOrder {
  return { order: toOrder(row), rejection: rejection === null ? null : (JSON.parse(rejection) as Rejection), bytes }
}
