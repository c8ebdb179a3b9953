import { beforeAll, describe, expect, it } from 'vitest'
import { amendOrder, anOrder } from '../../support/orders.ts'
import { startTogether, type Together } from '../../support/together.ts'
import { pullToEnd } from '../both-sides.ts'
import { insertManyBySql } from '../sql-orders.ts'

type Cost = { roundTrips: number; rowsRead: number; rowsWritten: number }
const SIZES = [1_000, 10_000] as const

/** Both apps with `size` orders, a tenth of them Drafts, all of them pulled. */
async function startWith(size: number): Promise<Together> {
  const together = await startTogether()
  await insertManyBySql(together.ordering, { from: 1, to: size, draftEach: 10 })
  await pullToEnd(together)
  return together
}

/** What one act costs in each app's database, as D1 counts it and the debug log says. */
async function costOf(together: Together, act: () => Promise<unknown>): Promise<{ ordering: Cost; billing: Cost }> {
  together.harness.clearLogs()
  await act()
  const costs = (event: string): Cost[] => together.log(event).map((line) => line['d1'] as Cost)
  return { ordering: sum([...costs('feed.batch'), ...costs('feed.record')]), billing: sum(costs('request')) }
}

function sum(costs: Cost[]): Cost {
  const add = (member: keyof Cost): number => costs.reduce((total, cost) => total + cost[member], 0)
  return { roundTrips: add('roundTrips'), rowsRead: add('rowsRead'), rowsWritten: add('rowsWritten') }
}

/** What a pull of `count` changed orders reads in both databases together; they lie all over the table, no Draft among them. */
async function rowsReadFor(together: Together, size: number, count: number): Promise<number> {
  const numbers = Array.from({ length: count }, (_, index) => (index * size) / count + 1)
  await together.ordering.sql(
    `UPDATE orders SET note = coalesce(note, '') || '!' WHERE number IN (SELECT value FROM json_each(?))`,
    JSON.stringify(numbers),
  )
  const { ordering, billing } = await costOf(together, async () => {
    expect(await together.pull()).toMatchObject({ outcome: 'ok', changed: count })
  })
  return ordering.rowsRead + billing.rowsRead
}

/** Each is a divisor of a hundred, so that no tenth order is among those that change. */
const CHANGED = [10, 50, 100] as const
const rowsRead = new Map<number, number[]>()

describe.each(SIZES)('with %s orders, a tenth of them Drafts', (size) => {
  let together: Together
  beforeAll(async () => {
    together = await startWith(size)
  }, 60_000)

  it('an idle pull reads at most 10 rows in both databases, writes none in ordering and at most 3 in billing', async () => {
    const { ordering, billing } = await costOf(together, () => together.pull())
    expect(ordering.rowsRead + billing.rowsRead).toBeLessThanOrEqual(10)
    expect(ordering.rowsWritten).toBe(0)
    expect(billing.rowsWritten).toBeLessThanOrEqual(3)
  })

  it('a pull reads rows in proportion to the orders that changed', async () => {
    const rows: number[] = []
    for (const count of CHANGED) rows.push(await rowsReadFor(together, size, count))
    rowsRead.set(size, rows)
    const [few = 0, some = 0, many = 0] = rows
    const [anOrderMore, another] = [(some - few) / 40, (many - some) / 50]
    expect(anOrderMore).toBeGreaterThan(0)
    expect(Math.abs(another / anOrderMore - 1)).toBeLessThan(0.01)
  })

  it('the deep link does one D1 round trip in each app', async () => {
    await amendOrder(together.ordering, 1, anOrder({ note: 'followed' }))
    const { ordering, billing } = await costOf(together, async () => {
      expect((await together.billing.fetch('/link/new_order/1')).status).toBe(200)
    })
    expect(ordering.roundTrips).toBe(1)
    expect(billing.roundTrips).toBe(1)
    expect(ordering.rowsRead + billing.rowsRead).toBeLessThan(100)
  })
})

it('a pull of as many changed orders reads the same rows at 1,000 and at 10,000 orders, within 1 %', () => {
  const [small = [], large = []] = SIZES.map((size) => rowsRead.get(size))
  console.log(
    `Rows read by a pull of ${CHANGED.join(', ')} changed orders: ${small.join(', ')} and ${large.join(', ')}`,
  )
  expect(small).toHaveLength(CHANGED.length)
  for (const [index, rows] of small.entries()) {
    expect(Math.abs((large[index] ?? 0) / rows - 1)).toBeLessThan(0.01)
  }
})
