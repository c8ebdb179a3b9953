import { sql } from 'drizzle-orm'
import { rowsOf } from '../../../shared/db/d1.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { columnsWhole, type LargeColumns } from '../../../shared/db/large-texts.ts'
import type { CreditNote, CreditNoteDocument } from '../documents/credit-note.ts'
import type { BillingDb } from '../db.ts'
import {
  ENTRY,
  insertCreditNotes,
  insertNotices,
  isDecision,
  ISSUANCE,
  type LedgerEntry,
  valuesOf,
} from './decision-store.ts'
import { nextNumber, raiseSeries } from './invoice-number-store.ts'
import { type FoundListing, listFound, type ListPlace, through } from '../documents/found-store.ts'
import type { CreditNoteFilter } from '../documents/filter.ts'
import { type Issuance, type Seller, seriesOf } from '../documents/seller.ts'
import { plain } from '../../../shared/handover/sql-names.ts'
import { creditNoteTerms, creditNotes, decisions, invoices } from '../schema.ts'

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
  const ours = isDecision(nr, decisionId)
  const { entry } = await transaction(db, {
    decided: db.run(plain`
      INSERT INTO ${decisions} (${decisions.nr}, ${decisions.decisionId}, ${decisions.kind}, ${decisions.invoiceId},
        ${decisions.orderNumber}, ${decisions.issuedNumber}, ${decisions.document}, ${decisions.orderRevision},
        ${decisions.orderFingerprint}, ${decisions.invoiceCreatedAt}, ${decisions.decidedAt}, ${decisions.decidedBy},
        ${decisions.reason}, ${decisions.replacementId}, ${ISSUANCE})
      SELECT ${nr}, ${decisionId}, 'credited', i.${invoices.id}, i.${invoices.orderNumber},
        ${nextNumber(`C${seriesOf(issuance)}`)},
        ${JSON.stringify(document)}, i.${invoices.orderRevision}, i.${invoices.orderFingerprint},
        i.${invoices.createdAt}, ${decidedAt}, ${decidedBy},
        ${document.reason}, ${replacementId}, ${valuesOf(issuance)}
      FROM ${invoices} i
      WHERE i.${invoices.id} = ${invoiceId} AND i.${invoices.state} = 'Approved'
        AND ${decision.seenCreditNotes} = (SELECT count(*) FROM ${creditNotes}
          WHERE ${creditNotes.invoiceId} = i.${invoices.id})
        AND (${replacementId} IS NULL OR NOT EXISTS (SELECT 1 FROM ${invoices} WHERE ${invoices.id} = ${replacementId}))
        AND ${nr} = 1 + (SELECT coalesce(max(${decisions.nr}), 0) FROM ${decisions})`),
    raised: db.run(raiseSeries(plain`SELECT ${decisions.issuedNumber} AS issued FROM ${decisions} WHERE ${ours}`)),
    made: insertCreditNotes(db, ours),
    noticed: insertNotices(db, ours),
    entry: db.select(ENTRY).from(decisions).where(ours),
  })
  return entry[0]
}

const CREDIT_NOTE: LargeColumns = {
  texts: { document: plain`n.${creditNotes.document}` },
  others: plain`
  n.${creditNotes.id}, n.${creditNotes.creditNoteNumber} AS creditNoteNumber, n.${creditNotes.createdAt} AS createdAt,
  n.${creditNotes.createdBy} AS createdBy,
  n.${creditNotes.replacementId} AS replacementId, n.${creditNotes.issuedOn} AS issuedOn, n.${creditNotes.seller},
  (SELECT ${decisions.witnessed} FROM ${decisions} WHERE ${decisions.nr} = n.${creditNotes.id}) AS witnessed`,
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
  const result = await db.run(plain`SELECT ${columnsWhole(CREDIT_NOTE)} FROM ${creditNotes} n
    WHERE n.${creditNotes.id} = ${id}`)
  return rowsOf<CreditNoteRow>(result).map(toStoredCreditNote)[0]
}

/** The credit notes of the invoice, the oldest first. */
export async function listStoredCreditNotesOf(db: BillingDb, invoiceId: number): Promise<StoredCreditNote[]> {
  const result = await db.run(plain`
    SELECT ${columnsWhole(CREDIT_NOTE)} FROM ${creditNotes} n WHERE n.${creditNotes.invoiceId} = ${invoiceId}
      ORDER BY n.${creditNotes.id}`)
  return rowsOf<CreditNoteRow>(result).map(toStoredCreditNote)
}

const CREDIT_NOTES: FoundListing = {
  table: plain`${creditNotes} n`,
  id: plain`n.${creditNotes.id}`,
  facts: CREDIT_NOTE,
  beside: sql.raw(''),
  terms: plain`${creditNoteTerms} t`,
  term: plain`t.${creditNoteTerms.term}`,
  termId: plain`t.${creditNoteTerms.creditNoteId}`,
  rowsShown: 3,
  searched: plain`n.${creditNotes.searched}`,
  numbers: [plain`n.${creditNotes.creditNoteNumber}`, plain`n.${creditNotes.document} ->> '$.invoiceNumber'`],
  amount: plain`n.${creditNotes.document} ->> '$.gross'`,
  currency: plain`n.${creditNotes.document} ->> '$.currency'`,
  issuedOn: plain`n.${creditNotes.issuedOn}`,
  issued: {
    index: sql.raw('INDEXED BY credit_notes_issued'),
    number: plain`n.${creditNotes.creditNoteNumber}`,
    dayOf: (id) => plain`(SELECT ${creditNotes.issuedOn} FROM ${creditNotes} WHERE ${creditNotes.id} = ${id})`,
    numberOf: (id) =>
      plain`(SELECT ${creditNotes.creditNoteNumber} FROM ${creditNotes} WHERE ${creditNotes.id} = ${id})`,
  },
  isOfOrder: (orderNumber) => plain`n.${creditNotes.invoiceId} IN (SELECT ${invoices.id} FROM ${invoices}
  WHERE ${invoices.orderNumber} = ${orderNumber})`,
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
