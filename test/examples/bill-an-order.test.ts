import { expect, it } from 'vitest'
import { startTogether } from '../support/together.ts'
import { billAnOrder } from './bill-an-order.ts'
import { placeOf } from './place.ts'

it('the typed client bills an order: 40.00 and 7 % tax under the first invoice number of the year', async () => {
  const { ordering, billing } = await startTogether()
  expect(await billAnOrder(placeOf(ordering), placeOf(billing))).toMatch(/^\d{4}-000001$/)
  const { invoices } = (await (await billing.fetch('/api/invoices')).json()) as { invoices: { gross: number }[] }
  expect(invoices.map(({ gross }) => gross)).toEqual([4280])
})
