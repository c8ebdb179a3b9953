import { expect, it } from 'vitest'
import { anOrder, type ImportLine, importOrders } from '../../support/orders.ts'
import { startTogether } from '../../support/together.ts'
import { pullToEnd, readBilling, readOrdering } from '../both-sides.ts'
import { numbersIn, openFeed } from '../feed-reader.ts'

const ORDERS = 200
const LINES = 200
/** Billing holds a page in several forms at once, and a Worker has 128 MB for all that it does. */
const MOST_PAGE_BYTES = 1_700_000

/** An order of 200 lines, as long as one of a wholesaler is. */
function largeOrder(index: number): ImportLine {
  const lines = Array.from({ length: LINES }, (_, place) => ({
    sku: `P-${index}-${place}`,
    description: `Oat flakes, ${place + 1} kg, for order ${index}`,
    quantity: place + 1,
    unitPrice: 250,
  }))
  return { ...anOrder({ lines }), externalId: `LARGE-${index}`, state: 'Confirmed' }
}

it('200 orders of 200 lines each go through in pages of about a megabyte, and both sides say the same', async () => {
  const together = await startTogether()
  const orders = Array.from({ length: ORDERS }, (_, index) => largeOrder(index))
  expect(await importOrders(together.ordering, orders)).toMatchObject({ created: ORDERS, failed: [] })
  await pullToEnd(together)
  const pages = await (await openFeed(together)).readBatches(1_000)
  expect(numbersIn(...pages)).toHaveLength(ORDERS)
  for (const page of pages) expect(JSON.stringify(page).length).toBeLessThan(MOST_PAGE_BYTES)
  expect(await readBilling(together.billing)).toEqual(await readOrdering(together.ordering))
})
