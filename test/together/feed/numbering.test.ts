import { beforeEach, describe, expect, it } from 'vitest'
import { amendOrder, anOrder, deleteOrder, placeOrder } from '../../support/orders.ts'
import { startTogether, type Together } from '../../support/together.ts'
import { type Feed, numbersIn, openFeed, placesIn, type SentBatch } from '../feed-reader.ts'
import { insertBySql, insertManyBySql } from '../sql-orders.ts'

let together: Together
let feed: Feed
beforeEach(async () => {
  together = await startTogether()
  feed = await openFeed(together)
})

describe('the numbers of the feed', () => {
  it('are given once while many write and read at the same time', async () => {
    const { ordering } = together
    const seen: SentBatch[] = []
    const write = async (customer: string): Promise<void> => {
      const { number } = await placeOrder(ordering, anOrder({ note: customer }))
      for (const note of ['second', 'third']) await amendOrder(ordering, number, anOrder({ note }))
    }
    const read = async (): Promise<void> => {
      let token: string | null = null
      for (let count = 0; count < 8; count += 1) {
        const page: SentBatch = await feed.readBatch(token, 3)
        seen.push(page)
        token = page.next
      }
    }
    await Promise.all([...['a', 'b', 'c', 'd', 'e', 'f'].map(write), read(), read(), read()])
    seen.push(...(await feed.readBatches(1000)))

    // Readers saw the same orders several times; a place never stood for two of them, nor for two contents of one.
    const held = new Map<number, string>()
    for (const { confirmedSequenceNr, number, revision } of seen.flatMap(({ orders }) => orders)) {
      const holder = `order ${number} at revision ${revision}`
      expect(held.get(confirmedSequenceNr) ?? holder).toBe(holder)
      held.set(confirmedSequenceNr, holder)
    }
    expect(new Set(numbersIn(...seen)).size).toBe(6)
    for (const page of seen) expect(placesIn(page)).toEqual(placesIn(page).toSorted((one, other) => one - other))
  })

  it('reach a reader who follows the tokens while orders change, none of them passed over', async () => {
    const { ordering } = together
    const copies = new Map<number, number>()
    let token: string | null = null
    let writing = true
    const read = async (): Promise<void> => {
      const page: SentBatch = await feed.readBatch(token, 2)
      for (const { number, revision } of page.orders) copies.set(number, revision)
      token = page.next
      if (writing || page.more) return read()
      return undefined
    }
    const write = async (note: string): Promise<void> => {
      const { number } = await placeOrder(ordering, anOrder({ note }))
      for (let count = 0; count < 4; count += 1) await amendOrder(ordering, number, anOrder({ note: note + count }))
    }
    const reading = read()
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map(write))
    writing = false
    await reading
    await read()
    expect([...copies].toSorted(([one], [other]) => one - other)).toEqual([1, 2, 3, 4, 5].map((number) => [number, 6]))
  })

  it('do not let an order that changes all the time keep the others waiting', async () => {
    const { ordering } = together
    await insertManyBySql(ordering, { from: 1, to: 4 })
    let { next } = await feed.readBatch(null, 1)
    const read: number[] = []
    for (let count = 0; count < 6; count += 1) {
      await ordering.sql(`UPDATE orders SET note = 'busy ' || ${count} WHERE number = 1`)
      const page = await feed.readBatch(next, 1)
      read.push(...numbersIn(page))
      ;({ next } = page)
    }
    expect(read).toEqual([2, 3, 4, 1, 1, 1])
  })

  it('never fall when the order that held the highest is changed', async () => {
    const { ordering } = together
    await placeOrder(ordering)
    await placeOrder(ordering)
    await feed.readBatch(null)
    await amendOrder(ordering, 2, anOrder({ note: 'amended' }))
    expect(placesIn(await feed.readBatch(null))).toEqual([1, 3])
  })

  it('never fall when the order that held the highest is deleted', async () => {
    const { ordering } = together
    await placeOrder(ordering)
    await placeOrder(ordering)
    const { next } = await feed.readBatch(null)
    await deleteOrder(ordering, 2)
    expect((await feed.readBatch(next)).orders).toMatchObject([{ number: 2, state: 'Deleted', confirmedSequenceNr: 3 }])
    await placeOrder(ordering)
    expect(placesIn(await feed.readBatch(null))).toEqual([1, 3, 4])
  })

  it('never fall when SQL changes the order that held the highest and its lines', async () => {
    const { ordering } = together
    await placeOrder(ordering)
    await feed.readBatch(null)
    await ordering.sql(`UPDATE orders SET note = 'by SQL' WHERE number = 1`)
    expect(placesIn(await feed.readBatch(null))).toEqual([2])
    await ordering.sql(`UPDATE orders SET lines = json_set(lines, '$[0].unitPrice', 300) WHERE number = 1`)
    expect(placesIn(await feed.readBatch(null))).toEqual([3])
    await ordering.sql('UPDATE orders SET confirmed_sequence_nr = -1 WHERE number = 1')
    expect(placesIn(await feed.readBatch(null))).toEqual([4])
  })

  it('are assigned by the feed alone: SQL that assigns one is refused', async () => {
    const { ordering } = together
    await placeOrder(ordering)
    await feed.readBatch(null)
    await expect(ordering.sql('UPDATE orders SET confirmed_sequence_nr = 9 WHERE number = 1')).rejects.toThrow(
      'a sequence number is given by the feed alone',
    )
    await expect(ordering.sql('UPDATE feed SET highest = 0')).rejects.toThrow('the highest sequence number never falls')
    const inserted = ordering.sql(
      `INSERT INTO orders (number, state, confirmed_sequence_nr, placed_at, updated_at, updated_by, currency, customer,
        customer_name_folded)
      SELECT 2, state, 1, placed_at, updated_at, updated_by, currency, customer, customer_name_folded FROM orders`,
    )
    await expect(inserted).rejects.toThrow('a sequence number is given by the feed alone')
    expect(placesIn(await feed.readBatch(null))).toEqual([1])
  })

  it('are shared by readers that come at once: one numbering for those that wait', async () => {
    await insertManyBySql(together.ordering, { from: 1, to: 5 })
    const pages = await Promise.all(Array.from({ length: 10 }, () => feed.readBatch(null)))
    for (const page of pages) expect(placesIn(page)).toEqual([1, 2, 3, 4, 5])
    const readers = together.log('feed.batch').map((line) => Number(line['readers']))
    expect(readers.length).toBeLessThan(10)
    expect(readers.reduce((sum, count) => sum + count, 0)).toBe(10)
  })

  it('are given to what was written before the question, even while another numbering runs', async () => {
    const { ordering } = together
    const askAgainAndAgain = async (): Promise<void> => {
      for (let time = 1; time <= 40; time += 1) await feed.readBatch(null, 1)
    }
    const busy = [askAgainAndAgain(), askAgainAndAgain(), askAgainAndAgain()]
    let { next } = await feed.readBatch(null)
    for (let round = 1; round <= 10; round += 1) {
      await insertBySql(ordering, round)
      const page = await feed.readBatch(next)
      expect(numbersIn(page)).toEqual([round])
      ;({ next } = page)
    }
    await Promise.all(busy)
  })

  it('stay the same when the answer of a numbering is lost', async () => {
    const { ordering } = together
    await insertManyBySql(ordering, { from: 1, to: 3 })
    await ordering.failDatabase({ kind: 'lose-answer', matching: 'UPDATE feed SET numbering = 1' })
    const [before] = await ordering.sql('SELECT epoch FROM feed')
    expect((await feed.fetch('/orders')).status).toBe(500)
    const page = await feed.readBatch(null)
    expect(placesIn(page)).toEqual([1, 2, 3])
    expect(page.epoch).toBe(before?.['epoch'])
  })

  it('are not given again by a numbering that lands after its successor', async () => {
    const { ordering } = together
    await insertBySql(ordering, 1)
    await ordering.failDatabase({ kind: 'land-late', matching: 'UPDATE feed SET numbering = 1' })
    expect((await feed.fetch('/orders')).status).toBe(500)
    const { next } = await feed.readBatch(null)
    await insertBySql(ordering, 2)
    await ordering.landLate()
    expect(await ordering.sql('SELECT number, confirmed_sequence_nr AS nr FROM orders ORDER BY number')).toEqual([
      { number: 1, nr: 1 },
      { number: 2, nr: -1 },
    ])
    expect((await feed.readBatch(next)).orders).toMatchObject([{ number: 2, confirmedSequenceNr: 2 }])
  })

  it('go on where they stood after the sequencer was evicted', async () => {
    const { ordering, harness } = together
    await placeOrder(ordering)
    const { next, epoch } = await feed.readBatch(null)
    const [id = ''] = await harness.getWorker('ordering').listDurableObjectIds('OrderSequencer')
    await harness.getWorker('ordering').evictDurableObject('OrderSequencer', { id })
    await placeOrder(ordering)
    expect(await feed.readBatch(next)).toMatchObject({ orders: [{ number: 2, confirmedSequenceNr: 2 }], epoch })
  })
})
