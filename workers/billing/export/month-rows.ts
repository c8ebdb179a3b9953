import type { Customer, PublishedOrder } from '../../../shared/contract/order.ts'
import { type TaxAtRate, taxesByRate } from '../../../shared/money/totals.ts'
import type { Cell, Rows } from '../../../shared/files/sheet.ts'
import type { CreditNoteDocument } from '../documents/credit-note.ts'
import type { Issued } from './month-store.ts'

const HEADINGS = [
  'Document',
  'Number',
  'Date',
  'Due',
  'Day of supply',
  'Corrects invoice',
  'Order',
  'Customer ID',
  'Customer',
  'Country',
  'VAT ID',
  'Currency',
  'Tax rate %',
  'Net at this rate',
  'Tax at this rate',
  'Gross at this rate',
  'Document net',
  'Document tax',
  'Document total',
  'Tax exemption reason',
  'Issued by',
  'Reason',
]

/** A document or a total: amounts in minor units, below 0 for a credit note. */
type Listed = { about: Cell[]; currency: string; taxes: readonly Tax[]; exemption: string | null; behind: Cell[] }
type Tax = { taxPercent: number; base: bigint; tax: bigint }

/**
 * What was issued as rows: one for each tax rate of a document, as a return of value added tax asks for it. What the
 * document comes to stands in the first of its rows alone, so that each column adds up to what was issued; at the end
 * stands just that, for each currency.
 */
export async function* monthRows(parts: AsyncIterable<readonly Issued[]>): Rows {
  const totals = new Map<string, Map<number, Tax>>()
  let head: Cell[][] = [HEADINGS]
  for await (const part of parts) {
    const listed = part.map(listDocument)
    for (const { currency, taxes } of listed) addUp(totals, currency, taxes)
    yield [...head, ...listed.flatMap(rowsOf)]
    head = []
  }
  const sums = [...totals].toSorted(([one], [other]) => (one < other ? -1 : 1))
  yield [...head, ...sums.flatMap(([currency, rates]) => rowsOf(listTotal(currency, [...rates.values()])))]
}

function listDocument({ kind, issuedNumber, document, issuedOn, dueOn, issuedBy }: Issued): Listed {
  const days = [{ day: issuedOn }, dueOn === null ? null : { day: dueOn }]
  if (kind === 'invoice') {
    const order = JSON.parse(document) as PublishedOrder
    const { number, customer, currency, lines, charges, suppliedOn, taxExemptionReason } = order
    const supplied = suppliedOn === null ? null : { day: suppliedOn }
    return {
      about: ['Invoice', issuedNumber, ...days, supplied, null, number, ...cellsOfCustomer(customer)],
      currency,
      taxes: taxesByRate(lines, charges).map((tax) => times(1n, tax)),
      exemption: taxExemptionReason,
      behind: [issuedBy, null],
    }
  }
  const note = JSON.parse(document) as CreditNoteDocument
  const { invoiceNumber, orderNumber, customer, currency, taxes, taxExemptionReason, reason } = note
  return {
    about: ['Credit note', issuedNumber, ...days, null, invoiceNumber, orderNumber, ...cellsOfCustomer(customer)],
    currency,
    taxes: taxes.map((tax) => times(-1n, tax)),
    exemption: taxExemptionReason,
    behind: [issuedBy, reason],
  }
}

function cellsOfCustomer({ id, name, address, vatId }: Customer): Cell[] {
  return [id, name, address.country, vatId]
}

function times(sign: 1n | -1n, { taxPercent, base, tax }: TaxAtRate): Tax {
  return { taxPercent, base: sign * BigInt(base), tax: sign * BigInt(tax) }
}

/** With big integers: a month of the largest invoices comes to more than a number holds exactly. */
function addUp(totals: Map<string, Map<number, Tax>>, currency: string, taxes: readonly Tax[]): void {
  const rates = totals.get(currency) ?? new Map<number, Tax>()
  totals.set(currency, rates)
  for (const { taxPercent, base, tax } of taxes) {
    const sum = rates.get(taxPercent)
    rates.set(taxPercent, { taxPercent, base: (sum?.base ?? 0n) + base, tax: (sum?.tax ?? 0n) + tax })
  }
}

function listTotal(currency: string, taxes: readonly Tax[]): Listed {
  const about = ['Total', ...HEADINGS.slice(1, HEADINGS.indexOf('Currency')).map(() => null)]
  return {
    about,
    currency,
    taxes: taxes.toSorted((one, other) => one.taxPercent - other.taxPercent),
    exemption: null,
    behind: [null, null],
  }
}

function rowsOf({ about, currency, taxes, exemption, behind }: Listed): Cell[][] {
  const net = taxes.reduce((sum, { base }) => sum + base, 0n)
  const tax = taxes.reduce((sum, rate) => sum + rate.tax, 0n)
  const amounts = (...all: bigint[]): Cell[] => all.map((amount) => ({ amount, currency }))
  const whole = amounts(net, tax, net + tax)
  if (taxes.length === 0) return [[...about, currency, null, null, null, null, ...whole, null, ...behind]]
  return taxes.map((rate, place) => [
    ...about,
    currency,
    { percent: rate.taxPercent },
    ...amounts(rate.base, rate.tax, rate.base + rate.tax),
    ...(place === 0 ? whole : [null, null, null]),
    // As on paper: it is why no tax is charged, and says nothing of another rate.
    rate.taxPercent === 0 ? exemption : null,
    ...behind,
  ])
}
