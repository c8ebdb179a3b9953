import { beforeEach, expect, it } from 'vitest'
import { placeOrder } from '../../support/orders.ts'
import { startTogether, type Together } from '../../support/together.ts'
import { findAllowed } from '../allowed-statements.ts'

let together: Together
beforeEach(async () => {
  together = await startTogether()
  await placeOrder(together.ordering)
  await placeOrder(together.ordering)
  await together.pull()
})

/** Attempts to renumber row 1, and to put it in the place of row 2, by every name that SQLite has for a row's key. */
function renumberings(table: string, key: string): string[] {
  return [key, 'rowid', 'oid', '_rowid_'].flatMap((name) => [
    `UPDATE ${table} SET ${name} = 9 WHERE ${key} = 1`,
    `UPDATE OR REPLACE ${table} SET ${name} = 2 WHERE ${key} = 1`,
    `UPDATE OR IGNORE ${table} SET ${name} = 2 WHERE ${key} = 1`,
  ])
}

it('an order keeps its number in ordering by whatever name SQL calls it', async () => {
  expect(await findAllowed(together.ordering, 'orders', ...renumberings('orders', 'number'))).toEqual([])
})

it('a copy keeps its number in billing by whatever name SQL calls it', async () => {
  expect(await findAllowed(together.billing, 'orders', ...renumberings('orders', 'number'))).toEqual([])
})

it('an invoice keeps its id and its order in billing by whatever name SQL calls it', async () => {
  expect(await findAllowed(together.billing, 'invoices', ...renumberings('invoices', 'id'))).toEqual([])
})
