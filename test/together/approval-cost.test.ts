import { expect, it } from 'vitest'
import { anOrder, placeOrder } from '../support/orders.ts'
import { startTogether } from '../support/together.ts'

type Cost = { rowsRead: number; rowsWritten: number }

const MANY = 12

it('an approval reads and writes as many rows after many others as after one', async () => {
  const { ordering, billing, pull, log } = await startTogether()
  for (let count = 0; count < MANY; count += 1) await placeOrder(ordering, anOrder())
  await pull()
  for (let id = 1; id <= MANY; id += 1) {
    const etag = (await billing.fetch(`/api/invoices/${id}`)).headers.get('ETag') ?? ''
    const approved = await billing.send('POST', `/api/invoices/${id}/approve`, undefined, { 'If-Match': etag })
    expect(approved.status).toBe(200)
  }
  const costs = log('ledger.decided').map(({ d1 }) => d1 as Cost)
  expect(costs).toHaveLength(MANY)
  const [, second, ...others] = costs
  for (const { rowsRead, rowsWritten } of others) {
    expect(rowsRead).toBe(second?.rowsRead)
    expect(rowsWritten).toBe(second?.rowsWritten)
  }
  expect(second?.rowsRead).toBeLessThan(50)
})
