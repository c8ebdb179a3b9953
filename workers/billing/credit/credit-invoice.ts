import { err, ok, type Result } from '../../../shared/result.ts'
import type { RequestContext } from '../edge/request-context.ts'
import {
  type CreditNote,
  type CreditRefusal,
  type CreditRequest,
  creditInvoice,
  judgeReissueWithCredit,
} from '../documents/credit-note.ts'
import {
  findStoredCreditNote,
  listStoredCreditNotes,
  listStoredCreditNotesOf,
  type StoredCreditNote,
} from '../ledger/credit-note-store.ts'
import { findLastDecision } from '../ledger/decision-store.ts'
import {
  creditedWith,
  findCreditInvolvement,
  type Involvement,
  limitOf,
  needsSecondPerson,
  parseFourEyes,
} from '../documents/four-eyes.ts'
import type { ListPlace } from '../documents/found-store.ts'
import type { CreditNoteFilter } from '../documents/filter.ts'
import { type Invoice, invoiceETag, REPLACEMENT_STEP } from '../documents/invoice.ts'
import { openLedger } from '../ledger/invoice-ledger.ts'
import { findCopy } from '../../../shared/handover/consumer/copy-store.ts'
import { orderConsumer } from '../orders/order-consumer.ts'
import { judgeCustomer } from './reissue.ts'
import { issuanceOfCreditNote } from '../documents/seller.ts'
import { findInvoice } from '../ledger/shown-invoice.ts'

/** Why nothing was credited; `stale`: the invoice is not what was seen. */
export type CreditingRefusal =
  | { reason: 'unknown' }
  | { reason: 'stale'; current: Invoice }
  | { reason: 'four_eyes'; current: Invoice; involvement: Involvement }
  | CreditRefusal

/** Up to which amount somebody may credit an invoice, in minor units, and why no further. */
export type CreditBound = { upTo: number; involvement: Involvement }

/** Credits the approved invoice that was seen with the ETag `seen`, whole or by line, under a number of its own. */
export async function issueCreditNote(
  context: RequestContext,
  invoiceId: number,
  seen: string,
  { selection, reason, reissue }: CreditRequest,
): Promise<Result<CreditNote, CreditingRefusal>> {
  const { db, env, by, now } = context
  const invoice = await findInvoice(context, invoiceId)
  if (invoice === undefined) return err({ reason: 'unknown' })
  if ((await invoiceETag(invoice)) !== seen) return err({ reason: 'stale', current: invoice })
  if (reissue) {
    const judged = judgeReissueWithCredit(invoice, selection)
    if (!judged.ok) return judged
    const named = await judgeCustomer(context, invoice)
    if (!named.ok) return named
  }
  const earlier = (await listStoredCreditNotesOf(db, invoiceId)).map(({ creditNote }) => creditNote)
  const document = creditInvoice(invoice, earlier, selection, reason)
  if (!document.ok) return document
  const bound = await findCreditBound(context, invoice)
  if (bound !== undefined && creditedWith(invoice, document.value.gross) > bound.upTo) {
    return err({ reason: 'four_eyes', current: invoice, involvement: bound.involvement })
  }
  const entry = await openLedger(env).decide({
    kind: 'credited',
    decisionId: context.requestId,
    invoiceId,
    document: document.value,
    seenCreditNotes: earlier.length,
    replacementId: reissue ? invoiceId + REPLACEMENT_STEP : null,
    issuance: issuanceOfCreditNote(env, now),
    decidedAt: now,
    decidedBy: by,
  })
  const issued = entry && (await findCreditNote(context, entry.nr))
  if (issued !== undefined) return ok(issued)
  const current = await findInvoice(context, invoiceId)
  return current === undefined ? err({ reason: 'unknown' }) : err({ reason: 'stale', current })
}

/** What keeps the person from crediting the whole invoice, where that needs four eyes; undefined where nothing does. */
export async function findCreditBound(
  { db, env, by }: RequestContext,
  invoice: Invoice,
): Promise<CreditBound | undefined> {
  const rule = parseFourEyes(env.FOUR_EYES)
  if (!needsSecondPerson(rule, invoice)) return undefined
  const copy = await findCopy(orderConsumer, db, invoice.orderNumber)
  const involvement = findCreditInvolvement(invoice, copy?.record, by)
  return involvement && { upTo: limitOf(rule, invoice.currency), involvement }
}

/** The credit note as anybody may see it; undefined if there is none. */
export async function findCreditNote(context: RequestContext, id: number): Promise<CreditNote | undefined> {
  const found = await findStoredCreditNote(context.db, id)
  if (found !== undefined) await witnessCreditNotes(context, [found])
  return found?.creditNote
}

/** The credit notes of the invoice as anybody may see them, the oldest first. */
export async function listCreditNotesOf(context: RequestContext, invoiceId: number): Promise<CreditNote[]> {
  const creditNotes = await listStoredCreditNotesOf(context.db, invoiceId)
  await witnessCreditNotes(context, creditNotes)
  return creditNotes.map(({ creditNote }) => creditNote)
}

/** A page of credit notes as anybody may see them, the newest first. */
export async function listCreditNotes(
  context: RequestContext,
  filter: CreditNoteFilter,
  place: ListPlace,
): Promise<{ creditNotes: CreditNote[]; next: number | null }> {
  const { creditNotes, next } = await listStoredCreditNotes(context.db, filter, place)
  await witnessCreditNotes(context, creditNotes)
  return { creditNotes: creditNotes.map(({ creditNote }) => creditNote), next }
}

async function witnessCreditNotes(
  { env, db }: RequestContext,
  creditNotes: readonly StoredCreditNote[],
): Promise<void> {
  if (creditNotes.every(({ witnessed }) => witnessed)) return
  await openLedger(env).witness(await findLastDecision(db))
}
