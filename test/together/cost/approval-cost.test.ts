import { expect, it } from 'vitest'
import { anOrder, placeOrder } from '../../support/orders.ts'
import { startTogether } from '../../support/together.ts'

type Cost = { roundTrips: number; rowsRead: number; rowsWritten: number }

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

it('an approval asks ordering once, and costs as many rows after many others as before', async () => {
  const { ordering, billing, relay, pull, log, harness } = await startTogether()
  for (let count = 0; count < MANY; count += 1) await placeOrder(ordering, anOrder())
  await pull()
  const costs: Cost[] = []
  for (const id of [2, MANY - 1]) {
    const etag = (await billing.fetch(`/api/invoices/${id}`)).headers.get('ETag') ?? ''
    await relay.calls()
    harness.clearLogs()
    await billing.send('POST', `/api/invoices/${id}/approve`, undefined, { 'If-Match': etag })
    expect(await relay.calls()).toEqual([`GET /orders/${id}`])
    costs.push(log('request').find(({ method }) => method === 'POST')?.['d1'] as Cost)
  }
  const [first, last] = costs
  expect(last).toEqual(first)
  expect(first?.rowsWritten).toBe(0)
  expect(first?.rowsRead).toBeLessThan(60)
})

it('25 approvals together ask ordering once, and store what came in one batch', async () => {
  const { ordering, billing, relay, pull, log, harness } = await startTogether()
  for (let count = 0; count < 25; count += 1) await placeOrder(ordering, anOrder())
  await pull()
  const ids = Array.from({ length: 25 }, (_, index) => index + 1)
  const page = await (await billing.fetch(`/approvals?${ids.map((id) => `id=${id}`).join('&')}`)).text()
  const fields = [...page.matchAll(/name="approve" value="([^"]*)"/g)].map(([, value = '']): [string, string] => [
    'approve',
    value.replaceAll('&quot;', '"'),
  ])
  await relay.calls()
  harness.clearLogs()
  await billing.submit('/approvals', fields)
  // With a call of the ledger for each, that is 26 of the 30 calls that a request may make.
  expect(await relay.calls()).toEqual(['POST /orders/read'])
  expect(log('ledger.decided')).toHaveLength(25)
  const cost = log('request').find(({ method }) => method === 'POST')?.['d1'] as Cost
  expect(cost).toMatchObject({ roundTrips: 52, rowsWritten: 0 })
  expect(cost.rowsRead).toBeLessThan(1_000)
})
