import { sql } from 'drizzle-orm'
import type { Order } from '../../../shared/contract/order.ts'
import { rowsOf } from '../../../shared/db/d1.ts'
import {
  type Listing,
  type ListPart,
  lookAtTerms,
  readFew,
  readPart,
  type SeenCount,
  wayOfTerm,
} from '../../../shared/db/listing-store.ts'
import type { BillingNotice } from '../../../shared/contract/notices.ts'
import { termsOf } from '../../../shared/text/search-terms.ts'
import type { OrderingDb } from '../db.ts'
import { IS_REJECTION, NOT_CORRECTED, REJECTION } from './filter-store.ts'
import type { OrderListFilter } from './filter.ts'
import { ORDER_FACTS, type OrderRow, toOrder } from '../orders/order-store.ts'
import { waysOf } from './way-store.ts'
import { plain } from '../../../shared/handover/sql-names.ts'
import { billingNotices, orderCounts, orders, orderTerms } from '../schema.ts'

/** Why billing rejected the invoice of an order that nobody has corrected since. */
export type Rejection = Extract<BillingNotice['notice'], { kind: 'rejected' }>
/** An order of the list. */
export type ListedOrder = { order: Order; rejection: Rejection | null }
type ListedRow = OrderRow & { rejection: string | null }

/** Orders, as they are listed. */
const ORDERS: Listing = {
  table: plain`${orders} o`,
  id: plain`o.${orders.number}`,
  facts: { ...ORDER_FACTS, others: sql`${ORDER_FACTS.others}, ${REJECTION} AS rejection` },
  beside: sql.raw(''),
  terms: plain`${orderTerms} t`,
  term: plain`t.${orderTerms.term}`,
  termId: plain`t.${orderTerms.orderNumber}`,
  rowsShown: 1,
}

/** What is asked of a part of the list. `counted`: whether to look further than the part, for how many there are. */
export type PartAsked = { after: number | undefined; limit: number; counted: boolean; rows: number }

/** Reads a part of the list, and that many rows for it or a few more: where orders were rejected, a row for each reason. */
export async function readOrders(
  db: OrderingDb,
  filter: OrderListFilter,
  { after, limit, counted, rows }: PartAsked,
): Promise<ListPart<ListedOrder>> {
  const { q, sort, ascending } = filter
  const place = { after: sort === 'number' ? after : undefined, ascending }
  const { looks, rowsRead } = await lookAtTerms(db, ORDERS, termsOf(q), place)
  const [rarest] = looks
  const { few, ...led } = waysOf(filter, rarest && wayOfTerm(ORDERS, rarest.term))
  const asked = { ...led, after, limit, ascending, counted, left: { rows: rows - rowsRead } }
  const part =
    (few && (await readFew<ListedRow>(db, ORDERS, asked, few))) ?? (await readPart<ListedRow>(db, ORDERS, asked))
  return { ...part, rows: part.rows.map(toListed) }
}

function toListed({ rejection, ...row }: ListedRow): ListedOrder {
  return { order: toOrder(row), rejection: rejection === null ? null : (JSON.parse(rejection) as Rejection) }
}

/** How many of `most` rejected orders, the highest numbers, nobody has corrected; `more` if there may be others. */
export async function countRejected(db: OrderingDb, most: number): Promise<SeenCount> {
  const result = await db.run(plain`
    SELECT count(*) AS met, count(DISTINCT iif(${NOT_CORRECTED} AND o.${orders.state} <> 'Deleted', o.${orders.number},
      NULL)) AS count
    FROM (
      SELECT ${billingNotices.orderNumber}, ${billingNotices.notice}
        FROM ${billingNotices} n INDEXED BY billing_notices_rejected WHERE ${IS_REJECTION}
      ORDER BY ${billingNotices.orderNumber} DESC LIMIT ${most}
    ) n CROSS JOIN ${orders} o ON o.${orders.number} = n.${billingNotices.orderNumber}`)
  const [{ met, count } = { met: 0, count: 0 }] = rowsOf<{ met: number; count: number }>(result)
  return { count, more: met === most }
}

/** How many orders are in the state; undefined: in any but Deleted. */
export async function countInState(db: OrderingDb, state: OrderListFilter['state']): Promise<SeenCount> {
  const result = await db.run(plain`
    SELECT coalesce(sum(${orderCounts.orders}), 0) AS count FROM ${orderCounts}
    WHERE ${orderCounts.state} IN (${state ?? 'Draft'}, ${state ?? 'Confirmed'})`)
  return { count: rowsOf<{ count: number }>(result)[0]?.count ?? 0, more: false }
}
