import { sql } from 'drizzle-orm'
import { rowsOf } from '../../../shared/db/d1.ts'
import { columnsWhole, type LargeColumns } from '../../../shared/db/large-texts.ts'
import type { CreditNote, CreditNoteDocument } from '../documents/credit-note.ts'
import type { BillingDb } from '../db.ts'
import { ENTRY, ISSUANCE, insertCreditNotes, type LedgerEntry, insertNotices, valuesOf } from './decision-store.ts'
import { nextNumber, raiseSeries } from './invoice-number-store.ts'
import { type FoundListing, listFound, type ListPlace, through } from '../documents/found-store.ts'
import type { CreditNoteFilter } from '../documents/filter.ts'
import { type Issuance, type Seller, seriesOf } from '../documents/seller.ts'

/** A credit note to issue. `seenCreditNotes` is how many the invoice had when it was made. */
export type CreditDecision = {
  kind: 'credited'
  decisionId: string
  invoiceId: number
  document: CreditNoteDocument
  seenCreditNotes: number
  replacementId: number | null
  issuance: Issuance
  decidedAt: string
  decidedBy: string
}

/**
 * Issues the credit note as decision `nr`, in one transaction: its number, the note, the invoice that replaces what was
 * credited, and the notice to ordering. Undefined, with nothing written, unless the invoice is approved, has just the
 * credit notes that were seen, and the last decision is `nr - 1`.
 */
export async function saveCreditNote(
  db: BillingDb,
  decision: CreditDecision,
  nr: number,
): Promise<LedgerEntry | undefined> {
  const { decisionId, invoiceId, document, issuance, replacementId, decidedAt, decidedBy } = decision
  const ours = sql`nr = ${nr} AND EXISTS (SELECT 1 FROM decisions WHERE nr = ${nr} AND decision_id = ${decisionId})`
  const results: D1Result[] = await db.batch([
    db.run(sql`
      INSERT INTO decisions (nr, decision_id, kind, invoice_id, order_number, issued_number, document, order_revision,
        order_fingerprint, invoice_created_at, decided_at, decided_by, reason, replacement_id, ${ISSUANCE})
      SELECT ${nr}, ${decisionId}, 'credited', i.id, i.order_number, ${nextNumber(`C${seriesOf(issuance)}`)},
        ${JSON.stringify(document)}, i.order_revision, i.order_fingerprint, i.created_at, ${decidedAt}, ${decidedBy},
        ${document.reason}, ${replacementId}, ${valuesOf(issuance)}
      FROM invoices i
      WHERE i.id = ${invoiceId} AND i.state = 'Approved'
        AND ${decision.seenCreditNotes} = (SELECT count(*) FROM credit_notes WHERE invoice_id = i.id)
        AND (${replacementId} IS NULL OR NOT EXISTS (SELECT 1 FROM invoices WHERE id = ${replacementId}))
        AND ${nr} = 1 + (SELECT coalesce(max(nr), 0) FROM decisions)`),
    db.run(raiseSeries(sql`SELECT issued_number AS issued FROM decisions WHERE ${ours}`)),
    ...insertCreditNotes(db, ours),
    insertNotices(db, ours),
    db.run(sql`SELECT ${ENTRY} FROM decisions WHERE ${ours}`),
  ])
  const selected = results.at(-1)
  return selected && rowsOf<LedgerEntry>(selected)[0]
}

const CREDIT_NOTE: LargeColumns = {
  texts: { document: 'n.document' },
  others: `
  n.id, n.credit_note_number AS creditNoteNumber, n.created_at AS createdAt, n.created_by AS createdBy,
  n.replacement_id AS replacementId, n.issued_on AS issuedOn, n.seller, (SELECT witnessed FROM decisions WHERE nr = n.id) AS witnessed`,
}
type CreditNoteRow = Pick<
  CreditNote,
  'id' | 'creditNoteNumber' | 'createdAt' | 'createdBy' | 'replacementId' | 'issuedOn'
> & {
  document: string
  seller: string
  witnessed: 0 | 1
}

/** A credit note as stored. Nobody may see it before it stands in the ledger (`witnessed`). */
export type StoredCreditNote = { creditNote: CreditNote; witnessed: boolean }

function toStoredCreditNote({ document, seller, witnessed, ...row }: CreditNoteRow): StoredCreditNote {
  const said = JSON.parse(document) as CreditNoteDocument
  return { creditNote: { ...said, ...row, seller: JSON.parse(seller) as Seller }, witnessed: witnessed === 1 }
}

/** The credit note; undefined if there is none. */
export async function findStoredCreditNote(db: BillingDb, id: number): Promise<StoredCreditNote | undefined> {
  const result = await db.run(sql`SELECT ${columnsWhole(CREDIT_NOTE)} FROM credit_notes n WHERE n.id = ${id}`)
  return rowsOf<CreditNoteRow>(result).map(toStoredCreditNote)[0]
}

/** The credit notes of the invoice, the oldest first. */
export async function listStoredCreditNotesOf(db: BillingDb, invoiceId: number): Promise<StoredCreditNote[]> {
  const result = await db.run(sql`
    SELECT ${columnsWhole(CREDIT_NOTE)} FROM credit_notes n WHERE n.invoice_id = ${invoiceId} ORDER BY n.id`)
  return rowsOf<CreditNoteRow>(result).map(toStoredCreditNote)
}

const CREDIT_NOTES: FoundListing = {
  table: sql.raw('credit_notes n'),
  id: sql.raw('n.id'),
  facts: CREDIT_NOTE,
  beside: sql.raw(''),
  terms: sql.raw('credit_note_terms t'),
  termId: sql.raw('t.credit_note_id'),
  rowsShown: 3,
  searched: sql.raw('n.searched'),
  numbers: [sql.raw('n.credit_note_number'), sql.raw(`n.document ->> '$.invoiceNumber'`)],
  amount: sql.raw(`n.document ->> '$.gross'`),
  currency: sql.raw(`n.document ->> '$.currency'`),
  issuedOn: sql.raw('n.issued_on'),
  issued: {
    index: sql.raw('INDEXED BY credit_notes_issued'),
    number: sql.raw('n.credit_note_number'),
    dayOf: (id) => sql`(SELECT issued_on FROM credit_notes WHERE id = ${id})`,
    numberOf: (id) => sql`(SELECT credit_note_number FROM credit_notes WHERE id = ${id})`,
  },
  isOfOrder: (orderNumber) => sql`n.invoice_id IN (SELECT id FROM invoices WHERE order_number = ${orderNumber})`,
}

/** A page of credit notes, the newest first; `next` is null at the end. */
export async function listStoredCreditNotes(
  db: BillingDb,
  filter: CreditNoteFilter,
  place: ListPlace,
): Promise<{ creditNotes: StoredCreditNote[]; next: number | null }> {
  const narrowing = { few: undefined, conditions: [], usual: through('NOT INDEXED', sql.raw('1')) }
  const { rows, next } = await listFound<CreditNoteRow>(db, CREDIT_NOTES, filter, narrowing, place)
  return { creditNotes: rows.map(toStoredCreditNote), next }
}
