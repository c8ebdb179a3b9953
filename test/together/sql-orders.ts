import { publishedCustomer } from '../support/published-order.ts'
import type { RunningWorker } from '../../shared/simulator/running-worker.ts'

/** An order by SQL alone, as an operator's script might make it: confirmed, one line of 1,000 minor units. */
export async function insertBySql(ordering: RunningWorker, number: number): Promise<void> {
  await insertManyBySql(ordering, { from: number, to: number })
}

/**
 * Orders by SQL alone, with the numbers from `from` to `to`. Each has one line of 1,000 minor units.
 * @param draftEach every such order in a row is a Draft; left out: none
 */
export async function insertManyBySql(
  ordering: RunningWorker,
  { from, to, draftEach }: { from: number; to: number; draftEach?: number },
): Promise<void> {
  const numbers = `WITH RECURSIVE made (number) AS (SELECT ${from} UNION ALL SELECT number + 1 FROM made WHERE number < ${to})`
  const state = draftEach === undefined ? `'Confirmed'` : `iif(number % ${draftEach} = 0, 'Draft', 'Confirmed')`
  await ordering.sql(`
    INSERT INTO orders (number, state, placed_at, updated_at, updated_by, currency, customer, lines, customer_name_folded)
    ${numbers} SELECT number, ${state}, '2026-03-01T08:00:00Z', '2026-03-01T08:00:00Z', 'sql', 'EUR', '${CUSTOMER}',
      '${LINES_BY_SQL}', 'kornblume naturkost' FROM made`)
}

const CUSTOMER = JSON.stringify(publishedCustomer)
/** The lines of an order by SQL alone, as JSON: one of 1,000 minor units. */
export const LINES_BY_SQL = JSON.stringify([
  { sku: 'OAT-1', description: 'Oat flakes, 1 kg', quantity: 4, unitPrice: 250, discountPercent: 0, taxPercent: 0 },
])
