import { sql } from 'drizzle-orm'
import type { Order } from '../../shared/contract.ts'
import { rowsOf } from '../../shared/d1.ts'
import type { OrderingDb } from './db.ts'
import { type OrderRow, selectOrder, toOrder } from './order-store.ts'

/** Confirms the order if it is a Draft, and returns it as it then is; undefined if there is none. */
export async function confirmDraft(
  db: OrderingDb,
  number: number,
  by: string,
  now: string,
): Promise<Order | undefined> {
  const [, selected] = await db.batch([
    db.run(sql`
      UPDATE orders SET state = 'Confirmed', confirmed_at = ${now}, confirmed_by = ${by}, updated_at = ${now},
        updated_by = ${by}
      WHERE number = ${number} AND state = 'Draft'`),
    selectOrder(db, number),
  ])
  const [row] = rowsOf<OrderRow>(selected)
  return row && toOrder(row)
}

/** Marks the order as deleted, if it is not yet. Returns whether there is such an order. */
export async function softDeleteOrder(db: OrderingDb, number: number, by: string, now: string): Promise<boolean> {
  const [, selected] = await db.batch([
    db.run(sql`
      UPDATE orders SET state = 'Deleted', updated_at = ${now}, updated_by = ${by}
      WHERE number = ${number} AND state <> 'Deleted'`),
    db.run(sql`SELECT number FROM orders WHERE number = ${number}`),
  ])
  return selected.results.length > 0
}
