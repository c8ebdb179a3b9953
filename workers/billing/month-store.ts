import { sql, type SQL } from 'drizzle-orm'
import { rowsOf } from '../../shared/d1.ts'
import type { BillingDb } from './db.ts'

/** An invoice or a credit note as it was issued. `document` is the order that was invoiced, or the credit note, as JSON. */
export type Issued = {
  kind: 'invoice' | 'credit-note'
  issuedNumber: string
  document: string
  /** YYYY-MM-DD, as the document says it. */
  issuedOn: string
  /** The same of the day by which an invoice is to be paid; null for a credit note. */
  dueOn: string | null
  issuedBy: string
  witnessed: 0 | 1
}

/** Where a list of what was issued stands: behind a day and a number on it, and up to the day `until`. */
export type IssuedRange = { until: string; after: { issuedOn: string; issuedNumber: string } }

/** The invoices that were issued, by day and by their numbers as texts; at most `limit`. */
export function listIssuedInvoices(db: BillingDb, { until, after }: IssuedRange, limit: number): Promise<Issued[]> {
  return listIssued(
    db,
    sql`SELECT 'invoice' AS kind, i.invoice_number AS issuedNumber, i.document, i.issued_on AS issuedOn,
        i.due_on AS dueOn, i.decided_by AS issuedBy, d.witnessed
      FROM invoices i JOIN decisions d ON d.nr = i.decision
      WHERE (i.issued_on, i.invoice_number) > (${after.issuedOn}, ${after.issuedNumber}) AND i.issued_on <= ${until}
      ORDER BY i.issued_on, i.invoice_number LIMIT ${limit}`,
  )
}

/** As listIssuedInvoices, of the credit notes. */
export function listIssuedCreditNotes(db: BillingDb, { until, after }: IssuedRange, limit: number): Promise<Issued[]> {
  return listIssued(
    db,
    sql`SELECT 'credit-note' AS kind, n.credit_note_number AS issuedNumber, n.document, n.issued_on AS issuedOn,
        NULL AS dueOn, n.created_by AS issuedBy, d.witnessed
      FROM credit_notes n JOIN decisions d ON d.nr = n.id
      WHERE (n.issued_on, n.credit_note_number) > (${after.issuedOn}, ${after.issuedNumber}) AND n.issued_on <= ${until}
      ORDER BY n.issued_on, n.credit_note_number LIMIT ${limit}`,
  )
}

async function listIssued(db: BillingDb, query: SQL): Promise<Issued[]> {
  return rowsOf<Issued>(await db.run(query))
}
