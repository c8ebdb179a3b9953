import { sql, type SQL } from 'drizzle-orm'
import { rowsOf } from '../../../shared/db/d1.ts'
import { columnsWhole, type LargeColumns } from '../../../shared/db/large-texts.ts'
import type { BillingDb } from '../db.ts'
import { type Invoice, type InvoiceFacts, invoiceOf } from './invoice.ts'

/**
 * The invoice `i` with its order's copy, as InvoiceFacts; `decisionWitnessed` is null while nothing was decided about
 * its order. What only a decided invoice can have is not looked for in others: an aggregate over nothing is a row read, too.
 * A replacement that the ledger has brought back before its order says what the invoice said that it replaces.
 */
export const INVOICE_FACTS: LargeColumns = {
  texts: {
    document: `coalesce(i.document, iif(o.number IS NULL, (SELECT document FROM invoices WHERE id = i.replaces), NULL))`,
    copyRecord: 'o.record',
  },
  others: `
  i.id, i.order_number AS orderNumber, i.state, i.invoice_number AS invoiceNumber,
  i.created_at AS createdAt, i.decided_at AS decidedAt, i.decided_by AS decidedBy, i.reason,
  i.issued_on AS issuedOn, i.due_on AS dueOn, i.seller,
  iif(i.state <> 'Approved', 0, coalesce((SELECT changed + 2 * open FROM mismatches WHERE invoice_id = i.id), 0)) AS mismatch,
  o.fingerprint AS copyFingerprint,
  o.deleted AS copyDeleted, o.orphaned AS copyOrphaned,
  EXISTS (SELECT 1 FROM quarantine WHERE number = i.order_number AND closed_at IS NULL) AS quarantined,
  i.replaces, (SELECT id FROM invoices WHERE order_number = i.order_number AND replaces = i.id) AS replacedBy,
  iif(i.state <> 'Approved', '[]', (
    SELECT json_group_array(json_object('id', id, 'creditNoteNumber', credit_note_number,
      'gross', document -> 'gross', 'linePositions', document -> 'linePositions',
      'chargePositions', document -> 'chargePositions'))
    FROM credit_notes WHERE invoice_id = i.id
  )) AS creditNotes,
  iif(i.decision IS NULL AND i.replaces = 0, NULL, NOT EXISTS (
    SELECT 1 FROM decisions INDEXED BY decisions_unwitnessed WHERE order_number = i.order_number AND witnessed = 0
  )) AS decisionWitnessed`,
}
export type InvoiceRow = InvoiceFacts & { copyFingerprint: number | null; decisionWitnessed: 0 | 1 | null }

/** An invoice as stored. Nobody may see it before its decision stands in the ledger (`witnessed`). */
export type StoredInvoice = { invoice: Invoice; copyFingerprint: number | null; witnessed: boolean }

/** The stored invoice that a row of INVOICE_FACTS stands for. */
export function toStoredInvoice(row: InvoiceRow): StoredInvoice {
  return { invoice: invoiceOf(row), copyFingerprint: row.copyFingerprint, witnessed: row.decisionWitnessed !== 0 }
}

/** Selects the invoice of an order, a row of INVOICE_FACTS: the newest, where one was replaced. */
export function selectInvoiceOfOrder(db: BillingDb, orderNumber: number) {
  return db.run(sql`${selectInvoices(sql`i.order_number = ${orderNumber}`)} ORDER BY i.id DESC LIMIT 1`)
}

/** Selects the invoice, a row of INVOICE_FACTS. */
export function selectInvoice(db: BillingDb, id: number) {
  return db.run(selectInvoices(sql`i.id = ${id}`))
}

/** The invoice that one of the selections found; undefined if there is none. */
export function firstInvoice(result: D1Result): StoredInvoice | undefined {
  const [row] = rowsOf<InvoiceRow>(result)
  return row && toStoredInvoice(row)
}

function selectInvoices(where: SQL): SQL {
  return sql`SELECT ${columnsWhole(INVOICE_FACTS)} FROM invoices i LEFT JOIN orders o ON o.number = i.order_number WHERE ${where}`
}
