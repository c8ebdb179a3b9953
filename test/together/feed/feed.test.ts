import { beforeEach, describe, expect, it } from 'vitest'
import {
  amendOrder,
  anOrder,
  confirmOrder,
  deleteOrder,
  type Draft,
  order10248,
  placeDraft,
  placeOrder,
  readOrder,
} from '../../support/orders.ts'
import { startTogether, type Together } from '../../support/together.ts'
import { type Feed, numbersIn, openFeed, placesIn } from '../feed-reader.ts'
import { insertManyBySql } from '../sql-orders.ts'

let together: Together
let feed: Feed
beforeEach(async () => {
  together = await startTogether()
  feed = await openFeed(together)
})

describe('GET /orders', () => {
  it('answers an empty feed with a token of its own, which answers itself again', async () => {
    const start = await feed.readBatch(null)
    expect(start).toMatchObject({ orders: [], more: false })
    expect(await feed.readBatch(start.next)).toEqual(start)
  })

  it('answers each order that was confirmed, once, in ascending places, whole and uncached', async () => {
    for (let count = 0; count < 3; count += 1) await placeOrder(together.ordering)
    const response = await feed.fetch('/orders')
    expect(response.headers.get('Cache-Control')).toBe('no-store')
    const page = (await response.json()) as Awaited<ReturnType<Feed['readBatch']>>
    expect(placesIn(page)).toEqual([1, 2, 3])
    const shown = await Promise.all([1, 2, 3].map((number) => readOrder(together.ordering, number)))
    expect(shown).toMatchObject(page.orders)
  })

  it('answers a page with nothing new with the token that was sent', async () => {
    await placeOrder(together.ordering)
    const { next } = await feed.readBatch(null)
    expect(await feed.readBatch(next)).toMatchObject({ orders: [], next, more: false })
  })

  it('answers an order that changed after the token, in its latest content, and no other', async () => {
    await placeOrder(together.ordering, anOrder({ note: 'first' }))
    await placeOrder(together.ordering)
    const { next } = await feed.readBatch(null)
    await amendOrder(together.ordering, 1, anOrder({ note: 'second' }))
    await amendOrder(together.ordering, 1, anOrder({ note: 'third' }))
    const page = await feed.readBatch(next)
    expect(page.orders).toMatchObject([{ number: 1, note: 'third', revision: 4, confirmedSequenceNr: 3 }])
  })

  it('answers from the start each order at its latest place alone', async () => {
    for (let count = 0; count < 3; count += 1) await placeOrder(together.ordering)
    await feed.readBatch(null)
    await amendOrder(together.ordering, 1, anOrder({ note: 'amended' }))
    expect(numbersIn(await feed.readBatch(null))).toEqual([2, 3, 1])
  })

  it('answers a deleted order as Deleted', async () => {
    await placeOrder(together.ordering)
    const { next } = await feed.readBatch(null)
    await deleteOrder(together.ordering, 1)
    expect((await feed.readBatch(next)).orders).toMatchObject([{ number: 1, state: 'Deleted' }])
    expect((await feed.readBatch(null)).orders).toMatchObject([{ number: 1, state: 'Deleted' }])
  })

  it('never answers a Draft, nor one that was deleted before it was confirmed', async () => {
    await placeDraft(together.ordering)
    await placeDraft(together.ordering)
    await deleteOrder(together.ordering, 2)
    expect(await feed.readBatch(null)).toMatchObject({ orders: [], more: false })
    await confirmOrder(together.ordering, 1)
    expect(numbersIn(await feed.readBatch(null))).toEqual([1])
  })

  it('answers pages of `limit` orders that join without a gap, and `more` until the end', async () => {
    await insertManyBySql(together.ordering, { from: 1, to: 7 })
    const pages = await feed.readBatches(3)
    expect(pages.map(({ orders, more }) => [orders.length, more])).toEqual([
      [3, true],
      [3, true],
      [1, false],
    ])
    expect(numbersIn(...pages)).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(placesIn(...pages)).toEqual([1, 2, 3, 4, 5, 6, 7])
  })

  it('says that there is more when what is left still waits for its number', async () => {
    await insertManyBySql(together.ordering, { from: 1, to: 2 })
    const page = await feed.readBatch(null, 1)
    expect(page).toMatchObject({ orders: [{ number: 1 }], more: true })
    expect(await together.ordering.sql('SELECT confirmed_sequence_nr AS nr FROM orders ORDER BY number')).toEqual([
      { nr: 1 },
      { nr: -1 },
    ])
  })

  it.each(['0', '1001', '-1', '1.5', 'ten', '01', '1e2', ''])('refuses limit=%s with 400', async (limit) => {
    const response = await feed.fetch(`/orders?limit=${limit}`)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      type: '/problems/invalid-query',
      errors: [{ pointer: '/limit' }],
    })
  })

  it('takes the limits 1 and 1000', async () => {
    expect((await feed.fetch('/orders?limit=1')).status).toBe(200)
    expect((await feed.fetch('/orders?limit=1000')).status).toBe(200)
  })

  it.each(['', '0', 'null', 'abc', '0123456789abcdef', '0123456789abcdef.', '0123456789abcdef.01', '.1', '%00'])(
    'refuses after=%s with 400 /problems/invalid-token',
    async (token) => {
      const response = await feed.fetch(`/orders?after=${token}`)
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({ type: '/problems/invalid-token' })
    },
  )

  it('refuses a token with anything before or after it', async () => {
    const { next } = await feed.readBatch(null)
    for (const token of [`${next}0x`, ` ${next}`, `${next}\n`, next.toUpperCase() + 'A']) {
      const response = await feed.fetch(`/orders?after=${encodeURIComponent(token)}`)
      expect([token, response.status]).toEqual([token, 400])
    }
  })
})

describe('a page of large orders', () => {
  const description = (character: string): string => character.repeat(500)
  const largeOrder = (character: string): Draft =>
    anOrder({
      lines: Array.from({ length: 200 }, () => ({
        sku: 'OAT-1',
        description: description(character),
        quantity: 1,
        unitPrice: 1,
      })),
    })

  it('ends early by its bytes and says that there is more', async () => {
    for (let count = 0; count < 4; count += 1) await placeOrder(together.ordering, largeOrder('💶'))
    const pages = await feed.readBatches(1000)
    expect(numbersIn(...pages)).toEqual([1, 2, 3, 4])
    expect(pages.length).toBeGreaterThan(1)
    expect(pages.map(({ more }) => more)).toEqual(pages.map((_, index) => index < pages.length - 1))
  })

  it('holds one order at least, however large, and arrives in billing', async () => {
    for (let count = 0; count < 4; count += 1) await placeOrder(together.ordering, largeOrder('💶'))
    expect((await feed.readBatch(null, 1)).orders).toHaveLength(1)
    expect(await together.pull()).toMatchObject({ outcome: 'ok', created: 4, quarantined: 0 })
  })

  it.each(['💶', 'a', '"', '\\'])('full of %s stays below the 2 MB that D1 takes for a value', async (character) => {
    for (let count = 0; count < 10; count += 1) await placeOrder(together.ordering, largeOrder(character))
    const pages = await feed.readBatches(1000)
    const bytes = pages.map(({ orders }) => Buffer.byteLength(JSON.stringify(orders)))
    expect(Math.max(...bytes)).toBeLessThan(2_000_000)
  })
})

describe('GET /orders/:number', () => {
  it('answers a confirmed order with the epoch, before any number was given, and gives none', async () => {
    const placed = await placeOrder(together.ordering, order10248)
    const response = await feed.fetch('/orders/1')
    expect(response.status).toBe(200)
    expect(response.headers.get('Cache-Control')).toBe('no-store')
    expect(await response.json()).toEqual(placed)
    expect(placed.confirmedSequenceNr).toBe(-1)
    expect(await together.ordering.sql('SELECT epoch, highest FROM feed')).toEqual([
      { epoch: response.headers.get('Order-Epoch'), highest: 0 },
    ])
  })

  it('answers a numbered order with its number, and a deleted one as Deleted', async () => {
    await placeOrder(together.ordering)
    const { epoch } = await feed.readBatch(null)
    const numbered = await feed.fetch('/orders/1')
    expect(numbered.headers.get('Order-Epoch')).toBe(epoch)
    expect(await numbered.json()).toMatchObject({ state: 'Confirmed', confirmedSequenceNr: 1 })
    await deleteOrder(together.ordering, 1)
    expect(await (await feed.fetch('/orders/1')).json()).toMatchObject({ state: 'Deleted', confirmedSequenceNr: -1 })
  })

  it('answers 404 for an order that is unknown, was never confirmed, or is no number', async () => {
    await placeDraft(together.ordering)
    for (const number of ['1', '2', '0', 'abc', '01', '9007199254740993']) {
      const response = await feed.fetch(`/orders/${number}`)
      expect([number, response.status]).toEqual([number, 404])
      expect(response.headers.get('Content-Type')).toBe('application/problem+json')
    }
  })
})
