import type { SQL } from 'drizzle-orm'
import { rowsOf } from '../../../shared/db/d1.ts'
import { columnsWhole, type LargeColumns } from '../../../shared/db/large-texts.ts'
import type { BillingDb } from '../db.ts'
import { type Invoice, type InvoiceFacts, invoiceOf } from './invoice.ts'
import { plain } from '../../../shared/handover/sql-names.ts'
import { creditNotes, decisions, invoices, mismatches, orders, quarantine } from '../schema.ts'

/**
 * The invoice `i` with its order's copy, as InvoiceFacts; `decisionWitnessed` is null while nothing was decided about
 * its order. What only a decided invoice can have is not looked for in others: an aggregate over nothing is a row read, too.
 * A replacement that the ledger has brought back before its order says what the invoice said that it replaces.
 */
export const INVOICE_FACTS: LargeColumns = {
  texts: {
    document: plain`coalesce(i.${invoices.document}, iif(o.${orders.key} IS NULL, (
      SELECT ${invoices.document} FROM ${invoices} WHERE ${invoices.id} = i.${invoices.replaces}), NULL))`,
    copyRecord: plain`o.${orders.record}`,
  },
  others: plain`
  i.${invoices.id}, i.${invoices.orderNumber} AS orderNumber, i.${invoices.state}, i.${invoices.reason},
  i.${invoices.invoiceNumber} AS invoiceNumber, i.${invoices.createdAt} AS createdAt,
  i.${invoices.decidedAt} AS decidedAt, i.${invoices.decidedBy} AS decidedBy, i.${invoices.issuedOn} AS issuedOn,
  i.${invoices.dueOn} AS dueOn, i.${invoices.seller}, i.${invoices.replaces},
  iif(i.${invoices.state} <> 'Approved', 0, coalesce((
    SELECT ${mismatches.changed} + 2 * ${mismatches.open} FROM ${mismatches}
    WHERE ${mismatches.invoiceId} = i.${invoices.id}
  ), 0)) AS mismatch,
  o.${orders.fingerprint} AS copyFingerprint, o.${orders.deleted} AS copyDeleted, o.${orders.orphaned} AS copyOrphaned,
  EXISTS (
    SELECT 1 FROM ${quarantine}
    WHERE ${quarantine.key} = i.${invoices.orderNumber} AND ${quarantine.closedAt} IS NULL
  ) AS quarantined,
  (
    SELECT ${invoices.id} FROM ${invoices}
    WHERE ${invoices.orderNumber} = i.${invoices.orderNumber} AND ${invoices.replaces} = i.${invoices.id}
  ) AS replacedBy,
  iif(i.${invoices.state} <> 'Approved', '[]', (
    SELECT json_group_array(json_object('id', ${creditNotes.id}, 'creditNoteNumber', ${creditNotes.creditNoteNumber},
      'gross', ${creditNotes.document} -> 'gross', 'linePositions', ${creditNotes.document} -> 'linePositions',
      'chargePositions', ${creditNotes.document} -> 'chargePositions'))
    FROM ${creditNotes} WHERE ${creditNotes.invoiceId} = i.${invoices.id}
  )) AS creditNotes,
  iif(i.${invoices.decision} IS NULL AND i.${invoices.replaces} = 0, NULL, NOT EXISTS (
    SELECT 1 FROM ${decisions} INDEXED BY decisions_unwitnessed
    WHERE ${decisions.orderNumber} = i.${invoices.orderNumber} AND ${decisions.witnessed} = 0
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
  const ofOrder = selectInvoices(plain`i.${invoices.orderNumber} = ${orderNumber}`)
  return db.run(plain`${ofOrder} ORDER BY i.${invoices.id} DESC LIMIT 1`)
}

/** Selects the invoice, a row of INVOICE_FACTS. */
export function selectInvoice(db: BillingDb, id: number) {
  return db.run(selectInvoices(plain`i.${invoices.id} = ${id}`))
}

/** The invoice that one of the selections found; undefined if there is none. */
export function firstInvoice(result: D1Result): StoredInvoice | undefined {
  const [row] = rowsOf<InvoiceRow>(result)
  return row && toStoredInvoice(row)
}

function selectInvoices(where: SQL): SQL {
  return plain`SELECT ${columnsWhole(INVOICE_FACTS)}
    FROM ${invoices} i LEFT JOIN ${orders} o ON o.${orders.key} = i.${invoices.orderNumber} WHERE ${where}`
}
