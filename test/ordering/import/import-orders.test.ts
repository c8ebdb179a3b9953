import { beforeEach, describe, expect, it } from 'vitest'
import type { Order } from '../../../shared/contract/order.ts'
import { findCollection } from '../../support/northwind.ts'
import {
  amendOrder,
  anOrder,
  confirmOrder,
  deleteOrder,
  type ImportLine,
  importOrders,
  placeDraft,
  readOrder,
} from '../../support/orders.ts'
import type { Answer, RunningWorker } from '../../../shared/simulator/running-worker.ts'
import { startTogether } from '../../support/together.ts'

let ordering: RunningWorker
beforeEach(async () => {
  ;({ ordering } = await startTogether())
})

function line(parts: Partial<ImportLine> = {}): ImportLine {
  return { ...anOrder(), externalId: 'A-1', ...parts }
}

function importText(body: string, contentType = 'application/x-ndjson'): Promise<Answer> {
  return ordering.fetch('/api/orders/import', { method: 'POST', headers: { 'Content-Type': contentType }, body })
}

it('POST /api/orders/import makes an order of each line, in the state that it names', async () => {
  const lines = [line(), line({ externalId: 'A-2', state: 'Confirmed' })]
  expect(await importOrders(ordering, lines)).toEqual({ created: 2, changed: 0, unchanged: 0, failed: [] })
  expect(await readOrder(ordering, 1)).toMatchObject({ externalId: 'A-1', state: 'Draft', revision: 1 })
  expect(await readOrder(ordering, 2)).toMatchObject({
    externalId: 'A-2',
    state: 'Confirmed',
    revision: 1,
    confirmedBy: 'you@example.com',
    confirmedSequenceNr: -1,
  })
})

it('an import that is repeated changes nothing, also with its members in another order', async () => {
  await importOrders(ordering, [line({ note: 'n' })])
  const before = await readOrder(ordering, 1)
  const turned = Object.fromEntries(Object.entries(line({ note: 'n' })).toReversed())
  const response = await importText(`\n  \r\n${JSON.stringify(turned, null, 0)}\r\n\n`)
  expect(await response.json()).toEqual({ created: 0, changed: 0, unchanged: 1, failed: [] })
  expect(await readOrder(ordering, 1)).toEqual(before)
})

it('a new line changes the order that the last one made, in one revision', async () => {
  await importOrders(ordering, [line()])
  const changed = [line({ note: 'New', state: 'Confirmed' })]
  expect(await importOrders(ordering, changed)).toEqual({ created: 0, changed: 1, unchanged: 0, failed: [] })
  expect(await readOrder(ordering, 1)).toMatchObject({ state: 'Confirmed', revision: 2, note: 'New' })
})

it.each([
  ['with its day', { placedAt: '2026-03-01T08:00:00Z' }],
  ['without a day', {}],
])('a line %s that was imported already is unchanged, whatever was amended here since', async (_, day) => {
  await importOrders(ordering, [line(day)])
  await amendOrder(ordering, 1, anOrder({ note: 'Amended here' }))
  expect(await importOrders(ordering, [line(day)])).toMatchObject({ unchanged: 1, failed: [] })
  expect(await importOrders(ordering, [line({ ...day, state: 'Confirmed' })])).toMatchObject({ failed: [{ line: 1 }] })
  expect(await readOrder(ordering, 1)).toMatchObject({ note: 'Amended here', revision: 2 })
})

it('a new line for an order that was amended, deleted or entered here fails and changes nothing', async () => {
  await importOrders(ordering, [line(), line({ externalId: 'A-2' })])
  await amendOrder(ordering, 1, anOrder({ note: 'Amended here' }))
  await deleteOrder(ordering, 2)
  await placeDraft(ordering, anOrder({ externalId: 'A-3' }))
  const lines = ['A-1', 'A-2', 'A-3'].map((externalId) => line({ externalId, note: 'New' }))
  const problem = { type: '/problems/changed-here', title: 'The order was amended or deleted here', status: 409 }
  expect(await importOrders(ordering, lines)).toEqual({
    created: 0,
    changed: 0,
    unchanged: 0,
    failed: [
      { line: 1, externalId: 'A-1', problem: { ...problem, detail: 'Order 1 was amended or entered here' } },
      { line: 2, externalId: 'A-2', problem: { ...problem, detail: 'Order 2 was deleted here' } },
      { line: 3, externalId: 'A-3', problem: { ...problem, detail: 'Order 3 was amended or entered here' } },
    ],
  })
  expect(await readOrder(ordering, 1)).toMatchObject({ note: 'Amended here' })
  expect(await readOrder(ordering, 3)).toMatchObject({ revision: 1, note: null })
})

it('a Draft line never un-confirms, and confirming here is not amending', async () => {
  await importOrders(ordering, [line()])
  await confirmOrder(ordering, 1)
  expect(await importOrders(ordering, [line({ note: 'New' })])).toMatchObject({ changed: 1, failed: [] })
  expect(await readOrder(ordering, 1)).toMatchObject({ state: 'Confirmed', revision: 3, note: 'New' })
})

it('a line that only says what was done here is remembered as imported', async () => {
  await importOrders(ordering, [line()])
  await confirmOrder(ordering, 1)
  expect(await importOrders(ordering, [line({ state: 'Confirmed' })])).toMatchObject({ unchanged: 1 })
  expect(await readOrder(ordering, 1)).toMatchObject({ revision: 2 })
  await amendOrder(ordering, 1, anOrder({ note: 'Amended here' }))
  expect(await importOrders(ordering, [line({ state: 'Confirmed' })])).toMatchObject({ unchanged: 1, failed: [] })
})

describe('an id that stands in several lines', () => {
  const TWICE = [line({ note: 'one' }), line({ externalId: 'A-2' }), line({ note: 'two' }), line({ note: 'three' })]

  it('counts by the last of them, and the import again changes nothing', async () => {
    const once = { created: 2, changed: 0, unchanged: 2, failed: [] }
    expect(await importOrders(ordering, TWICE)).toEqual(once)
    const before = await readOrder(ordering, 2)
    expect(before).toMatchObject({ externalId: 'A-1', note: 'three', revision: 1 })
    for (const _ of [1, 2, 3]) {
      expect(await importOrders(ordering, TWICE)).toEqual({ created: 0, changed: 0, unchanged: 4, failed: [] })
    }
    expect(await readOrder(ordering, 2)).toEqual(before)
  })

  it('is the same id with spaces round it, or written with marks of their own', async () => {
    const lines = [line({ externalId: ' Caf\u00e9-1\t' }), line({ externalId: 'Cafe\u0301-1', note: 'last' })]
    expect(await importOrders(ordering, lines)).toEqual({ created: 1, changed: 0, unchanged: 1, failed: [] })
    expect(await readOrder(ordering, 1)).toMatchObject({ externalId: 'Caf\u00e9-1', note: 'last' })
  })

  it('imports none of them where the last is refused, and says so: what came before is out of date', async () => {
    const lines = [line({ note: 'out of date' }), { ...line(), currency: 'EURO' }]
    expect(await importOrders(ordering, lines)).toMatchObject({
      created: 0,
      changed: 0,
      unchanged: 1,
      failed: [
        {
          line: 2,
          externalId: 'A-1',
          problem: { detail: 'One field is not valid. Earlier lines with the same ID are not imported either' },
        },
      ],
    })
    expect(await ordering.sql('SELECT count(*) AS orders FROM orders')).toEqual([{ orders: 0 }])
    expect(await importOrders(ordering, [line({ note: 'corrected' })])).toMatchObject({ created: 1 })
  })

  it('leaves out what was refused before the last', async () => {
    const lines = [{ ...line(), currency: 'EURO' }, line({ note: 'last' })]
    expect(await importOrders(ordering, lines)).toEqual({ created: 1, changed: 0, unchanged: 1, failed: [] })
  })
})

it.each([
  ['customers', 'id', { ...anOrder().customer, vatId: null }],
  ['products', 'sku', { sku: 'TEA-1', description: 'Assam', unitPrice: 1, currency: 'EUR' }],
])(
  'an id that stands twice among %s counts by its last line, and again changes nothing',
  async (catalogue, id, record) => {
    const names = catalogue === 'customers' ? { name: 'Last' } : { description: 'Last' }
    const body = [record, { ...record, ...names, [id]: ` ${String(Reflect.get(record, id))}\r\n` }]
    const send = async () => {
      const headers = { 'Content-Type': 'application/x-ndjson' }
      const text = body.map((each) => JSON.stringify(each)).join('\n')
      return (await ordering.fetch(`/api/${catalogue}/import`, { method: 'POST', headers, body: text })).json()
    }
    expect(await send()).toEqual({ created: 1, changed: 0, unchanged: 1, failed: [] })
    expect(await send()).toEqual({ created: 0, changed: 0, unchanged: 2, failed: [] })
    const found = await (await ordering.fetch(`/api/${catalogue}?q=`)).json()
    expect(found).toMatchObject({ [catalogue]: [{ ...names, [id]: String(Reflect.get(record, id)) }] })
  },
)

it('each line is judged on its own, and what is refused is named by line and JSON Pointer', async () => {
  const unreadable = '{"externalId":'
  const unfit = JSON.stringify({ ...line({ externalId: 'A-9' }), currency: 'EURO', colour: 'red' })
  const response = await importText(['', JSON.stringify(line()), unreadable, '', unfit, '[]'].join('\n'))
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({
    created: 1,
    failed: [
      { line: 3, externalId: null, problem: { type: '/problems/invalid-json', status: 400 } },
      {
        line: 5,
        externalId: 'A-9',
        problem: {
          type: '/problems/invalid-body',
          status: 422,
          errors: [
            { pointer: '/currency', detail: 'Must be a currency of ISO 4217, such as EUR' },
            { pointer: '/colour', detail: 'Unknown field' },
          ],
        },
      },
      { line: 6, externalId: null, problem: { type: '/problems/invalid-body' } },
    ],
  })
})

it('the same import twice at once makes no order twice', async () => {
  const lines = Array.from({ length: 40 }, (_, index) => line({ externalId: `A-${index}` }))
  const outcomes = await Promise.all([1, 2, 3].map(() => importOrders(ordering, lines)))
  const { created, unchanged } = outcomes
    .map((outcome) => outcome as { created: number; unchanged: number })
    .reduce((sum, one) => ({ created: sum.created + one.created, unchanged: sum.unchanged + one.unchanged }))
  expect({ created, unchanged }).toEqual({ created: 40, unchanged: 80 })
  expect(await ordering.sql('SELECT count(*) AS orders FROM orders')).toEqual([{ orders: 40 }])
})

it('an import passes over a number that a row made by SQL has taken', async () => {
  await placeDraft(ordering)
  await ordering.sql(
    `INSERT INTO orders (number, placed_at, updated_at, updated_by, currency, customer, customer_name_folded)
     SELECT 3, placed_at, updated_at, updated_by, currency, customer, customer_name_folded FROM orders`,
  )
  const lines = ['A-1', 'A-2', 'A-3'].map((externalId) => line({ externalId }))
  expect(await importOrders(ordering, lines)).toMatchObject({ created: 3, failed: [] })
  const rows = await ordering.sql(
    'SELECT number, external_id FROM orders WHERE external_id IS NOT NULL ORDER BY number',
  )
  expect(rows).toEqual([
    { number: 2, external_id: 'A-1' },
    { number: 4, external_id: 'A-3' },
    { number: 5, external_id: 'A-2' },
  ])
})

it('more than 1,000 lines answer 413 before anything is written', async () => {
  const lines = Array.from({ length: 1_001 }, (_, index) => JSON.stringify(line({ externalId: `A-${index}` })))
  const response = await importText(lines.join('\n'))
  expect(response.status).toBe(413)
  expect(await response.json()).toMatchObject({ type: '/problems/too-large' })
  expect(await ordering.sql('SELECT count(*) AS orders FROM orders')).toEqual([{ orders: 0 }])
})

it('another Content-Type than application/x-ndjson answers 415', async () => {
  expect((await importText(JSON.stringify(line()), 'application/json')).status).toBe(415)
  expect((await importText(JSON.stringify(line()), 'Application/X-NDJSON; charset=utf-8')).status).toBe(200)
})

it('takes real orders whole, each to the cent, and once', async () => {
  const { orders } = findCollection()
  expect(await importOrders(ordering, orders)).toEqual({ created: orders.length, changed: 0, unchanged: 0, failed: [] })
  expect(await importOrders(ordering, orders)).toEqual({ created: 0, changed: 0, unchanged: orders.length, failed: [] })
  const gross = new Map<string | null, number>()
  for (let after = ''; ;) {
    const response = await ordering.fetch(`/api/orders?limit=200&after=${after}`)
    const page = (await response.json()) as { orders: Order[]; next: number | null }
    for (const { externalId, totals } of page.orders) gross.set(externalId, totals.gross)
    if (page.next === null) break
    after = String(page.next)
  }
  expect(gross).toEqual(new Map(orders.map((order) => [order.externalId, exactGross(order)])))
})

/** The gross by integers alone: thousandths of a unit, hundredths of a percent, rounded half up as the contract says. */
function exactGross({ lines, charges = [] }: ImportLine): number {
  const bases = new Map<number, bigint>()
  const add = (rate: number, net: bigint) => bases.set(rate, (bases.get(rate) ?? 0n) + net)
  for (const { quantity, unitPrice, discountPercent = 0, taxPercent = 0 } of lines) {
    const kept = BigInt(10_000 - Math.round(discountPercent * 100))
    const scaled = BigInt(Math.round(quantity * 1_000)) * BigInt(unitPrice) * kept
    add(Math.round(taxPercent * 100), (scaled + 5_000_000n) / 10_000_000n)
  }
  for (const { amount, taxPercent = 0 } of charges) add(Math.round(taxPercent * 100), BigInt(amount))
  let sum = 0n
  for (const [rate, base] of bases) sum += base + (base * BigInt(rate) + 5_000n) / 10_000n
  return Number(sum)
}
