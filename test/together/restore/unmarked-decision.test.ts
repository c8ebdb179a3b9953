import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Harness, startHarness } from '../../../shared/simulator/harness.ts'
import { keepMoment, restoreMoment } from '../../../shared/simulator/moment.ts'
import { placeOrder } from '../../support/orders.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
  await harness.reset()
})
afterAll(() => harness.close())

async function approve(id: number): Promise<number> {
  const { billing } = harness
  const etag = (await billing.fetch(`/api/invoices/${id}`)).headers.get('ETag') ?? ''
  return (await billing.send('POST', `/api/invoices/${id}/approve`, undefined, { 'If-Match': etag })).status
}

it('a restore of billing to between a decision and its mark leaves no decision unmarked', async () => {
  const { ordering, billing } = harness
  await placeOrder(ordering)
  await placeOrder(ordering)
  await billing.send('POST', '/api/sync/run')
  await billing.strike({ kind: 'hold-before', matching: 'SET witnessed = 1' })
  const approving = approve(1)
  await billing.untilHolding()
  await keepMoment(billing, 1)
  await billing.strike()
  expect(await approving).toBe(200)
  expect(await approve(2)).toBe(200)

  await restoreMoment(billing, 1)
  expect(await billing.sql('SELECT nr, witnessed FROM decisions')).toEqual([{ nr: 1, witnessed: 0 }])
  await billing.send('POST', '/api/sync/run')
  expect(await billing.sql('SELECT nr, witnessed FROM decisions')).toEqual([
    { nr: 1, witnessed: 1 },
    { nr: 2, witnessed: 1 },
  ])
  for (const id of [1, 2]) {
    const invoice = await (await billing.fetch(`/api/invoices/${id}`)).json()
    expect(invoice).toMatchObject({ state: 'Approved', invoiceNumber: expect.stringMatching(`-00000${id}$`) as string })
  }
})
