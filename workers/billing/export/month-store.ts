import { sql, type SQL } from 'drizzle-orm'
import { rowsOf } from '../../../shared/db/d1.ts'
import {
  columnsAlong,
  columnsWhole,
  completeRows,
  type LargeColumns,
  type Weighed,
} from '../../../shared/db/large-texts.ts'
import type { BillingDb } from '../db.ts'
import { plain } from '../../../shared/handover/sql-names.ts'
import { creditNotes, decisions, invoices } from '../schema.ts'

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

/** What was issued of one kind: its columns, where they are, and the column of its number. */
type Source = { columns: LargeColumns; from: SQL; number: SQL; issuedOn: SQL }

const INVOICES: Source = {
  columns: {
    texts: { document: plain`i.${invoices.document}` },
    others: plain`'invoice' AS kind, i.${invoices.invoiceNumber} AS issuedNumber, i.${invoices.issuedOn} AS issuedOn,
    i.${invoices.dueOn} AS dueOn,
      i.${invoices.decidedBy} AS issuedBy, d.${decisions.witnessed}`,
  },
  from: plain`${invoices} i JOIN ${decisions} d ON d.${decisions.nr} = i.${invoices.decision}`,
  number: plain`i.${invoices.invoiceNumber}`,
  issuedOn: plain`i.${invoices.issuedOn}`,
}
const CREDIT_NOTES: Source = {
  columns: {
    texts: { document: plain`n.${creditNotes.document}` },
    others: plain`'credit-note' AS kind, n.${creditNotes.creditNoteNumber} AS issuedNumber,
    n.${creditNotes.issuedOn} AS issuedOn, NULL AS dueOn,
      n.${creditNotes.createdBy} AS issuedBy, d.${decisions.witnessed}`,
  },
  from: plain`${creditNotes} n JOIN ${decisions} d ON d.${decisions.nr} = n.${creditNotes.id}`,
  number: plain`n.${creditNotes.creditNoteNumber}`,
  issuedOn: plain`n.${creditNotes.issuedOn}`,
}

/** The invoices that were issued, by day and by their numbers as texts; at most `limit`, fewer large ones. */
export function listIssuedInvoices(db: BillingDb, range: IssuedRange, limit: number): Promise<Issued[]> {
  return listIssued(db, INVOICES, range, limit)
}

/** As listIssuedInvoices, of the credit notes. */
export function listIssuedCreditNotes(db: BillingDb, range: IssuedRange, limit: number): Promise<Issued[]> {
  return listIssued(db, CREDIT_NOTES, range, limit)
}

async function listIssued(
  db: BillingDb,
  { columns, from, number, issuedOn }: Source,
  { until, after }: IssuedRange,
  limit: number,
): Promise<Issued[]> {
  const result = await db.run(sql`
    SELECT ${columnsAlong(columns)} FROM ${from}
    WHERE (${issuedOn}, ${number}) > (${after.issuedOn}, ${after.issuedNumber}) AND ${issuedOn} <= ${until}
    ORDER BY ${issuedOn}, ${number} LIMIT ${limit}`)
  return completeRows<Issued, string>(
    rowsOf<Issued & Weighed>(result),
    ({ issuedNumber }) => issuedNumber,
    async (numbers) => {
      const whole = await db.run(sql`
        SELECT ${columnsWhole(columns)} FROM ${from}
        WHERE ${number} IN (SELECT value FROM json_each(${JSON.stringify(numbers)}))`)
      return rowsOf<Issued>(whole)
    },
  )
}
