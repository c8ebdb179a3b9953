import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Order } from '../../../shared/contract/order.ts'
import { type Harness, startHarness } from '../../../shared/simulator/harness.ts'
import { anOrder } from '../../support/orders.ts'
import { insertBySql } from '../sql-orders.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.close())
beforeEach(() => harness.reset())

async function countOrders(): Promise<unknown> {
  const [row] = await harness.ordering.sql('SELECT count(*) AS orders FROM orders')
  return row?.['orders']
}

async function importLines(...externalIds: string[]): Promise<unknown> {
  const lines = externalIds.map((externalId) => JSON.stringify({ ...anOrder({ externalId }), state: 'Confirmed' }))
  const answer = await harness.ordering.fetch('/api/orders/import', {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-ndjson' },
    body: lines.join('\n'),
  })
  return answer.json()
}

describe('a batch that D1 does twice', () => {
  it.each([{}, { 'Idempotency-Key': 'once' }])('makes one order by POST /api/orders with %j', async (headers) => {
    const { ordering } = harness
    await ordering.strike({ kind: 'twice', matching: 'INSERT INTO orders' })
    const placed = await ordering.send('POST', '/api/orders', anOrder({ externalId: 'TWICE' }), headers)
    expect(placed.status).toBe(201)
    expect(placed.headers.get('ETag')).toBe('"1"')
    expect(await placed.json()).toMatchObject({ number: 1, revision: 1, externalId: 'TWICE' })
    expect(await countOrders()).toBe(1)
    const [lines] = await ordering.sql('SELECT count(*) AS lines FROM order_lines')
    expect(lines).toEqual({ lines: anOrder().lines.length })
  })

  it('makes one revision by PUT /api/orders/:number, and is not answered with 412', async () => {
    const { ordering } = harness
    await ordering.send('POST', '/api/orders', anOrder())
    await ordering.strike({ kind: 'twice', matching: 'UPDATE orders' })
    const amended = await ordering.send('PUT', '/api/orders/1', anOrder({ note: 'new' }), { 'If-Match': '"1"' })
    expect(amended.status).toBe(200)
    expect(((await amended.json()) as Order).revision).toBe(2)
    const stale = await ordering.send('PUT', '/api/orders/1', anOrder({ note: 'other' }), { 'If-Match': '"1"' })
    expect(stale.status).toBe(412)
  })

  it('makes each order of an import once, and counts it as created', async () => {
    const { ordering } = harness
    await ordering.strike({ kind: 'twice', matching: 'INSERT INTO orders' })
    expect(await importLines('ONE', 'TWO')).toMatchObject({ created: 2, changed: 0, unchanged: 0, failed: [] })
    expect(await countOrders()).toBe(2)
  })

  it('leaves a number that SQL has taken to the order that has it', async () => {
    const { ordering } = harness
    await insertBySql(ordering, 1)
    await ordering.strike({ kind: 'twice', matching: 'INSERT INTO orders' })
    const placed = await ordering.send('POST', '/api/orders', anOrder())
    expect(await placed.json()).toMatchObject({ number: 2 })
    expect(await countOrders()).toBe(2)
  })
})
