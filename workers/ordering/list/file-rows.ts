import { dayOf } from '../../../shared/time/business-day.ts'
import type { Cell, Rows } from '../../../shared/files/sheet.ts'
import type { ListedOrder } from './list-store.ts'

const HEADINGS = [
  'Order',
  'State',
  'Placed',
  'Customer ID',
  'Customer',
  'Country',
  'External ID',
  'Currency',
  'Net',
  'Tax',
  'Total',
  'Changed',
  'Changed by',
  'Rejection reason',
]

/** What the orders of a currency come to: big integers, since many orders come to more than a number holds exactly. */
type Sums = { net: bigint; tax: bigint; gross: bigint }

/** The orders as rows, and at the end what they come to for each currency. Days are those of the business's time zone. */
export async function* orderRows(parts: AsyncIterable<ListedOrder[]>, timeZone: string): Rows {
  const totals = new Map<string, Sums>()
  let head: Cell[][] = [HEADINGS]
  for await (const listed of parts) {
    for (const { order } of listed) {
      const { net, tax, gross } = totals.get(order.currency) ?? { net: 0n, tax: 0n, gross: 0n }
      const { totals: own } = order
      totals.set(order.currency, {
        net: net + BigInt(own.net),
        tax: tax + BigInt(own.tax),
        gross: gross + BigInt(own.gross),
      })
    }
    yield [...head, ...listed.map((one) => rowOf(one, timeZone))]
    head = []
  }
  const sums = [...totals].toSorted(([one], [other]) => (one < other ? -1 : 1))
  yield [...head, ...sums.map(([currency, sum]) => totalRow(currency, sum))]
}

function rowOf({ order, rejection }: ListedOrder, timeZone: string): Cell[] {
  const { number, state, placedAt, customer, externalId, currency, totals, updatedAt, updatedBy } = order
  const about = [
    number,
    state,
    { day: dayOf(placedAt, timeZone) },
    customer.id,
    customer.name,
    customer.address.country,
  ]
  const amounts = [totals.net, totals.tax, totals.gross].map((amount) => ({ amount, currency }))
  const changed = { day: dayOf(updatedAt, timeZone) }
  return [...about, externalId, currency, ...amounts, changed, updatedBy, rejection?.reason ?? null]
}

function totalRow(currency: string, { net, tax, gross }: Sums): Cell[] {
  const amounts = [net, tax, gross].map((amount) => ({ amount, currency }))
  const about = HEADINGS.slice(1, HEADINGS.indexOf('Currency')).map(() => null)
  return ['Total', ...about, currency, ...amounts, null, null, null]
}
