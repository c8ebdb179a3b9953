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
    texts: { document: 'i.document' },
    others: `'invoice' AS kind, i.invoice_number AS issuedNumber, i.issued_on AS issuedOn, i.due_on AS dueOn,
      i.decided_by AS issuedBy, d.witnessed`,
  },
  from: sql.raw('invoices i JOIN decisions d ON d.nr = i.decision'),
  number: sql.raw('i.invoice_number'),
  issuedOn: sql.raw('i.issued_on'),
}
const CREDIT_NOTES: Source = {
  columns: {
    texts: { document: 'n.document' },
    others: `'credit-note' AS kind, n.credit_note_number AS issuedNumber, n.issued_on AS issuedOn, NULL AS dueOn,
      n.created_by AS issuedBy, d.witnessed`,
  },
  from: sql.raw('credit_notes n JOIN decisions d ON d.nr = n.id'),
  number: sql.raw('n.credit_note_number'),
  issuedOn: sql.raw('n.issued_on'),
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
