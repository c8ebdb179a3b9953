import { sql, type SQL } from 'drizzle-orm'
import type { Statement } from '../../../shared/db/open-d1.ts'
import type { BillingDb } from '../db.ts'
import { namesOf, plain } from '../../../shared/handover/sql-names.ts'
import { invoices, orders } from '../schema.ts'

/**
 * One invoice for an order, unless it arrived deleted. While it is not approved it follows: a deleted order cancels it,
 * a corrected one waits again, and so does one that lives again.
 */
export function upsertInvoices(db: BillingDb, orderNumbers: readonly number[], now: string): Statement[] {
  const numbers = JSON.stringify(orderNumbers)
  return [
    db.run(plain`
      INSERT INTO ${invoices} (${namesOf(invoices, 'id', 'orderNumber', 'createdAt')})
      SELECT o.${orders.key}, o.${orders.key}, ${now}
        FROM json_each(${numbers}) n JOIN ${orders} o ON o.${orders.key} = n.value
      WHERE o.${orders.deleted} = 0 AND NOT EXISTS (SELECT 1 FROM ${invoices}
        WHERE ${invoices.orderNumber} = o.${orders.key})`),
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
  return db.run(plain`
    UPDATE ${invoices} SET ${invoices.state} = iif(o.${orders.deleted}, 'Cancelled', 'ToApprove'),
      ${invoices.decidedAt} = iif(o.${orders.deleted}, o.${orders.record} ->> 'updatedAt', NULL),
      ${invoices.decidedBy} = iif(o.${orders.deleted}, o.${orders.record} ->> 'updatedBy', NULL),
      ${invoices.document} = NULL, ${invoices.orderRevision} = NULL, ${invoices.orderFingerprint} = NULL,
      ${invoices.reason} = NULL, ${invoices.decision} = NULL
    FROM json_each(${JSON.stringify(orderNumbers)}) n JOIN ${orders} o ON o.${orders.key} = n.value
    WHERE ${invoices}.${invoices.orderNumber} = n.value AND ${condition} AND (
      (o.${orders.deleted} = 1 AND ${invoices}.${invoices.state} IN ('ToApprove', 'Rejected'))
      OR (o.${orders.deleted} = 0 AND ${invoices}.${invoices.state} = 'Cancelled')
      OR (o.${orders.deleted} = 0 AND ${invoices}.${invoices.state} = 'Rejected'
        AND ${invoices}.${invoices.orderFingerprint} IS NOT o.${orders.fingerprint})
    )`)
}
