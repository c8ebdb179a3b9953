import { sql } from 'drizzle-orm'
import { rowsOf } from '../../../shared/db/d1.ts'
import { searchedNumber } from '../../../shared/text/fold.ts'
import type { SoughtOrders } from '../../../shared/contract/order-standing.ts'
import type { OrderingDb } from '../db.ts'
import { plain } from '../../../shared/handover/sql-names.ts'
import { orders } from '../schema.ts'

/**
 * The orders that were ever confirmed and have what is asked for as their number or their external id, the highest first:
 * four at most, since an external id is taken as it is written, and in capitals and small letters.
 */
export async function findSought(db: OrderingDb, q: string): Promise<SoughtOrders['orders']> {
  const externalId = q.trim().normalize('NFC')
  const written = [externalId, externalId.toUpperCase(), externalId.toLowerCase()]
  const result = await db.run(plain`
    SELECT ${orders.number}, ${orders.externalId} AS externalId, ${orders.customer} ->> '$.name' AS customer,
      ${orders.state} FROM ${orders}
    WHERE ${orders.number} IN (
      SELECT ${searchedNumber(q) ?? null}
      UNION SELECT ${orders.number} FROM ${orders} WHERE ${orders.externalId} IN (${sql.join(
        written.map((id) => sql`${id}`),
        sql`, `,
      )})
    ) AND ${orders.confirmedAt} IS NOT NULL
    ORDER BY ${orders.number} DESC`)
  return rowsOf<SoughtOrders['orders'][number]>(result)
}
