import { expect, it } from 'vitest'
import { digestContent } from '../../../shared/contract/order-content.ts'
import { aPublishedOrder } from '../../support/published-order.ts'

const order = aPublishedOrder({ note: 'As agreed' })

it('is the same whatever the revision, the sequence of members, and members that are null or not there', async () => {
  const digest = await digestContent(order)
  expect(digest).toMatch(/^[0-9a-f]{64}$/)
  const later = { ...order, revision: 9, placedAt: '2020-01-01T00:00:00Z' }
  expect(await digestContent(later)).toBe(digest)
  const turned = order.lines.map((line) => Object.fromEntries(Object.entries(line).toReversed()) as typeof line)
  expect(await digestContent({ ...order, lines: turned })).toBe(digest)
  const customer = Object.fromEntries(Object.entries(order.customer).filter(([, member]) => member !== null))
  expect(await digestContent({ ...order, customer: customer as typeof order.customer })).toBe(digest)
})

it.each([
  { currency: 'USD' },
  { customer: { ...order.customer, name: 'Another name' } },
  { lines: order.lines.map((line) => ({ ...line, quantity: 77 })) },
  { charges: [{ description: 'Freight', amount: 1, taxPercent: 0 }] },
  { suppliedOn: '2026-01-02' },
  { taxExemptionReason: 'Intra-community supply' },
  { note: null },
])('is another where the content is: %j', async (change) => {
  expect(await digestContent({ ...order, ...change })).not.toBe(await digestContent(order))
})
