import { and, getTableColumns, gt, lte, sql, type SQL } from 'drizzle-orm'
import type { PublishedOrder } from '../../../shared/contract/order.ts'
import { cutByBytes, MOST_VALUE_BYTES } from '../../../shared/db/byte-limits.ts'
import { rowsOf } from '../../../shared/db/d1.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { elementsOf } from '../../../shared/db/json-elements.ts'
import type { BillingDb } from '../db.ts'
import { REPLACEMENT_STEP } from '../documents/invoice.ts'
import { updateOpenInvoices } from '../documents/open-invoice-store.ts'
import { searchedIn } from '../copies/searched-text.ts'
import { type Issuance, seriesOf } from '../documents/seller.ts'
import { nextNumber, raiseSeries } from './invoice-number-store.ts'
import { namesOf, plain, sqlName } from '../../../shared/handover/sql-names.ts'
import { creditNotes, decisions, invoices, orderPull, orders, outbox, quarantine, unreplayed } from '../schema.ts'

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

const { witnessed: _, ...columns } = getTableColumns(decisions)
/** The columns of a decision, as LedgerEntry. */
export const ENTRY = columns

/** The condition that a decision is the one that was to be number `nr`, and not another that came before it. */
export function isDecision(nr: number, decisionId: string): SQL {
  return plain`${decisions.nr} = ${nr} AND ${decisions.decisionId} = ${decisionId}`
}

/**
 * Decides as number `nr`, in one transaction: the decision, the invoice's number where it is approved, the invoice, and
 * the notice to ordering. Undefined, with nothing written, unless the invoice waits, its order's copy is what was seen
 * and in order, and the last decision is `nr - 1`.
 */
export async function saveDecision(db: BillingDb, decision: Decision, nr: number): Promise<LedgerEntry | undefined> {
  const { decisionId, invoiceId, kind, copyFingerprint, decidedAt, decidedBy } = decision
  const ours = isDecision(nr, decisionId)
  const issuance = decision.kind === 'approved' ? decision.issuance : null
  const issuedNumber = issuance === null ? sql`NULL` : nextNumber(seriesOf(issuance))
  const reason = decision.kind === 'rejected' ? decision.reason : null
  const { entry } = await transaction(db, {
    decided: db.run(plain`
      INSERT INTO ${decisions} (${decisions.nr}, ${decisions.decisionId}, ${decisions.kind}, ${decisions.invoiceId},
        ${decisions.orderNumber}, ${decisions.issuedNumber}, ${decisions.document}, ${decisions.orderRevision},
        ${decisions.orderFingerprint}, ${decisions.invoiceCreatedAt}, ${decisions.decidedAt}, ${decisions.decidedBy},
        ${decisions.reason}, ${ISSUANCE}, ${decisions.contentDigest})
      SELECT ${nr}, ${decisionId}, ${kind}, i.${invoices.id}, i.${invoices.orderNumber}, ${issuedNumber},
        o.${orders.record}, o.${orders.revision},
        o.${orders.fingerprint}, i.${invoices.createdAt}, ${decidedAt}, ${decidedBy}, ${reason}, ${valuesOf(issuance)},
        ${decision.kind === 'approved' ? decision.contentDigest : null}
      FROM ${invoices} i JOIN ${orders} o ON o.${orders.key} = i.${invoices.orderNumber}
      WHERE i.${invoices.id} = ${invoiceId} AND i.${invoices.state} = 'ToApprove'
        AND o.${orders.fingerprint} = ${copyFingerprint} AND o.${orders.deleted} = 0
        AND o.${orders.orphaned} = 0
        AND NOT EXISTS (SELECT 1 FROM ${quarantine} WHERE ${quarantine.key} = i.${invoices.orderNumber}
          AND ${quarantine.closedAt} IS NULL)
        AND NOT EXISTS (SELECT 1 FROM ${unreplayed} WHERE ${unreplayed.invoiceId} = i.${invoices.id})
        AND ${nr} = 1 + (SELECT coalesce(max(${decisions.nr}), 0) FROM ${decisions})`),
    raised: db.run(raiseSeries(plain`SELECT ${decisions.issuedNumber} AS issued FROM ${decisions} WHERE ${ours}`)),
    invoiced: db.run(plain`${DECIDE_INVOICES} FROM ${decisions} d WHERE ${ours}
      AND ${invoices}.${invoices.id} = d.${decisions.invoiceId}`),
    noticed: insertNotices(db, ours),
    entry: db.select(ENTRY).from(decisions).where(ours),
  })
  return entry[0]
}

/** The columns of what a document says by configuration, for `valuesOf`. */
export const ISSUANCE = namesOf(decisions, 'issuedOn', 'dueOn', 'timeZone', 'seller')

/** The values of these columns; null where nothing is issued. */
export function valuesOf(issuance: Issuance | null): SQL {
  if (issuance === null) return sql`NULL, NULL, NULL, NULL`
  const { issuedOn, dueOn, timeZone, seller } = issuance
  return sql`${issuedOn}, ${dueOn}, ${timeZone}, ${JSON.stringify(seller)}`
}

const DECIDE_INVOICES = plain`
  UPDATE ${invoices} SET ${invoices.state} = iif(d.${decisions.kind} = 'approved', 'Approved', 'Rejected'),
    ${invoices.invoiceNumber} = d.${decisions.issuedNumber}, ${invoices.document} = d.${decisions.document},
    ${invoices.orderRevision} = d.${decisions.orderRevision},
    ${invoices.orderFingerprint} = d.${decisions.orderFingerprint},
    ${invoices.decidedAt} = d.${decisions.decidedAt}, ${invoices.decidedBy} = d.${decisions.decidedBy},
    ${invoices.reason} = d.${decisions.reason}, ${invoices.decision} = d.${decisions.nr},
    ${invoices.issuedOn} = d.${decisions.issuedOn}, ${invoices.dueOn} = d.${decisions.dueOn},
    ${invoices.seller} = d.${decisions.seller},
    ${invoices.createdAt} = d.${decisions.invoiceCreatedAt}`

/** Whether a decision reissues an invoice and issues no number: ordering is notified of the new invoice's approval. */
export const IS_REISSUE = plain`(${decisions.kind} = 'credited' AND ${decisions.issuedNumber} IS NULL)`

/** The statement that puts the notices of these decisions into the outbox. */
export function insertNotices(db: BillingDb, which: SQL) {
  return db.run(plain`
    INSERT INTO ${outbox} (${namesOf(outbox, 'subject', 'version', 'key', 'notice')})
    SELECT iif(${decisions.kind} = 'credited', 'credit-note:' || ${decisions.nr}, 'invoice:' || ${decisions.invoiceId}),
      ${decisions.nr}, ${decisions.orderNumber}, CASE ${decisions.kind}
      WHEN 'approved' THEN json_object('kind', ${decisions.kind}, 'invoiceId', ${decisions.invoiceId},
        'invoiceNumber', ${decisions.issuedNumber}, 'orderRevision', ${decisions.orderRevision},
        'contentDigest', ${decisions.contentDigest}, 'at', ${decisions.decidedAt}, 'by', ${decisions.decidedBy})
      WHEN 'rejected' THEN json_object('kind', ${decisions.kind}, 'invoiceId', ${decisions.invoiceId},
        'reason', ${decisions.reason}, 'orderRevision', ${decisions.orderRevision},
        'at', ${decisions.decidedAt}, 'by', ${decisions.decidedBy})
      ELSE json_object('kind', ${decisions.kind}, 'invoiceId', ${decisions.invoiceId},
        'creditNoteNumber', ${decisions.issuedNumber}, 'reason', ${decisions.reason},
        'at', ${decisions.decidedAt}, 'by', ${decisions.decidedBy}) END
    FROM ${decisions} WHERE ${which} AND NOT ${IS_REISSUE}
    ON CONFLICT (${outbox.subject}) DO UPDATE SET ${outbox.version} = excluded.${outbox.version},
      ${outbox.notice} = excluded.${outbox.notice}, ${outbox.pending} = 1
      WHERE excluded.${outbox.version} > ${outbox.version}`)
}

/** The statements that make the credit notes of these decisions, and the invoices that replace what was credited. */
export function insertCreditNotes(db: BillingDb, which: SQL) {
  return [
    db.run(plain`
      INSERT INTO ${creditNotes} (${creditNotes.id}, ${creditNotes.invoiceId}, ${creditNotes.creditNoteNumber},
        ${creditNotes.document}, ${creditNotes.searched}, ${creditNotes.createdAt}, ${creditNotes.createdBy},
        ${creditNotes.reason},
        ${creditNotes.replacementId}, ${creditNotes.issuedOn}, ${creditNotes.seller})
      SELECT ${decisions.nr}, ${decisions.invoiceId}, ${decisions.issuedNumber}, ${decisions.document},
        (SELECT ${invoices.searched} FROM ${invoices} WHERE ${invoices.id} = d.${decisions.invoiceId}),
        ${decisions.decidedAt},
        ${decisions.decidedBy}, ${decisions.reason}, ${decisions.replacementId}, ${decisions.issuedOn},
        ${decisions.seller}
      FROM ${decisions} d WHERE ${decisions.kind} = 'credited' AND ${decisions.issuedNumber} IS NOT NULL AND ${which}
        AND NOT EXISTS (SELECT 1 FROM ${creditNotes} WHERE ${creditNotes.id} = d.${decisions.nr})`),
    insertReplacements(db, which),
  ]
}

/** The statement that makes the invoices which these decisions replace others by. */
export function insertReplacements(db: BillingDb, which: SQL) {
  return db.run(plain`
    INSERT INTO ${invoices} (${namesOf(invoices, 'id', 'orderNumber', 'replaces', 'createdAt')})
    SELECT ${decisions.replacementId}, ${decisions.orderNumber}, ${decisions.invoiceId}, ${decisions.decidedAt}
      FROM ${decisions} d
    WHERE ${decisions.replacementId} IS NOT NULL AND ${which}
      AND NOT EXISTS (SELECT 1 FROM ${invoices} WHERE ${invoices.id} = d.${decisions.replacementId})`)
}

/** The decisions after number `after`, the oldest first: at most `limit`, and fewer of large orders. */
export async function listDecisions(db: BillingDb, after: number, limit: number): Promise<LedgerEntry[]> {
  const weighed = await db.run(plain`
    SELECT ${decisions.nr}, octet_length(${decisions.document}) AS bytes FROM ${decisions}
      WHERE ${decisions.nr} > ${after} ORDER BY ${decisions.nr} LIMIT ${limit}`)
  const rows = rowsOf<{ nr: number; bytes: number }>(weighed)
  const [taken] = cutByBytes(rows, MOST_VALUE_BYTES, ({ bytes }) => bytes)
  if (taken === undefined) return []
  const isTaken = and(gt(decisions.nr, after), lte(decisions.nr, taken.at(-1)?.nr ?? after))
  return db.select(ENTRY).from(decisions).where(isTaken).orderBy(decisions.nr)
}

/** The number of the last decision that D1 has, 0 before the first; and how many are to be replayed, in the pull's row. */
export const LAST_DECISION = plain`(SELECT coalesce(max(${decisions.nr}), 0) FROM ${decisions})`
export const UNREPLAYED = sqlName(orderPull.unreplayed)

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
  return db.run(plain`
    UPDATE ${decisions} SET ${decisions.witnessed} = 1 WHERE ${decisions.nr} <= ${nr} AND ${decisions.nr} > coalesce(
      (SELECT ${decisions.nr} FROM ${decisions} WHERE ${decisions.nr} <= ${nr} AND ${decisions.witnessed} = 1
      ORDER BY ${decisions.nr} DESC LIMIT 1), 0)`)
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
  const replayed = plain`${decisions.nr} BETWEEN ${first.nr} AND ${entries.at(-1)?.nr}`
  // A rejection may be followed by an approval of the same invoice: the last one counts.
  const last = plain`SELECT max(${decisions.nr}) FROM ${decisions} WHERE ${replayed}
    AND ${decisions.kind} <> 'credited' GROUP BY ${decisions.invoiceId}`
  await db.batch([
    // The database may have been put back to between a decision and its mark; behind a marked one it would not be looked for.
    witnessStatement(db, first.nr - 1),
    ...insertEntries(db, first, entries),
    db.delete(unreplayed).where(replayed),
    db.run(plain`
      INSERT INTO ${invoices} (${namesOf(invoices, 'id', 'orderNumber', 'replaces', 'createdAt')})
      SELECT d.${decisions.invoiceId}, d.${decisions.orderNumber},
        max(0, d.${decisions.invoiceId} - ${REPLACEMENT_STEP}), d.${decisions.invoiceCreatedAt} FROM ${decisions} d
      WHERE d.${decisions.nr} IN (${last}) AND NOT EXISTS (SELECT 1 FROM ${invoices}
        WHERE ${invoices.id} = d.${decisions.invoiceId})`),
    // What was decided on says what it is found by, and the order's copy only where the invoice follows that.
    db.run(plain`
      UPDATE ${invoices} SET ${invoices.searched} = d.value ->> 'searched', ${invoices.currency} = d.value ->> 'currency',
        ${invoices.gross} = d.value ->> 'gross'
      FROM ${elementsOf(entries.map(foundBy))} d
      WHERE d.value ->> 'nr' IN (${last}) AND ${invoices}.${invoices.id} = d.value ->> 'invoiceId'
        AND ${invoices}.${invoices.state} <> 'Approved'
        AND (d.value ->> 'kind' = 'approved' OR NOT EXISTS (SELECT 1 FROM ${orders}
          WHERE ${orders.key} = ${invoices}.${invoices.orderNumber}))`),
    db.run(plain`
      ${DECIDE_INVOICES} FROM ${decisions} d
      WHERE d.${decisions.nr} IN (${last}) AND ${invoices}.${invoices.id} = d.${decisions.invoiceId}
        AND ${invoices}.${invoices.state} <> 'Approved'`),
    ...insertCreditNotes(db, replayed),
    insertNotices(db, replayed),
    // What was rejected may have been corrected, or deleted, in a copy that is newer than the rejection.
    updateOpenInvoices(db, orderNumbers, plain`o.${orders.revision} > ${invoices}.${invoices.orderRevision}`),
  ])
}

/** The statements that insert decisions as the ledger has them, and raise the series to their numbers. */
function insertEntries(db: BillingDb, first: LedgerEntry, entries: readonly LedgerEntry[]) {
  return [
    db.run(plain`
      INSERT INTO ${decisions} (${decisions.nr}, ${decisions.decisionId}, ${decisions.kind}, ${decisions.invoiceId},
        ${decisions.orderNumber}, ${decisions.issuedNumber}, ${decisions.document},
        ${decisions.orderRevision}, ${decisions.orderFingerprint}, ${decisions.invoiceCreatedAt}, ${decisions.decidedAt},
        ${decisions.decidedBy}, ${decisions.reason}, ${decisions.replacementId}, ${ISSUANCE},
        ${decisions.contentDigest}, ${decisions.witnessed})
      SELECT value ->> 'nr', value ->> 'decisionId', value ->> 'kind', value ->> 'invoiceId', value ->> 'orderNumber',
        value ->> 'issuedNumber', value ->> 'document', value ->> 'orderRevision',
        value ->> 'orderFingerprint', value ->> 'invoiceCreatedAt', value ->> 'decidedAt', value ->> 'decidedBy',
        value ->> 'reason', value ->> 'replacementId', value ->> 'issuedOn', value ->> 'dueOn', value ->> 'timeZone',
        value ->> 'seller', value ->> 'contentDigest', 1
      FROM ${elementsOf(entries)}
      WHERE ${first.nr} = 1 + (SELECT coalesce(max(${decisions.nr}), 0) FROM ${decisions})`),
    db.run(
      raiseSeries(plain`
        SELECT ${decisions.issuedNumber} AS issued FROM ${decisions} WHERE ${decisions.nr} BETWEEN ${first.nr}
          AND ${entries.at(-1)?.nr}`),
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
    db.run(plain`
      INSERT INTO ${unreplayed} (${namesOf(unreplayed, 'nr', 'invoiceId', 'error', 'since')}) SELECT ${decisions.nr},
        ${decisions.invoiceId}, ${error}, ${now} FROM ${decisions}
      WHERE ${decisions.nr} = ${entry.nr} ON CONFLICT (${unreplayed.nr})
        DO UPDATE SET ${unreplayed.error} = excluded.${unreplayed.error}`),
  ])
}

/** The numbers of the decisions that are set aside, at most `limit`, the oldest first. */
export async function listSetAside(db: BillingDb, limit: number): Promise<number[]> {
  const rows = await db.select({ nr: unreplayed.nr }).from(unreplayed).orderBy(unreplayed.nr).limit(limit)
  return rows.map(({ nr }) => nr)
}
