import { BYTE_ORDER_MARK, type CsvCell, writeCsvLine } from '../../shared/csv.ts'
import type { PublishedOrder } from '../../shared/contract.ts'
import { totalsOf, writeMinorUnits } from '../../shared/money.ts'
import type { CreditNoteDocument } from './credit-note.ts'
import type { Issued } from './month-store.ts'

const COLUMNS = [
  'kind',
  'number',
  'date',
  'correctsInvoice',
  'order',
  'customerId',
  'customerName',
  'vatId',
  'currency',
  'net',
  'tax',
  'gross',
  'issuedBy',
  'reason',
]

/** What was issued as CSV, a part for each part that it is read in. */
export async function* writeMonth(parts: AsyncIterable<readonly Issued[]>): AsyncGenerator<string, void> {
  let head = BYTE_ORDER_MARK + writeCsvLine(COLUMNS)
  for await (const issued of parts) {
    yield head + issued.map((one) => writeCsvLine(cellsOf(one))).join('')
    head = ''
  }
}

function cellsOf({ kind, issuedNumber, document, issuedOn, issuedBy }: Issued): CsvCell[] {
  if (kind === 'invoice') {
    const { number, customer, currency, lines, charges } = JSON.parse(document) as PublishedOrder
    const { net, tax, gross } = totalsOf(lines, charges)
    const about = [
      'Invoice',
      issuedNumber,
      issuedOn,
      null,
      number,
      customer.id,
      customer.name,
      customer.vatId,
      currency,
    ]
    return [...about, ...amounts([net, tax, gross], 1, currency), issuedBy, null]
  }
  const note = JSON.parse(document) as CreditNoteDocument
  const { invoiceNumber, orderNumber, customer, currency } = note
  const about = [
    'Credit note',
    issuedNumber,
    issuedOn,
    invoiceNumber,
    orderNumber,
    customer.id,
    customer.name,
    customer.vatId,
  ]
  return [...about, currency, ...amounts([note.net, note.tax, note.gross], -1, currency), issuedBy, note.reason]
}

/** Decimals as numbers, so that those of a credit note may be below 0: a text that begins with a minus is made harmless. */
function amounts(minorUnits: readonly number[], sign: 1 | -1, currency: string): number[] {
  return minorUnits.map((amount) => (amount === 0 ? 0 : sign * Number(writeMinorUnits(amount, currency))))
}
