import { sql } from 'drizzle-orm'
import type { Order } from '../../../shared/contract/order.ts'
import { rowsOf } from '../../../shared/db/d1.ts'
import { searchedNumber } from '../../../shared/text/fold.ts'
import type { SoughtOrders } from '../../../shared/contract/notices.ts'
import type { OrderingDb } from '../db.ts'
import { ORDER_COLUMNS, type OrderRow, type SpoiledRecord, toPublished } from '../orders/order-store.ts'

/** What there is of one order: as it is published, or undefined where it was never confirmed. */
type Published = Order | SpoiledRecord | undefined

/** The order if it was ever confirmed, deleted or not, and the feed's epoch beside it. */
export async function findPublished(db: OrderingDb, number: number): Promise<{ epoch: string; order: Published }> {
  const result = await db.run(sql`
    SELECT feed.epoch, ${ORDER_COLUMNS}
    FROM feed LEFT JOIN orders o ON o.number = ${number} AND o.confirmed_at IS NOT NULL`)
  const [row] = rowsOf<{ epoch: string } & (OrderRow | { number: null })>(result)
  if (row === undefined) throw new Error('Cannot read the feed: its row is missing')
  return { epoch: row.epoch, order: row.number === null ? undefined : toPublished(row) }
}

/**
 * The orders that were ever confirmed and have what is asked for as their number or their external id, the highest first:
 * four at most, since an external id is taken as it is written, and in capitals and small letters.
 */
export async function findSought(db: OrderingDb, q: string): Promise<SoughtOrders['orders']> {
  const externalId = q.trim().normalize('NFC')
  const written = [externalId, externalId.toUpperCase(), externalId.toLowerCase()]
  const result = await db.run(sql`
    SELECT number, external_id AS externalId, customer ->> '$.name' AS customer, state FROM orders
    WHERE number IN (
      SELECT ${searchedNumber(q) ?? null}
      UNION SELECT number FROM orders WHERE external_id IN (${sql.join(
        written.map((id) => sql`${id}`),
        sql`, `,
      )})
    ) AND confirmed_at IS NOT NULL
    ORDER BY number DESC`)
  return rowsOf<SoughtOrders['orders'][number]>(result)
}

/** Several orders as one answer carries them; `left` are the numbers that its size has left out. */
export type PublishedOrders = { epoch: string; answers: { number: number; order: Published }[]; left: number[] }

/**
 * The orders with these numbers, each as `findPublished` finds it, in the order that they were asked for. Their texts
 * come to `mostBytes` and one order at most.
 */
export async function listPublished(
  db: OrderingDb,
  numbers: readonly number[],
  mostBytes: number,
): Promise<PublishedOrders> {
  const result = await db.run(sql`
    WITH asked AS (
      SELECT key AS place, value AS asked, coalesce(sum(
        (SELECT octet_length(customer) + octet_length(charges) + octet_length(lines) + coalesce(octet_length(note), 0)
          FROM orders WHERE number = value)
      ) OVER (ORDER BY key ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) < ${mostBytes} AS fits
      FROM json_each(${JSON.stringify(numbers)})
    )
    SELECT feed.epoch, asked.asked, asked.fits, ${ORDER_COLUMNS}
    FROM feed JOIN asked LEFT JOIN orders o ON asked.fits AND o.number = asked.asked AND o.confirmed_at IS NOT NULL
    ORDER BY asked.place`)
  const rows = rowsOf<{ epoch: string; asked: number; fits: 0 | 1 } & (OrderRow | { number: null })>(result)
  const [first] = rows
  if (first === undefined) throw new Error('Cannot read the feed: its row is missing')
  return {
    epoch: first.epoch,
    answers: rows
      .filter(({ fits }) => fits === 1)
      .map((row) => ({ number: row.asked, order: row.number === null ? undefined : toPublished(row) })),
    left: rows.filter(({ fits }) => fits === 0).map(({ asked }) => asked),
  }
}
