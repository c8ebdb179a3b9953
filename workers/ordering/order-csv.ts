import { BYTE_ORDER_MARK, writeCsvLine } from '../../shared/csv.ts'
import { writeMinorUnits } from '../../shared/money.ts'
import type { ListedOrder } from './order-list-store.ts'

const COLUMNS = [
  'number',
  'state',
  'placedAt',
  'customerId',
  'customerName',
  'externalId',
  'currency',
  'net',
  'tax',
  'gross',
  'updatedAt',
  'updatedBy',
  'rejectedBecause',
]

/** The orders as CSV, a part for each part that they are read in. */
export async function* writeOrders(parts: AsyncIterable<ListedOrder[]>): AsyncGenerator<string, void> {
  let head = BYTE_ORDER_MARK + writeCsvLine(COLUMNS)
  for await (const listed of parts) {
    yield head + listed.map(writeOrder).join('')
    head = ''
  }
}

/** Amounts are decimals with a point, as many as the currency has. */
function writeOrder({ order, rejection }: ListedOrder): string {
  const { number, state, placedAt, customer, externalId, currency, totals, updatedAt, updatedBy } = order
  const amounts = [totals.net, totals.tax, totals.gross].map((amount) => writeMinorUnits(amount, currency))
  const about = [number, state, placedAt, customer.id, customer.name, externalId, currency]
  return writeCsvLine([...about, ...amounts, updatedAt, updatedBy, rejection?.reason ?? null])
}
