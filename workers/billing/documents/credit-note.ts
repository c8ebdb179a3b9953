import type { ChargeInput, Customer, LineInput } from '../../../shared/contract/order.ts'
import { type TaxAtRate, taxesByRate } from '../../../shared/money/totals.ts'
import { err, ok, type Result } from '../../../shared/result.ts'
import type { Invoice } from './invoice.ts'
import type { Seller } from './seller.ts'

/** What a credit note says: amounts in minor units, positive, to be taken off the invoice. */
export type CreditNoteDocument = {
  invoiceId: number
  invoiceNumber: string
  orderNumber: number
  currency: string
  customer: Customer
  lines: LineInput[]
  charges: ChargeInput[]
  /** Where these stand in the invoice, from 0 on. */
  linePositions: number[]
  chargePositions: number[]
  taxes: TaxAtRate[]
  net: number
  tax: number
  gross: number
  /** The invoice's own, printed where a rate of 0 % applies. */
  taxExemptionReason: string | null
  reason: string
}

/** A credit note as it was issued. `replacementId` is the invoice that it made way for. */
export type CreditNote = CreditNoteDocument & {
  id: number
  creditNoteNumber: string
  createdAt: string
  createdBy: string
  replacementId: number | null
  /** The day on which it was issued where the business was, and who sold, as recorded then. */
  issuedOn: string
  seller: Seller
}

/** What is to be credited: lines and charges by where they stand, or all that was not credited yet. */
export type CreditSelection = 'all' | { lines: number[]; charges: number[] }

/** What somebody asks to credit. `reissue`: the order is invoiced again, as it is now, in the same step. */
export type CreditRequest = { selection: CreditSelection; reason: string; reissue: boolean }

/** Why an invoice cannot be reissued. */
export type NotReissuable =
  | { reason: 'not_approved'; state: Invoice['state'] }
  | { reason: 'not_reissuable'; detail: string }

/** Why a credit note cannot be made. */
export type CreditRefusal =
  | NotReissuable
  | { reason: 'nothing_selected' }
  | { reason: 'no_such_line'; pointer: string }
  | { reason: 'credited_already'; pointer: string }

/**
 * The credit note that takes the selection off the invoice. A line is credited once, whole. Its tax at a rate is what
 * the tax on all that was credited grows by: never below 0, and all credit notes together are the invoice to the cent.
 */
export function creditInvoice(
  invoice: Invoice,
  earlier: readonly CreditNoteDocument[],
  selection: CreditSelection,
  reason: string,
): Result<CreditNoteDocument, CreditRefusal> {
  if (invoice.state !== 'Approved' || invoice.invoiceNumber === null) {
    return err({ reason: 'not_approved', state: invoice.state })
  }
  const creditedLines = new Set(earlier.flatMap(({ linePositions }) => linePositions))
  const creditedCharges = new Set(earlier.flatMap(({ chargePositions }) => chargePositions))
  const lines = select(selection, 'lines', invoice.lines.length, creditedLines)
  if (!lines.ok) return lines
  const charges = select(selection, 'charges', invoice.charges.length, creditedCharges)
  if (!charges.ok) return charges
  if (lines.value.length + charges.value.length === 0) return err({ reason: 'nothing_selected' })
  const selectedLines = invoice.lines.filter((_, position) => lines.value.includes(position))
  const selectedCharges = invoice.charges.filter((_, position) => charges.value.includes(position))
  const taxes = taxesByRate(selectedLines, selectedCharges).map((rate) => growTax(rate, earlier))
  const net = taxes.reduce((sum, { base }) => sum + base, 0)
  const tax = taxes.reduce((sum, rate) => sum + rate.tax, 0)
  return ok({
    invoiceId: invoice.id,
    invoiceNumber: invoice.invoiceNumber,
    orderNumber: invoice.orderNumber,
    currency: invoice.currency,
    customer: invoice.customer,
    lines: selectedLines,
    charges: selectedCharges,
    linePositions: lines.value,
    chargePositions: charges.value,
    taxes,
    net,
    tax,
    gross: net + tax,
    taxExemptionReason: invoice.taxExemptionReason,
    reason,
  })
}

/** Whether an invoice may be replaced by one for its order as it is now: all of it credited, and the order alive. */
export function judgeReissueWithCredit(invoice: Invoice, selection: CreditSelection): Result<null, NotReissuable> {
  return selection === 'all' ? judgeReissuedOrder(invoice) : refuseReissue(ONLY_WHOLE)
}

/** The same of an invoice that was credited before: nothing may be left of it. */
export function judgeReissue(invoice: Invoice): Result<null, NotReissuable> {
  if (invoice.state !== 'Approved') return err({ reason: 'not_approved', state: invoice.state })
  return isCreditedWhole(invoice) ? judgeReissuedOrder(invoice) : refuseReissue(ONLY_WHOLE)
}

const ONLY_WHOLE = 'Only a fully credited invoice can be reissued'

function judgeReissuedOrder({ orderDeleted, orderOrphaned, replacedBy }: Invoice): Result<null, NotReissuable> {
  if (orderDeleted) return refuseReissue('Its order was deleted')
  if (orderOrphaned) return refuseReissue('Ordering no longer has its order')
  return replacedBy === null ? ok(null) : refuseReissue('It has been reissued already')
}

function refuseReissue(detail: string): Result<never, NotReissuable> {
  return err({ reason: 'not_reissuable', detail })
}

/** Whether credit notes take every line and charge off the invoice already. */
export function isCreditedWhole(invoice: Invoice): boolean {
  return countLeft(invoice) === 0
}

/**
 * How many lines and charges of the invoice are not credited. Sums cannot tell what is left: a free line adds nothing.
 * None is credited twice, so they are counted.
 */
export function countLeft({ lines, charges, creditNotes }: Invoice): number {
  const credited = creditNotes.flatMap(({ linePositions, chargePositions }) => [...linePositions, ...chargePositions])
  return lines.length + charges.length - credited.length
}

function select(
  selection: CreditSelection,
  member: 'lines' | 'charges',
  count: number,
  credited: ReadonlySet<number>,
): Result<number[], CreditRefusal> {
  if (selection === 'all') return ok([...Array(count).keys()].filter((position) => !credited.has(position)))
  const positions = [...new Set(selection[member])].sort((one, other) => one - other)
  for (const position of positions) {
    const pointer = `/${member}/${selection[member].indexOf(position)}`
    const exists = Number.isInteger(position) && position >= 0 && position < count
    if (!exists) return err({ reason: 'no_such_line', pointer })
    if (credited.has(position)) return err({ reason: 'credited_already', pointer })
  }
  return ok(positions)
}

function growTax({ taxPercent, base }: TaxAtRate, earlier: readonly CreditNoteDocument[]): TaxAtRate {
  const credited = earlier.flatMap(({ taxes }) => taxes.filter((rate) => rate.taxPercent === taxPercent))
  const creditedBase = credited.reduce((sum, rate) => sum + rate.base, 0)
  const creditedTax = credited.reduce((sum, rate) => sum + rate.tax, 0)
  return { taxPercent, base, tax: taxOf(creditedBase + base, taxPercent) - creditedTax }
}

/** The tax on a sum at one rate, rounded as an invoice rounds it. */
function taxOf(amount: number, taxPercent: number): number {
  return taxesByRate([], [{ amount, taxPercent }]).reduce((sum, { tax }) => sum + tax, 0)
}
