import { beforeEach, describe, expect, it } from 'vitest'
import type { Order } from '../../../shared/contract/order.ts'
import { anOrder, deleteOrder, importOrders, placeDraft, placeOrder } from '../../support/orders.ts'
import type { Answer, Init } from '../../../shared/simulator/running-worker.ts'
import { startTogether, type Together } from '../../support/together.ts'
import { insertManyBySql } from '../sql-orders.ts'

type Read = { answers: { number: number; order: Order | null }[]; left: number[] }
type Cost = { roundTrips: number; statements: number; rowsRead: number; rowsWritten: number }

let together: Together

beforeEach(async () => {
  together = await startTogether()
})

/** Asks OrderService itself for orders by their numbers. */
function readOrders(body: unknown): Promise<Answer> {
  const headers = { 'Content-Type': 'application/json' }
  return ask('/orders/read', { method: 'POST', headers, body: JSON.stringify(body) })
}

async function ask(path: string, init: Init = {}): Promise<Answer> {
  const { ORDERING } = await together.harness
    .getWorker<{ ORDERING: { fetch: (url: string, init: Init) => Promise<Answer> } }>('relay')
    .getEnv()
  return ORDERING.fetch(`https://feed${path}`, init)
}

describe('POST /orders/read', () => {
  it('answers each order as GET /orders/:number does, in the order asked for, and null for one never confirmed', async () => {
    const { ordering } = together
    for (let count = 0; count < 2; count += 1) await placeOrder(ordering)
    await placeDraft(ordering)
    await deleteOrder(ordering, 1)
    const answer = await readOrders({ numbers: [2, 3, 1, 99] })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('Cache-Control')).toBe('no-store')
    const [feed] = await ordering.sql<{ epoch: string }>('SELECT epoch FROM feed')
    expect(answer.headers.get('Order-Epoch')).toBe(feed?.epoch)
    const { answers, left } = (await answer.json()) as Read
    expect(answers.map(({ number, order }) => [number, order?.state ?? null])).toEqual([
      [2, 'Confirmed'],
      [3, null],
      [1, 'Deleted'],
      [99, null],
    ])
    expect(left).toEqual([])
    expect(answers[0]?.order).toEqual(await (await ask('/orders/2')).json())
  })

  it('answers a record that SQL has spoiled as it answers that alone, beside the others', async () => {
    for (let count = 0; count < 2; count += 1) await placeOrder(together.ordering)
    await together.ordering.sql(`UPDATE orders SET currency = 'XXY' WHERE number = 1`)
    const { answers } = (await (await readOrders({ numbers: [1, 2] })).json()) as Read
    expect(answers.map(({ order }) => order?.currency)).toEqual(['XXY', 'EUR'])
    expect(answers[0]?.order).toEqual(await (await ask('/orders/1')).json())
  })

  it('names what would make its answer longer than some megabytes, one order at least being there', async () => {
    const description = 'Ж'.repeat(500)
    const lines = Array.from({ length: 200 }, (_, place) => ({
      sku: `P-${place}`,
      description,
      quantity: 1,
      unitPrice: 100,
    }))
    for (let index = 1; index <= 25; index += 1) {
      await importOrders(together.ordering, [{ ...anOrder({ lines }), externalId: `L-${index}`, state: 'Confirmed' }])
    }
    const numbers = Array.from({ length: 25 }, (_, index) => index + 1)
    const answer = await readOrders({ numbers })
    const body = await answer.text()
    const { answers, left } = JSON.parse(body) as Read
    expect(answers.length).toBeGreaterThan(10)
    expect([...answers.map(({ number }) => number), ...left]).toEqual(numbers)
    expect(new TextEncoder().encode(body).length).toBeLessThan(5_000_000)
  }, 60_000)

  it.each([
    ['nothing', {}],
    ['no number', { numbers: [] }],
    ['a number twice', { numbers: [1, 1] }],
    ['what is no number', { numbers: [0] }],
    ['more than 100', { numbers: Array.from({ length: 101 }, (_, index) => index + 1) }],
    ['what is not known', { numbers: [1], state: 'Confirmed' }],
  ])('refuses to be asked for %s', async (_, body) => {
    expect((await readOrders(body)).status).toBe(422)
  })

  it('reads as many rows at 5,000 orders as at 100, and does one round trip', async () => {
    const numbers = Array.from({ length: 25 }, (_, index) => index * 4 + 1)
    const costs: Cost[] = []
    for (const [from, to] of [
      [1, 100],
      [101, 5_000],
    ] as const) {
      await insertManyBySql(together.ordering, { from, to })
      together.harness.clearLogs()
      await readOrders({ numbers })
      costs.push(together.log('service.request').at(-1)?.['d1'] as Cost)
    }
    const [few, many] = costs
    expect(many).toEqual(few)
    expect(many).toMatchObject({ roundTrips: 1, statements: 1, rowsWritten: 0 })
    expect(many?.rowsRead).toBeLessThanOrEqual(9 * 25)
  }, 60_000)
})
