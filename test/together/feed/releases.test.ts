import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { answersOf } from '../../../shared/handover/protocol.ts'
import { ORDER_FEED } from '../../../shared/contract/order-feed.ts'
import { readRecord } from '../../../shared/handover/consumer/record.ts'
import { parseOrder } from '../../../workers/billing/copies/order-copy.ts'
import { anOrder, deleteOrder, order10248, orderAtTwoRates, placeOrder } from '../../support/orders.ts'
import { startTogether } from '../../support/together.ts'

const readOrder = (record: unknown) => readRecord(ORDER_FEED, parseOrder, record)
const FEEDS = join(import.meta.dirname, '../../examples/feeds')
/** The reader of batches that billing has. */
const { batch } = answersOf(ORDER_FEED)
const RELEASES = readdirSync(FEEDS, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
)

function readRecorded(release: string, name: 'page' | 'reader'): unknown {
  return JSON.parse(readFileSync(join(FEEDS, release, `${name}.json`), 'utf8'))
}

describe.each(RELEASES)('release %s', (release) => {
  it('publishes what billing reads today, each record whole', () => {
    const page = batch.parse(readRecorded(release, 'page'))
    expect(page.records).not.toEqual([])
    const read = page.records.map(readOrder)
    expect(read.filter(({ ok }) => !ok)).toEqual([])
    // Kept as it came, so that a later release finds what this one passes over.
    expect(read.map((record) => record.ok && (JSON.parse(record.value.text) as unknown))).toEqual(page.records)
  })

  it('reads what ordering publishes today', async () => {
    const { ordering } = await startTogether()
    await placeOrder(ordering, order10248)
    await placeOrder(ordering, orderAtTwoRates)
    await placeOrder(ordering, anOrder({ currency: 'JPY', note: 'Left at the gate.\nRing twice.' }))
    await deleteOrder(ordering, 3)
    const page = batch.parse(await (await ordering.fetch('/api/feed/orders')).json())
    const fits = new Ajv2020({ strict: false, formats: { 'date-time': true } }).compile(
      readRecorded(release, 'reader') as object,
    )
    expect(page.records).toHaveLength(3)
    expect(page.records.map((record) => [fits(record), fits.errors])).toEqual(page.records.map(() => [true, null]))
  })
})

describe('a newer ordering', () => {
  it('is read by this billing: members that it adds are passed over, and stay in the copy', () => {
    const [record] = batch.parse(readRecorded('0.1.0', 'page')).records as [Record<string, unknown>]
    const customer = { ...(record['customer'] as object), loyalty: { since: 2019 } }
    const newer = { ...record, customer, deliverBy: '2027-01-31' }
    const read = readOrder(newer)
    expect(read.ok && JSON.parse(read.value.text)).toEqual(newer)
    expect(batch.parse({ orders: [newer], next: 'e.1', more: false, epoch: 'e', schema: 2 }).schema).toBe(2)
  })

  it('brings an order to this billing and to its invoice', async () => {
    const { ordering, billing, pull } = await startTogether()
    const { number } = await placeOrder(ordering, order10248)
    await ordering.sql(`UPDATE orders SET customer = json_set(customer, '$.loyalty', 'gold') WHERE number = ?`, number)
    expect(await pull()).toMatchObject({ outcome: 'ok', created: 1, quarantined: 0 })
    const [copy] = await billing.sql<{ loyalty: string }>(
      `SELECT record ->> '$.customer.loyalty' AS loyalty FROM orders`,
    )
    expect(copy).toEqual({ loyalty: 'gold' })
    expect(await billing.sql('SELECT order_number, state FROM invoices')).toEqual([
      { order_number: number, state: 'ToApprove' },
    ])
  })
})

describe('an older ordering', () => {
  it('is read by this billing, though its pages do not say their schema', () => {
    const page = readRecorded('0.1.0', 'page') as Record<string, unknown>
    const { schema: _, ...older } = page
    expect(batch.parse(older).records).toHaveLength(4)
  })
})
