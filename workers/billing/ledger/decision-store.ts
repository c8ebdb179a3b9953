import { sql, type SQL } from 'drizzle-orm'
import type { PublishedOrder } from '../../../shared/contract/order.ts'
import { cutByBytes, MOST_VALUE_BYTES } from '../../../shared/db/byte-limits.ts'
import { rowsOf } from '../../../shared/db/d1.ts'
import { elementsOf } from '../../../shared/db/json-elements.ts'
import type { BillingDb } from '../db.ts'
import { REPLACEMENT_STEP } from '../documents/invoice.ts'
import { updateOpenInvoices } from '../documents/open-invoice-store.ts'
import { searchedIn } from '../copies/searched-text.ts'
import { type Issuance, seriesOf } from '../documents/seller.ts'
import { nextNumber, raiseSeries } from './invoice-number-store.ts'

/**
 * An approval, a rejection or a credit note as it was issued; D1 and the ledger object keep the same. `document` is the
 * order that was decided on, or the credit note, as JSON. `replacementId` is the invoice that a credit note made way for.
 * An invoice that is reissued after it was credited is `credited`, too, without a number: its document is the order.
 */
export type LedgerEntry = {
  /** 1, 2, 3 …: without gaps over all invoices. */
  nr: number
  decisionId: string
  kind: 'approved' | 'rejected' | 'credited'
  invoiceId: number
  orderNumber: number
  /** The invoice's or the credit note's; null for a rejection, and where nothing more is credited. */
  issuedNumber: string | null
  document: string
  orderRevision: number
  orderFingerprint: number
  invoiceCreatedAt: string
  decidedAt: string
  decidedBy: string
  reason: string | null
  replacementId: number | null
  /** Days; null where nothing was issued, and `dueOn` for a credit note. */
  issuedOn: string | null
  dueOn: string | null
  /** The business's when it was issued; null where nothing was. */
  timeZone: string | null
  /** As JSON, who sells as the document says it; null where nothing was issued. */
  seller: string | null
  /** Of what an approved invoice took from its order; null for any other decision, and once it was erased. */
  contentDigest: string | null
}

/** What somebody decided about an invoice, seeing its order's copy with `copyFingerprint`. */
export type Decision = {
  decisionId: string
  invoiceId: number
  copyFingerprint: number
  decidedAt: string
  decidedBy: string
} & ({ kind: 'approved'; issuance: Issuance; contentDigest: string } | { kind: 'rejected'; reason: string })

/** The columns of a decision, as LedgerEntry. */
export const ENTRY = sql.raw(`
  nr, decision_id AS decisionId, kind, invoice_id AS invoiceId, order_number AS orderNumber,
  issued_number AS issuedNumber, document, order_revision AS orderRevision, order_fingerprint AS orderFingerprint,
  invoice_created_at AS invoiceCreatedAt, decided_at AS decidedAt, decided_by AS decidedBy, reason,
  replacement_id AS replacementId, issued_on AS issuedOn, due_on AS dueOn, time_zone AS timeZone, seller,
  content_digest AS contentDigest`)

/**
 * Decides as number `nr`, in one transaction: the decision, the invoice's number where it is approved, the invoice, and
 * the notice to ordering. Undefined, with nothing written, unless the invoice waits, its order's copy is what was seen
 * and in order, and the last decision is `nr - 1`.
 */
export async function saveDecision(db: BillingDb, decision: Decision, nr: number): Promise<LedgerEntry | undefined> {
  const { decisionId, invoiceId, kind, copyFingerprint, decidedAt, decidedBy } = decision
  const ours = sql`EXISTS (SELECT 1 FROM decisions WHERE nr = ${nr} AND decision_id = ${decisionId})`
  const issuance = decision.kind === 'approved' ? decision.issuance : null
  const issuedNumber = issuance === null ? sql`NULL` : nextNumber(seriesOf(issuance))
  const reason = decision.kind === 'rejected' ? decision.reason : null
  const [, , , , selected] = await db.batch([
    db.run(sql`
      INSERT INTO decisions (nr, decision_id, kind, invoice_id, order_number, issued_number, document, order_revision,
        order_fingerprint, invoice_created_at, decided_at, decided_by, reason, ${ISSUANCE}, content_digest)
      SELECT ${nr}, ${decisionId}, ${kind}, i.id, i.order_number, ${issuedNumber}, o.record, o.revision,
        o.fingerprint, i.created_at, ${decidedAt}, ${decidedBy}, ${reason}, ${valuesOf(issuance)},
        ${decision.kind === 'approved' ? decision.contentDigest : null}
      FROM invoices i JOIN orders o ON o.number = i.order_number
      WHERE i.id = ${invoiceId} AND i.state = 'ToApprove' AND o.fingerprint = ${copyFingerprint} AND o.deleted = 0
        AND o.orphaned = 0
        AND NOT EXISTS (SELECT 1 FROM quarantine WHERE number = i.order_number AND closed_at IS NULL)
        AND NOT EXISTS (SELECT 1 FROM unreplayed WHERE invoice_id = i.id)
        AND ${nr} = 1 + (SELECT coalesce(max(nr), 0) FROM decisions)`),
    db.run(raiseSeries(sql`SELECT issued_number AS issued FROM decisions WHERE nr = ${nr} AND ${ours}`)),
    db.run(sql`${DECIDE_INVOICES} FROM decisions d WHERE d.nr = ${nr} AND ${ours} AND invoices.id = d.invoice_id`),
    insertNotices(db, sql`nr = ${nr} AND ${ours}`),
    db.run(sql`SELECT ${ENTRY} FROM decisions WHERE nr = ${nr} AND ${ours}`),
  ])
  return rowsOf<LedgerEntry>(selected)[0]
}

/** The columns of what a document says by configuration, for `valuesOf`. */
export const ISSUANCE = sql.raw('issued_on, due_on, time_zone, seller')

/** The values of these columns; null where nothing is issued. */
export function valuesOf(issuance: Issuance | null): SQL {
  if (issuance === null) return sql`NULL, NULL, NULL, NULL`
  const { issuedOn, dueOn, timeZone, seller } = issuance
  return sql`${issuedOn}, ${dueOn}, ${timeZone}, ${JSON.stringify(seller)}`
}

const DECIDE_INVOICES = sql.raw(`
  UPDATE invoices SET state = iif(d.kind = 'approved', 'Approved', 'Rejected'), invoice_number = d.issued_number,
    document = d.document, order_revision = d.order_revision, order_fingerprint = d.order_fingerprint,
    decided_at = d.decided_at, decided_by = d.decided_by, reason = d.reason, decision = d.nr, issued_on = d.issued_on,
    due_on = d.due_on, seller = d.seller, created_at = d.invoice_created_at`)

/** Whether a decision reissues an invoice and issues no number: ordering is notified of the new invoice's approval. */
export const IS_REISSUE = sql.raw(`(kind = 'credited' AND issued_number IS NULL)`)

/** The statement that puts the notices of these decisions into the outbox. */
export function insertNotices(db: BillingDb, which: SQL) {
  return db.run(sql`
    INSERT INTO outbox (subject, version, order_number, notice)
    SELECT iif(kind = 'credited', 'credit-note:' || nr, 'invoice:' || invoice_id), nr, order_number, CASE kind
      WHEN 'approved' THEN json_object('kind', kind, 'invoiceId', invoice_id, 'invoiceNumber', issued_number,
        'orderRevision', order_revision, 'contentDigest', content_digest, 'at', decided_at, 'by', decided_by)
      WHEN 'rejected' THEN json_object('kind', kind, 'invoiceId', invoice_id, 'reason', reason,
        'orderRevision', order_revision, 'at', decided_at, 'by', decided_by)
      ELSE json_object('kind', kind, 'invoiceId', invoice_id, 'creditNoteNumber', issued_number,
        'reason', reason, 'at', decided_at, 'by', decided_by) END
    FROM decisions WHERE ${which} AND NOT ${IS_REISSUE}
    ON CONFLICT (subject) DO UPDATE SET version = excluded.version, notice = excluded.notice, pending = 1
      WHERE excluded.version > version`)
}

/** The statements that make the credit notes of these decisions, and the invoices that replace what was credited. */
export function insertCreditNotes(db: BillingDb, which: SQL) {
  return [
    db.run(sql`
      INSERT INTO credit_notes (id, invoice_id, credit_note_number, document, searched, created_at, created_by, reason,
        replacement_id, issued_on, seller)
      SELECT nr, invoice_id, issued_number, document, (SELECT searched FROM invoices WHERE id = d.invoice_id), decided_at,
        decided_by, reason, replacement_id, issued_on, seller
      FROM decisions d WHERE kind = 'credited' AND issued_number IS NOT NULL AND ${which}
        AND NOT EXISTS (SELECT 1 FROM credit_notes WHERE id = d.nr)`),
    insertReplacements(db, which),
  ]
}

/** The statement that makes the invoices which these decisions replace others by. */
export function insertReplacements(db: BillingDb, which: SQL) {
  return db.run(sql`
    INSERT INTO invoices (id, order_number, replaces, created_at)
    SELECT replacement_id, order_number, invoice_id, decided_at FROM decisions d
    WHERE replacement_id IS NOT NULL AND ${which} AND NOT EXISTS (SELECT 1 FROM invoices WHERE id = d.replacement_id)`)
}

/** The decisions after number `after`, the oldest first: at most `limit`, and fewer of large orders. */
export async function listDecisions(db: BillingDb, after: number, limit: number): Promise<LedgerEntry[]> {
  const weighed = await db.run(sql`
    SELECT nr, octet_length(document) AS bytes FROM decisions WHERE nr > ${after} ORDER BY nr LIMIT ${limit}`)
  const rows = rowsOf<{ nr: number; bytes: number }>(weighed)
  const [taken] = cutByBytes(rows, MOST_VALUE_BYTES, ({ bytes }) => bytes)
  if (taken === undefined) return []
  return rowsOf<LedgerEntry>(
    await db.run(sql`SELECT ${ENTRY} FROM decisions WHERE nr > ${after} AND nr <= ${taken.at(-1)?.nr} ORDER BY nr`),
  )
}

/** The number of the last decision that D1 has, 0 before the first; and how many are to be replayed, in the pull's row. */
export const LAST_DECISION = sql.raw('(SELECT coalesce(max(nr), 0) FROM decisions)')
export const UNREPLAYED = sql.raw('unreplayed')

/** The number of the last decision that D1 has; 0 before the first. */
export async function findLastDecision(db: BillingDb): Promise<number> {
  const result = await db.run(sql`SELECT ${LAST_DECISION} AS last`)
  return rowsOf<{ last: number }>(result)[0]?.last ?? 0
}

/** Marks the decisions up to `nr` as standing in the ledger: from now on anybody may see them. */
export async function markWitnessed(db: BillingDb, nr: number): Promise<void> {
  await witnessStatement(db, nr)
}

/** The statement for it. What is not marked stands behind all that is: it looks back from `nr` to the first that is. */
function witnessStatement(db: BillingDb, nr: number) {
  return db.run(sql`
    UPDATE decisions SET witnessed = 1 WHERE nr <= ${nr} AND nr > coalesce(
      (SELECT nr FROM decisions WHERE nr <= ${nr} AND witnessed = 1 ORDER BY nr DESC LIMIT 1), 0)`)
}

/** What an entry's invoice is found by. */
function foundBy({ nr, kind, invoiceId, document }: LedgerEntry) {
  const order = JSON.parse(document) as PublishedOrder
  const found =
    kind === 'credited' ? {} : { searched: searchedIn(order), currency: order.currency, gross: order.totals.gross }
  return { nr, kind, invoiceId, ...found }
}

/**
 * Replays entries of the ledger, in a row by number, in a database that was restored to before them: each invoice as it
 * was issued, under its own number, made again where even the invoice was not there yet. An entry that was set aside
 * before is set aside no longer. No decision is inserted unless the first follows the last that the database has.
 */
export async function replayEntries(db: BillingDb, entries: readonly LedgerEntry[]): Promise<void> {
  const [first] = entries
  if (first === undefined) return
  const orderNumbers = entries.map(({ orderNumber }) => orderNumber)
  const replayed = sql`nr BETWEEN ${first.nr} AND ${entries.at(-1)?.nr}`
  // A rejection may be followed by an approval of the same invoice: the last one counts.
  const last = sql`SELECT max(nr) FROM decisions WHERE ${replayed} AND kind <> 'credited' GROUP BY invoice_id`
  await db.batch([
    // The database may have been put back to between a decision and its mark; behind a marked one it would not be looked for.
    witnessStatement(db, first.nr - 1),
    ...insertEntries(db, first, entries),
    db.run(sql`DELETE FROM unreplayed WHERE ${replayed}`),
    db.run(sql`
      INSERT INTO invoices (id, order_number, replaces, created_at)
      SELECT d.invoice_id, d.order_number, max(0, d.invoice_id - ${REPLACEMENT_STEP}), d.invoice_created_at FROM decisions d
      WHERE d.nr IN (${last}) AND NOT EXISTS (SELECT 1 FROM invoices WHERE id = d.invoice_id)`),
    // What was decided on says what it is found by, and the order's copy only where the invoice follows that.
    db.run(sql`
      UPDATE invoices SET searched = d.value ->> 'searched', currency = d.value ->> 'currency',
        gross = d.value ->> 'gross'
      FROM ${elementsOf(entries.map(foundBy))} d
      WHERE d.value ->> 'nr' IN (${last}) AND invoices.id = d.value ->> 'invoiceId' AND invoices.state <> 'Approved'
        AND (d.value ->> 'kind' = 'approved' OR NOT EXISTS (SELECT 1 FROM orders WHERE number = invoices.order_number))`),
    db.run(sql`
      ${DECIDE_INVOICES} FROM decisions d
      WHERE d.nr IN (${last}) AND invoices.id = d.invoice_id AND invoices.state <> 'Approved'`),
    ...insertCreditNotes(db, replayed),
    insertNotices(db, replayed),
    // What was rejected may have been corrected, or deleted, in a copy that is newer than the rejection.
    updateOpenInvoices(db, orderNumbers, sql`o.revision > invoices.order_revision`),
  ])
}

/** The statements that insert decisions as the ledger has them, and raise the series to their numbers. */
function insertEntries(db: BillingDb, first: LedgerEntry, entries: readonly LedgerEntry[]) {
  return [
    db.run(sql`
      INSERT INTO decisions (nr, decision_id, kind, invoice_id, order_number, issued_number, document,
        order_revision, order_fingerprint, invoice_created_at, decided_at, decided_by, reason, replacement_id, ${ISSUANCE},
        content_digest, witnessed)
      SELECT value ->> 'nr', value ->> 'decisionId', value ->> 'kind', value ->> 'invoiceId', value ->> 'orderNumber',
        value ->> 'issuedNumber', value ->> 'document', value ->> 'orderRevision',
        value ->> 'orderFingerprint', value ->> 'invoiceCreatedAt', value ->> 'decidedAt', value ->> 'decidedBy',
        value ->> 'reason', value ->> 'replacementId', value ->> 'issuedOn', value ->> 'dueOn', value ->> 'timeZone',
        value ->> 'seller', value ->> 'contentDigest', 1
      FROM ${elementsOf(entries)}
      WHERE ${first.nr} = 1 + (SELECT coalesce(max(nr), 0) FROM decisions)`),
    db.run(
      raiseSeries(sql`
        SELECT issued_number AS issued FROM decisions WHERE nr BETWEEN ${first.nr} AND ${entries.at(-1)?.nr}`),
    ),
  ]
}

/**
 * Sets aside an entry that the database refuses to replay: the decision and its number are kept, so that neither is
 * given again, and its invoice is left as it is, not to be approved, until the entry can be replayed.
 */
export async function setEntryAside(db: BillingDb, entry: LedgerEntry, error: string, now: string): Promise<void> {
  await db.batch([
    witnessStatement(db, entry.nr - 1),
    ...insertEntries(db, entry, [entry]),
    db.run(sql`
      INSERT INTO unreplayed (nr, invoice_id, error, since) SELECT nr, invoice_id, ${error}, ${now} FROM decisions
      WHERE nr = ${entry.nr} ON CONFLICT (nr) DO UPDATE SET error = excluded.error`),
  ])
}

/** The numbers of the decisions that are set aside, at most `limit`, the oldest first. */
export async function listSetAside(db: BillingDb, limit: number): Promise<number[]> {
  const result = await db.run(sql`SELECT nr FROM unreplayed ORDER BY nr LIMIT ${limit}`)
  return rowsOf<{ nr: number }>(result).map(({ nr }) => nr)
}
