import type { Apps } from './apps.ts'

/** How many orders go into one transaction. */
const BATCH = 20_000
/** Of a thousand customers, one of whom has every twentieth order, so that its list is a full page at every size. */
const WHO = 'iif(nr % 20 = 7, 7, nr % 1000)'
/** The same in all of a customer's orders. */
const NAME = `(json_array('Oat', 'Rye', 'Tea', 'Oil', 'Salt', 'Figs', 'Rice', 'Corn', 'Kelp', 'Dill', 'Mint', 'Plum')
  ->> (${WHO} % 12)) || ' ' || (json_array('Mill', 'Trading', 'Market', 'Foods', 'Supply') ->> (${WHO} % 5))
  || ' ' || ${WHO}`
const CUSTOMER = `json_object('id', 'C-' || ${WHO}, 'name', ${NAME}, 'contact', NULL, 'email', NULL, 'vatId', NULL,
  'address', json_object('street', 'Quay 1', 'city', 'Jena', 'postalCode', NULL, 'country', 'DE'))`
const LINES = `json_array(json_object('sku', 'OAT-1', 'description', 'Oat flakes, 1 kg', 'quantity', 4, 'unitPrice', 250,
  'discountPercent', 0, 'taxPercent', 0))`

/**
 * Orders by SQL alone, numbered from `from` to `to`, with one line each: tables grown large in seconds. One in a hundred
 * is a Draft, one in ten in dollars, and a day has 1,440 of them.
 */
export async function growOrders({ databases }: Apps, from: number, to: number): Promise<void> {
  for (let first = from; first <= to; first += BATCH) {
    const made = `WITH RECURSIVE made (nr) AS (SELECT ${first} UNION ALL SELECT nr + 1 FROM made
      WHERE nr < ${Math.min(first + BATCH - 1, to)})`
    const statements = [
      `INSERT INTO orders (number, state, external_id, external_id_folded, placed_at, updated_at, updated_by, currency,
        customer, lines, customer_name_folded, customer_sort_key)
      ${made} SELECT nr, iif(nr % 100 = 7, 'Draft', 'Confirmed'), 'GROWN-' || nr, 'GROWN-' || nr,
        strftime('%Y-%m-%dT%H:%M:%SZ', '2024-01-01', nr || ' minutes'), '2026-03-01T08:00:00Z', 'sql',
        iif(nr % 10 = 3, 'USD', 'EUR'), ${CUSTOMER}, ${LINES}, upper(${NAME}),
        upper(${NAME}) || char(10) || ${NAME} FROM made`,
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
