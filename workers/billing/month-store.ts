import { sql, type SQL } from 'drizzle-orm'
import { rowsOf } from '../../shared/d1.ts'
import type { BillingDb } from './db.ts'

/** An invoice or a credit note as it was issued. `document` is the order that was invoiced, or the credit note, as JSON. */
export type Issued = {
  kind: 'invoice' | 'credit-note'
  issuedNumber: string
  document: string
  issuedAt: string
  issuedBy: string
  witnessed: 0 | 1
}

/** Where a list of what was issued stands: one series, between two instants, after a number of it. */
export type IssuedRange = { series: string; from: string; until: string; after: string }

/** What was issued in a series of invoices, in the order of the numbers as texts; at most `limit`. */
export function listIssuedInvoices(db: BillingDb, range: IssuedRange, limit: number): Promise<Issued[]> {
  return listIssued(
    db,
    sql`SELECT 'invoice' AS kind, i.invoice_number AS issuedNumber, i.document, i.decided_at AS issuedAt,
        i.decided_by AS issuedBy, d.witnessed
      FROM invoices i JOIN decisions d ON d.nr = i.decision
      WHERE i.invoice_number > ${range.after} AND i.invoice_number < ${endOf(range.series)}
        AND i.decided_at >= ${range.from} AND i.decided_at < ${range.until}
      ORDER BY i.invoice_number LIMIT ${limit}`,
  )
}

/** As listIssuedInvoices, of a series of credit notes. */
export function listIssuedCreditNotes(db: BillingDb, range: IssuedRange, limit: number): Promise<Issued[]> {
  return listIssued(
    db,
    sql`SELECT 'credit-note' AS kind, n.credit_note_number AS issuedNumber, n.document, n.created_at AS issuedAt,
        n.created_by AS issuedBy, d.witnessed
      FROM credit_notes n JOIN decisions d ON d.nr = n.id
      WHERE n.credit_note_number > ${range.after} AND n.credit_note_number < ${endOf(range.series)}
        AND n.created_at >= ${range.from} AND n.created_at < ${range.until}
      ORDER BY n.credit_note_number LIMIT ${limit}`,
  )
}

/** Above every number of the series, and below those of any other. */
function endOf(series: string): string {
  return `${series}.`
}

async function listIssued(db: BillingDb, query: SQL): Promise<Issued[]> {
  return rowsOf<Issued>(await db.run(query))
}
