import { expect, it } from 'vitest'
import type { RunningWorker } from '../support/running-worker.ts'
import { startTogether } from '../support/together.ts'
import { billAnOrder, type Place } from './bill-an-order.ts'

function placeOf(worker: RunningWorker): Place {
  return {
    origin: worker.origin,
    headers: { 'CF-Access-Client-Id': 'an id', 'CF-Access-Client-Secret': 'its secret' },
    fetch: async (address, init = {}) => {
      const headers = Object.fromEntries(new Headers(init.headers))
      const { method = 'GET', body } = init
      const sent = typeof body === 'string' ? { method, headers, body } : { method, headers }
      const answer = await worker.fetch(address instanceof Request ? address.url : address.toString(), sent)
      return new Response(await answer.text(), { status: answer.status, headers: Object.fromEntries(answer.headers) })
    },
  }
}

it('the typed client bills an order: 40.00 and 7 % tax under the first invoice number of the year', async () => {
  const { ordering, billing } = await startTogether()
  expect(await billAnOrder(placeOf(ordering), placeOf(billing))).toMatch(/^\d{4}-000001$/)
  const { invoices } = (await (await billing.fetch('/api/invoices')).json()) as { invoices: { gross: number }[] }
  expect(invoices.map(({ gross }) => gross)).toEqual([4280])
})
