import { sql } from 'drizzle-orm'
import type { Order, OrderState } from '../../../shared/contract/order.ts'
import { rowsOf } from '../../../shared/db/d1.ts'
import type { AuditedBy } from '../edge/request-context.ts'
import { auditState } from '../records/audit-store.ts'
import type { OrderingDb } from '../db.ts'
import { type OrderRow, selectOrder, toOrder } from './order-store.ts'

/** Confirms the order if it is a Draft, and returns it as it then is; undefined if there is none. */
export async function confirmDraft(db: OrderingDb, number: number, who: AuditedBy): Promise<Order | undefined> {
  const { by, now } = who
  const draft = sql`number = ${number} AND state = 'Draft'`
  const [, , selected] = await db.batch([
    auditState(db, who, 'confirmed', 'Confirmed', draft),
    db.run(sql`
      UPDATE orders SET state = 'Confirmed', confirmed_at = ${now}, confirmed_by = ${by}, updated_at = ${now},
        updated_by = ${by}
      WHERE ${draft}`),
    selectOrder(db, number),
  ])
  const [row] = rowsOf<OrderRow>(selected)
  return row && toOrder(row)
}

/**
 * Marks the order as deleted, if it is not yet, and returns the state that it then has; undefined if there is none.
 * @param ownDraftsOnly leaves one alone that is no Draft, or that somebody else entered
 */
export async function softDeleteOrder(
  db: OrderingDb,
  number: number,
  who: AuditedBy,
  ownDraftsOnly: boolean,
): Promise<OrderState | undefined> {
  const { by, now } = who
  const allowed = ownDraftsOnly ? sql`state = 'Draft' AND entered_by = ${by}` : sql`state <> 'Deleted'`
  const deleted = sql`number = ${number} AND ${allowed}`
  const [, , selected] = await db.batch([
    auditState(db, who, 'deleted', 'Deleted', deleted),
    db.run(sql`UPDATE orders SET state = 'Deleted', updated_at = ${now}, updated_by = ${by} WHERE ${deleted}`),
    db.run(sql`SELECT state FROM orders WHERE number = ${number}`),
  ])
  return rowsOf<{ state: OrderState }>(selected)[0]?.state
}
