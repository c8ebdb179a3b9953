import type { ImportLine } from '../support/orders.ts'

/** What a made order has at the least and at the most. */
export type LineSpan = { from: number; to: number }
/** Two to twenty lines, eleven in the middle. */
const USUAL_LINES: LineSpan = { from: 2, to: 20 }

const CITIES = ['Jena', 'Reims', 'Graz', 'Århus', 'Łódź', 'Porto', 'Genève', 'São Paulo']
const COUNTRIES = ['DE', 'FR', 'AT', 'DK', 'PL', 'PT', 'CH', 'BR']
const WORDS = ['Oat', 'Rye', 'Tea', 'Oil', 'Salt', 'Figs', 'Rice', 'Corn', 'Kelp', 'Dill', 'Mint', 'Plum']
const TRADES = ['Mill', 'Trading', 'Market', 'Foods', 'Supply', 'Stores']

/** The order number `index` of a made collection, confirmed; the same each time. */
export function madeOrder(index: number, lines: LineSpan = USUAL_LINES): ImportLine {
  const customer = index % 1_000
  const place = customer % CITIES.length
  const count = lines.from + (index % (lines.to - lines.from + 1))
  return {
    externalId: `MADE-${index}`,
    state: 'Confirmed',
    placedAt: new Date(Date.UTC(2026, 0, 1) + index * 1_000).toISOString(),
    currency: 'EUR',
    customer: {
      id: `C-${customer}`,
      name: `${pick(WORDS, customer)} & ${pick(WORDS, customer * 7 + 3)} ${pick(TRADES, customer)} ${customer}`,
      contact: null,
      email: `orders@customer-${customer}.example`,
      address: {
        street: `Quay ${(customer % 90) + 1}`,
        city: pick(CITIES, place),
        postalCode: String(10_000 + customer),
        country: pick(COUNTRIES, place),
      },
    },
    lines: Array.from({ length: count }, (_, place) => madeLine(index * 31 + place)),
    charges: [{ description: 'Freight', amount: 490 + (index % 40) * 25, taxPercent: 19 }],
  }
}

function madeLine(seed: number): ImportLine['lines'][number] {
  const product = (seed * 7_919) % 5_003
  return {
    sku: `P-${product}`,
    description: `${pick(WORDS, product)} flakes, ${(product % 9) + 1} kg, grade ${product % 5}`,
    quantity: ((seed * 13) % 96) / 4 + 0.25,
    unitPrice: 95 + ((seed * 101) % 9_000),
    discountPercent: seed % 6 === 0 ? 2.5 : 0,
    taxPercent: product % 3 === 0 ? 19 : 7,
  }
}

function pick<T>(from: readonly T[], index: number): T {
  const picked = from[index % from.length]
  if (picked === undefined) throw new Error('Cannot pick from nothing')
  return picked
}
