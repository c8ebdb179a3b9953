import { eq } from 'drizzle-orm'
import type { Order, OrderState } from '../../../shared/contract/order.ts'
import { rowsOf } from '../../../shared/db/d1.ts'
import type { AuditedBy } from '../edge/request-context.ts'
import { auditState } from '../records/audit-store.ts'
import type { OrderingDb } from '../db.ts'
import { orders } from '../schema.ts'
import { plain } from '../../../shared/handover/sql-names.ts'
import { type OrderRow, selectOrder, toOrder } from './order-store.ts'

/** Confirms the order if it is a Draft, and returns it as it then is; undefined if there is none. */
export async function confirmDraft(db: OrderingDb, number: number, who: AuditedBy): Promise<Order | undefined> {
  const { by, now } = who
  const draft = plain`${orders.number} = ${number} AND ${orders.state} = 'Draft'`
  const [, , selected] = await db.batch([
    auditState(db, who, 'confirmed', 'Confirmed', draft),
    db
      .update(orders)
      .set({ state: 'Confirmed', confirmedAt: now, confirmedBy: by, updatedAt: now, updatedBy: by })
      .where(draft),
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
  const allowed = ownDraftsOnly
    ? plain`${orders.state} = 'Draft' AND ${orders.enteredBy} = ${by}`
    : plain`${orders.state} <> 'Deleted'`
  const deleted = plain`${orders.number} = ${number} AND ${allowed}`
  const [, , selected] = await db.batch([
    auditState(db, who, 'deleted', 'Deleted', deleted),
    db.update(orders).set({ state: 'Deleted', updatedAt: now, updatedBy: by }).where(deleted),
    db.select({ state: orders.state }).from(orders).where(eq(orders.number, number)),
  ])
  return selected[0]?.state
}
