import type { Apps } from './apps.ts'

/** So many orders in one transaction. */
const BATCH = 20_000
const CUSTOMER = `json_object('id', 'C-' || (nr % 1000), 'name', 'Mill & Market ' || (nr % 1000), 'contact', NULL,
  'email', NULL, 'vatId', NULL, 'address', json_object('street', 'Quay 1', 'city', 'Jena', 'postalCode', NULL,
  'country', 'DE'))`

/** Orders by SQL alone, numbered from `from` to `to`, each confirmed and with one line: tables grown large in seconds. */
export async function growOrders({ databases }: Apps, from: number, to: number): Promise<void> {
  for (let first = from; first <= to; first += BATCH) {
    const made = `WITH RECURSIVE made (nr) AS (SELECT ${first} UNION ALL SELECT nr + 1 FROM made
      WHERE nr < ${Math.min(first + BATCH - 1, to)})`
    const statements = [
      `INSERT INTO orders (number, state, external_id, external_id_folded, placed_at, updated_at, updated_by, currency,
        customer, customer_name_folded)
      ${made} SELECT nr, 'Confirmed', 'GROWN-' || nr, 'GROWN-' || nr, '2026-03-01T08:00:00Z', '2026-03-01T08:00:00Z',
        'sql', 'EUR', ${CUSTOMER}, 'MILL & MARKET ' || (nr % 1000) FROM made`,
      `INSERT INTO order_lines (order_number, position, sku, description, quantity_thousandths, unit_price)
      ${made} SELECT nr, 0, 'OAT-1', 'Oat flakes, 1 kg', 4000, 250 FROM made`,
    ]
    await databases.ordering.batch(statements.map((statement) => databases.ordering.prepare(statement)))
  }
}

/** Changes `count` orders that lie all over the table of `size`. */
export async function changeOrders({ databases }: Apps, size: number, count: number): Promise<void> {
  const numbers = Array.from({ length: count }, (_, index) => Math.floor((index * size) / count) + 1)
  await databases.ordering
    .prepare(`UPDATE orders SET note = coalesce(note, '') || '!' WHERE number IN (SELECT value FROM json_each(?))`)
    .bind(JSON.stringify(numbers))
    .run()
}
