import {
  type ChargeInput,
  type Customer,
  type LineInput,
  ORDER_NUMBERS,
  type PublishedOrder,
} from '../../../shared/contract/order.ts'
import { type TaxAtRate, taxesByRate, totalsOf } from '../../../shared/money/totals.ts'
import type { FieldError } from '../../../shared/edge/problem.ts'
import { err, ok, type Result } from '../../../shared/result.ts'
import type { Involvement } from './four-eyes.ts'
import type { RecordCheck } from '../../../shared/handover/consumer/record.ts'
import type { Seller } from './seller.ts'

export const INVOICE_STATES = ['ToApprove', 'Approved', 'Rejected', 'Cancelled'] as const
export type InvoiceState = (typeof INVOICE_STATES)[number]

/** The id of an invoice's replacement is so much higher; an order's first invoice has the order's number. */
export const REPLACEMENT_STEP = ORDER_NUMBERS

/** An invoice as the API and the pages show it (contract, section 5). Money in the currency's minor unit. */
export type Invoice = {
  id: number
  orderNumber: number
  /** The order's revision that the invoice shows; an approved one keeps the revision it was approved at. */
  orderRevision: number
  state: InvoiceState
  /** `2026-000001`, given at approval; null before. */
  invoiceNumber: string | null
  currency: string
  customer: Customer
  lines: LineInput[]
  charges: ChargeInput[]
  /** The day of supply, where it is not the invoice's; `YYYY-MM-DD`. */
  suppliedOn: string | null
  /** Why a rate of 0 % applies. */
  taxExemptionReason: string | null
  note: string | null
  taxes: TaxAtRate[]
  net: number
  tax: number
  gross: number
  createdAt: string
  decidedAt: string | null
  decidedBy: string | null
  /** Why it was rejected. */
  reason: string | null
  /** Its days, YYYY-MM-DD, and who sells: null before the approval, and frozen by it. */
  issuedOn: string | null
  dueOn: string | null
  seller: Seller | null
  /** An approved invoice's order says something else now than what was approved. */
  orderChangedSince: boolean
  orderDeleted: boolean
  /** Approved, and what is left of it is not what its order says now, or the order was deleted: it is to be credited. */
  mismatched: boolean
  /** Ordering has the order no longer: it was restored to a moment before it. */
  orderOrphaned: boolean
  /** Ordering's newest record of the order cannot be read, so this may be out of date. */
  orderQuarantined: boolean
  /** What corrects it, the oldest first. */
  creditNotes: CreditReference[]
  /** The invoice that it replaces, and the one that replaces it. */
  replaces: number | null
  replacedBy: number | null
}

/** A credit note as its invoice names it, with what it credits: lines and charges by where they stand in the invoice. */
export type CreditReference = {
  id: number
  creditNoteNumber: string
  gross: number
  linePositions: number[]
  chargePositions: number[]
}

/** What is stored of an invoice and of its order's copy. The copy's members are null where there is no copy. */
export type InvoiceFacts = {
  id: number
  orderNumber: number
  state: InvoiceState
  invoiceNumber: string | null
  /** The order as it was decided on, as JSON; null before a decision. */
  document: string | null
  createdAt: string
  decidedAt: string | null
  decidedBy: string | null
  reason: string | null
  issuedOn: string | null
  dueOn: string | null
  /** As JSON. */
  seller: string | null
  /** Of an approved invoice: 1 where its order says something else now, and 2 more where it is to be credited for that. */
  mismatch: number
  copyRecord: string | null
  copyDeleted: 0 | 1 | null
  copyOrphaned: 0 | 1 | null
  quarantined: 0 | 1
  replaces: number
  replacedBy: number | null
  /** JSON: CreditReference[]. */
  creditNotes: string
}

/**
 * The invoice that the facts make. An approved one says what was approved; any other follows the copy, and what was
 * decided on stands in only where there is no copy.
 */
export function invoiceOf(facts: InvoiceFacts): Invoice {
  const { state, document, copyRecord } = facts
  const content = state === 'Approved' ? document : (copyRecord ?? document)
  if (content === null) throw new Error(`Cannot show invoice ${facts.id}: neither its document nor its order is there`)
  const order = JSON.parse(content) as PublishedOrder
  const charges = order.charges
  return {
    id: facts.id,
    orderNumber: facts.orderNumber,
    orderRevision: order.revision,
    state,
    invoiceNumber: facts.invoiceNumber,
    currency: order.currency,
    customer: order.customer,
    lines: order.lines,
    charges,
    suppliedOn: order.suppliedOn,
    taxExemptionReason: order.taxExemptionReason,
    note: order.note,
    taxes: taxesByRate(order.lines, charges),
    ...totalsOf(order.lines, charges),
    createdAt: facts.createdAt,
    decidedAt: facts.decidedAt,
    decidedBy: facts.decidedBy,
    reason: facts.reason,
    issuedOn: facts.issuedOn,
    dueOn: facts.dueOn,
    seller: facts.seller === null ? null : (JSON.parse(facts.seller) as Seller),
    orderChangedSince: facts.mismatch % 2 === 1,
    orderDeleted: facts.copyDeleted === 1,
    mismatched: facts.mismatch >= 2,
    // Without a copy it came back by the ledger, and its order has not: nobody can decide on what is not there.
    orderOrphaned: facts.copyOrphaned === 1 || (state !== 'Approved' && copyRecord === null),
    orderQuarantined: facts.quarantined === 1,
    creditNotes: (JSON.parse(facts.creditNotes) as CreditReference[]).toSorted((one, other) => one.id - other.id),
    replaces: facts.replaces === 0 ? null : facts.replaces,
    replacedBy: facts.replacedBy,
  }
}

/** The strong ETag of all that the invoice shows: a digest, in quotes. */
export async function invoiceETag(invoice: Invoice): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(invoice)))
  const hex = [...new Uint8Array(digest, 0, 16)].map((byte) => byte.toString(16).padStart(2, '0'))
  return `"${hex.join('')}"`
}

/**
 * A decision as it was taken, on the order as ordering had it, or on billing's copy, where ordering did not answer:
 * `fetchedAt` is when that was read from ordering.
 */
export type Decided = { invoice: Invoice; on: { source: 'order' } | { source: 'copy'; fetchedAt: string } }

/** Why an invoice may not be approved or rejected; `current` is what it is now. */
export type DecisionRefusal =
  | { reason: 'unknown' }
  | { reason: 'stale'; current: Invoice }
  | { reason: 'already_decided'; current: Invoice }
  | { reason: 'orphaned'; current: Invoice }
  | { reason: 'quarantined'; current: Invoice }
  /** Ordering, asked a moment ago, sent a record that cannot be read. */
  | { reason: 'unreadable'; current: Invoice; errors: FieldError[] }
  /** Ordering says something else than billing's copy, and nothing newer: one of them was restored. */
  | { reason: 'unsettled'; current: Invoice }
  /** One of several orders that ordering was asked for together, for which there was no room in its answer. */
  | { reason: 'left_out'; current: Invoice }
  | { reason: 'four_eyes'; current: Invoice; involvement: Involvement }

/**
 * Whether the invoice may be decided on: it waits, ordering, asked a moment ago, says nothing against it, and it is what
 * the person saw. `seen` and `currentETag` are ETags of the invoice.
 */
export function judgeDecision(
  current: Invoice,
  check: RecordCheck,
  currentETag: string,
  seen: string,
): Result<null, DecisionRefusal> {
  const decidable = judgeDecidable(current)
  if (!decidable.ok) return decidable
  const checked = judgeCheck(current, check)
  if (!checked.ok) return checked
  return currentETag === seen ? ok(null) : err({ reason: 'stale', current })
}

/** Whether the invoice may be decided on at all, as far as billing knows: only then ordering is asked for its order. */
export function judgeDecidable(current: Invoice): Result<null, DecisionRefusal> {
  if (current.state !== 'ToApprove') return err({ reason: 'already_decided', current })
  if (current.orderOrphaned) return err({ reason: 'orphaned', current })
  return current.orderQuarantined ? err({ reason: 'quarantined', current }) : ok(null)
}

// Without an answer billing's copy counts.
function judgeCheck(current: Invoice, check: RecordCheck): Result<null, DecisionRefusal> {
  switch (check.reason) {
    case 'answered':
    case 'no_answer':
      return ok(null)
    case 'unknown':
      return err({ reason: 'orphaned', current })
    case 'unreadable':
      return err({ reason: 'unreadable', current, errors: check.errors })
    case 'unsettled':
    case 'left_out':
      return err({ reason: check.reason, current })
  }
}
