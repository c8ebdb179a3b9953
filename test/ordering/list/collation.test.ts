import { beforeEach, describe, expect, it } from 'vitest'
import type { RunningWorker } from '../../../shared/simulator/running-worker.ts'
import { anOrder, placeDraft } from '../../support/orders.ts'
import { startTogether, type Together } from '../../support/together.ts'

/** As they are sorted: Ä with A, symbols before digits, digits before letters; numbered against that. */
const NAMES = [
  '“Apart”',
  '_Test',
  '2 Brothers',
  'Apfel',
  'Äpfel',
  'apfel & co',
  'Łódź Trading',
  'O’Brien',
  'Øst',
  'Zoë',
  'zoo',
]

let together: Together
let ordering: RunningWorker
beforeEach(async () => {
  together = await startTogether()
  ;({ ordering } = together)
})

/** The customers of the list's rows, in order. */
async function listNames(query: string): Promise<string[]> {
  const html = await (await ordering.fetch(`/orders?${query}`)).text()
  const numbers = [...html.matchAll(/data-label="Number"><a href="\/orders\/(\d+)"/g)].map(([, number]) =>
    Number(number),
  )
  const names = await ordering.sql<{ number: number; name: string }>(
    `SELECT number, customer ->> 'name' AS name FROM orders`,
  )
  const byNumber = new Map(names.map(({ number, name }) => [number, name]))
  return numbers.map((number) => byNumber.get(number) ?? '')
}

async function listNumbers(q: string): Promise<number[]> {
  const answer = await ordering.fetch(`/api/orders?q=${encodeURIComponent(q)}`)
  return ((await answer.json()) as { orders: { number: number }[] }).orders.map(({ number }) => number)
}

async function place(name: string): Promise<void> {
  await placeDraft(ordering, anOrder({ customer: { ...anOrder().customer, name } }))
}

function importLines(kind: 'customers' | 'products', records: object[]): Promise<unknown> {
  return ordering.fetch(`/api/${kind}/import`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-ndjson' },
    body: records.map((record) => JSON.stringify(record)).join('\n'),
  })
}

describe('lists that are sorted by names', () => {
  it('have orders by a collation of the customer’s name, either way', async () => {
    for (const name of NAMES.toReversed()) await place(name)
    expect(await listNames('sort=customer')).toEqual(NAMES)
    expect(await listNames('sort=-customer')).toEqual(NAMES.toReversed())
  })

  it('have no mixture of two names that differ by marks alone', async () => {
    for (const name of ['Möller', 'Moller', 'Möller', 'Moller']) await place(name)
    expect(await listNames('sort=customer')).toEqual(['Moller', 'Moller', 'Möller', 'Möller'])
  })

  it('have the catalogue’s customers and products by the same', async () => {
    const { address } = anOrder().customer
    const id = (index: number) => `X-${NAMES.length - index}`
    await importLines(
      'customers',
      NAMES.map((name, index) => ({ id: id(index), name, address })),
    )
    await importLines(
      'products',
      NAMES.map((description, index) => ({ sku: id(index), description, unitPrice: 1, currency: 'EUR' })),
    )
    const customers = (await (await ordering.fetch('/api/customers')).json()) as { customers: { name: string }[] }
    expect(customers.customers.map(({ name }) => name)).toEqual(NAMES)
    const products = (await (await ordering.fetch('/api/products')).json()) as { products: { description: string }[] }
    expect(products.products.map(({ description }) => description)).toEqual(NAMES)
  })
})

describe('names that SQL alone has written', () => {
  it('are found and sorted as all others after ordering’s Cron run, and make no revision by that', async () => {
    for (const name of ['zoo', 'Apfel', 'Beta']) await place(name)
    await ordering.sql(`UPDATE orders SET customer = json_set(customer, '$.name', 'Äpfel & Möwe') WHERE number = 1`)
    await ordering.sql(`UPDATE orders SET external_id = 'Ö–7' WHERE number = 2`)
    await ordering.sql(
      `INSERT INTO orders (number, placed_at, updated_at, updated_by, currency, customer, customer_name_folded)
       SELECT 9, placed_at, updated_at, updated_by, currency, json_set(customer, '$.name', 'Ähre'), '' FROM orders LIMIT 1`,
    )
    const before = await ordering.sql('SELECT number, revision, fingerprint FROM orders ORDER BY number')
    await together.runOrderingCron()
    expect(together.log('search.refolded')).toMatchObject([{ orders: 3, customers: 0, products: 0 }])
    expect(await listNumbers('aepfel & moewe')).toEqual([1])
    expect(await listNumbers('zoo')).toEqual([])
    expect(await listNumbers('oe-7')).toEqual([2])
    expect(await listNames('sort=customer')).toEqual(['Ähre', 'Apfel', 'Äpfel & Möwe', 'Beta'])
    expect(await ordering.sql('SELECT number, revision, fingerprint FROM orders ORDER BY number')).toEqual(before)
    await together.runOrderingCron()
    expect(together.log('search.refolded')).toHaveLength(1)
  })

  it('are so in the catalogue too', async () => {
    await importLines('customers', [{ id: 'A', name: 'Zoo', address: anOrder().customer.address }])
    await ordering.sql(`UPDATE customers SET record = json_set(record, '$.name', 'Birnen')`)
    await ordering.sql(
      `INSERT INTO customers (id, record, folded) SELECT 'B', json_set(record, '$.id', 'B', '$.name', 'Äpfel'), '' FROM customers`,
    )
    await together.runOrderingCron()
    expect(together.log('search.refolded')).toMatchObject([{ orders: 0, customers: 2, products: 0 }])
    const ids = async (q: string) =>
      ((await (await ordering.fetch(`/api/customers?q=${q}`)).json()) as { customers: { id: string }[] }).customers.map(
        (customer) => customer.id,
      )
    expect(await ids('aepfel')).toEqual(['B'])
    expect(await ids('zoo')).toEqual([])
    expect(await ids('')).toEqual(['B', 'A'])
  })
})
