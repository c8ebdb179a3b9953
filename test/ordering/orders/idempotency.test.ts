import { beforeEach, expect, it } from 'vitest'
import type { Order } from '../../../shared/contract/order.ts'
import { amendOrder, anOrder, order10248, placeDraft } from '../../support/orders.ts'
import type { Answer, RunningWorker } from '../../../shared/simulator/running-worker.ts'
import { startTogether } from '../../support/together.ts'

let ordering: RunningWorker
beforeEach(async () => {
  ;({ ordering } = await startTogether())
})

function place(key: string, order = anOrder()): Promise<Answer> {
  return ordering.send('POST', '/api/orders', order, { 'Idempotency-Key': key })
}

it('POST /api/orders with the same key and body answers the same order again, marked as replayed', async () => {
  const first = await place('a key of "mine"')
  expect(first.status).toBe(201)
  expect(first.headers.get('Idempotent-Replayed')).toBeNull()
  const again = await place('a key of "mine"')
  expect(again.status).toBe(201)
  expect(again.headers.get('Idempotent-Replayed')).toBe('true')
  expect(again.headers.get('Location')).toBe('/api/orders/1')
  expect(await again.json()).toEqual(await first.json())
  expect(await ordering.sql('SELECT count(*) AS orders FROM orders')).toEqual([{ orders: 1 }])
})

it('requests with one key that come at once make one order', async () => {
  const answers = await Promise.all(Array.from({ length: 6 }, () => place('at once', order10248)))
  expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201, 201])
  const orders = (await Promise.all(answers.map((answer) => answer.json()))) as Order[]
  expect(new Set(orders.map(({ number }) => number)).size).toBe(1)
  expect(answers.filter(({ headers }) => headers.get('Idempotent-Replayed') === null)).toHaveLength(1)
})

it('a key that came with another body answers 422', async () => {
  await place('reused')
  const response = await place('reused', anOrder({ note: 'Another' }))
  expect(response.status).toBe(422)
  expect(await response.json()).toMatchObject({ type: '/problems/idempotency-key-reused' })
})

it('a body that says the same in other texts is the same', async () => {
  await place('alike', anOrder({ note: 'Caf\u00e9' }))
  const again = await place('alike', anOrder({ note: ' Cafe\u0301\r\n' }))
  expect([again.status, again.headers.get('Idempotent-Replayed')]).toEqual([201, 'true'])
})

it('a replay shows the order as it is now', async () => {
  await place('later')
  await amendOrder(ordering, 1, anOrder({ note: 'Amended' }))
  const again = await place('later')
  expect(again.headers.get('ETag')).toBe('"2"')
  expect(await again.json()).toMatchObject({ number: 1, note: 'Amended' })
})

it('a request that was refused leaves its key free', async () => {
  await placeDraft(ordering, order10248)
  expect((await place('retry', order10248)).status).toBe(409)
  expect((await place('retry')).status).toBe(201)
})

it('a key is forgotten after 24 hours', async () => {
  await place('old')
  const dayAgo = new Date(Date.now() - 24 * 60 * 60 * 1000 - 1000).toISOString()
  await ordering.sql('UPDATE idempotency_keys SET created_at = ?', dayAgo)
  const response = await place('old', anOrder({ note: 'Another' }))
  expect(response.status).toBe(201)
  expect(await response.json()).toMatchObject({ number: 2 })
  expect(await ordering.sql('SELECT order_number FROM idempotency_keys')).toEqual([{ order_number: 2 }])
})

it('a key belongs to the person who chose it', async () => {
  await place('shared')
  await ordering.sql(`UPDATE idempotency_keys SET created_by = 'ben@example.com'`)
  const response = await place('shared')
  expect(await response.json()).toMatchObject({ number: 2 })
})

it('a key that is too long or not ASCII answers 400', async () => {
  for (const key of ['k'.repeat(256), 'clé']) {
    const response = await place(key)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ type: '/problems/invalid-idempotency-key' })
  }
  expect((await place('k'.repeat(255))).status).toBe(201)
})
