import { sql, type SQL } from 'drizzle-orm'
import type { Statement } from '../../../shared/db/open-d1.ts'
import type { BillingDb } from '../db.ts'

/**
 * One invoice for an order, unless it arrived deleted. While it is not approved it follows: a deleted order cancels it,
 * a corrected one waits again, and so does one that lives again.
 */
export function upsertInvoices(db: BillingDb, orderNumbers: readonly number[], now: string): Statement[] {
  const numbers = JSON.stringify(orderNumbers)
  return [
    db.run(sql`
      INSERT INTO invoices (id, order_number, created_at)
      SELECT o.number, o.number, ${now} FROM json_each(${numbers}) n JOIN orders o ON o.number = n.value
      WHERE o.deleted = 0 AND NOT EXISTS (SELECT 1 FROM invoices WHERE order_number = o.number)`),
    updateOpenInvoices(db, orderNumbers),
  ]
}

/**
 * The statement by which the invoices of these orders follow them, where `condition` holds: it may name the copy as `o`
 * and the invoice as `invoices`.
 */
export function updateOpenInvoices(
  db: BillingDb,
  orderNumbers: readonly number[],
  condition: SQL = sql.raw('1'),
): Statement {
  return db.run(sql`
    UPDATE invoices SET state = iif(o.deleted, 'Cancelled', 'ToApprove'),
      decided_at = iif(o.deleted, o.record ->> 'updatedAt', NULL),
      decided_by = iif(o.deleted, o.record ->> 'updatedBy', NULL),
      document = NULL, order_revision = NULL, order_fingerprint = NULL, reason = NULL, decision = NULL
    FROM json_each(${JSON.stringify(orderNumbers)}) n JOIN orders o ON o.number = n.value
    WHERE invoices.order_number = n.value AND ${condition} AND (
      (o.deleted = 1 AND invoices.state IN ('ToApprove', 'Rejected'))
      OR (o.deleted = 0 AND invoices.state = 'Cancelled')
      OR (o.deleted = 0 AND invoices.state = 'Rejected' AND invoices.order_fingerprint IS NOT o.fingerprint)
    )`)
}
