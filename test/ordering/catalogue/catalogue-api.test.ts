import { beforeEach, expect, it } from 'vitest'
import { anOrder, deleteOrder, placeDraft } from '../../support/orders.ts'
import type { Answer, RunningWorker } from '../../../shared/simulator/running-worker.ts'
import { startTogether } from '../../support/together.ts'

let ordering: RunningWorker
beforeEach(async () => {
  ;({ ordering } = await startTogether())
})

const address = { street: 'Markt 1', city: 'Jena', country: 'DE' }
const customers = [
  { id: 'KORN', name: 'Kornblume Naturkost', address },
  { id: 'ELBE', name: 'Die Elbkornmühle', address },
  { id: 'LINDEN', name: 'Lindenhof Teehandel', address },
]
const products = [
  { sku: 'OAT-1', description: 'Oat flakes, 1 kg', unitPrice: 250, currency: 'EUR', taxPercent: 7 },
  { sku: 'POT-1', description: 'Teapot, cast iron', unitPrice: 2750, currency: 'EUR' },
]

function importLines(name: string, lines: readonly unknown[]): Promise<Answer> {
  return ordering.fetch(`/api/${name}/import`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-ndjson' },
    body: lines.map((line) => JSON.stringify(line)).join('\n'),
  })
}

it('POST /api/customers/import stores customers, each once, the last line of an id last', async () => {
  const first = await importLines('customers', customers)
  expect(await first.json()).toEqual({ created: 3, changed: 0, unchanged: 0, failed: [] })
  const renamed = { ...customers[0], name: 'Kornblume eG' }
  const again = await importLines('customers', [...customers, renamed, { id: 'NEW' }])
  expect(await again.json()).toMatchObject({
    created: 0,
    changed: 1,
    unchanged: 3,
    failed: [{ line: 5, externalId: 'NEW', problem: { type: '/problems/invalid-body' } }],
  })
  const found = await ordering.fetch('/api/customers?q=kornblume')
  expect(await found.json()).toMatchObject({ customers: [{ id: 'KORN', name: 'Kornblume eG' }] })
})

it('GET /api/customers finds a part of a name or an id, those that begin with it first', async () => {
  await importLines('customers', customers)
  const response = await ordering.fetch('/api/customers?q=KORN')
  const { customers: found } = (await response.json()) as { customers: { id: string }[] }
  expect(found.map(({ id }) => id)).toEqual(['KORN', 'ELBE'])
  const one = await ordering.fetch('/api/customers?q=linden&limit=1')
  expect(await one.json()).toEqual({
    customers: [
      {
        id: 'LINDEN',
        name: 'Lindenhof Teehandel',
        contact: null,
        email: null,
        vatId: null,
        address: { ...address, additional: null, postalCode: null, region: null },
        orderCurrency: { currency: 'EUR', origin: 'country' },
      },
    ],
  })
})

it('GET /api/customers finds a name by what people type for it, and the exact id first', async () => {
  const names = { MÖWE: 'Zur  Möwe', OBRIEN: 'O’Brien', MOWE2: 'Moewe' }
  await importLines(
    'customers',
    Object.entries(names).map(([id, name]) => ({ id, name, address })),
  )
  const ids = async (q: string) => {
    const answer = await ordering.fetch(`/api/customers?q=${encodeURIComponent(q)}`)
    return ((await answer.json()) as { customers: { id: string }[] }).customers.map(({ id }) => id)
  }
  expect(await ids('möwe')).toEqual(['MÖWE', 'MOWE2'])
  expect(await ids('moewe')).toEqual(['MOWE2', 'MÖWE'])
  expect(await ids('zur moewe')).toEqual(['MÖWE'])
  expect(await ids(`o'brien`)).toEqual(['OBRIEN'])
})

it('POST /api/products/import stores products and GET /api/products finds them', async () => {
  const first = await importLines('products', products)
  expect(await first.json()).toEqual({ created: 2, changed: 0, unchanged: 0, failed: [] })
  const response = await ordering.fetch('/api/products?q=teapot')
  expect(await response.json()).toEqual({ products: [{ ...products[1], taxPercent: 0 }] })
  const all = await ordering.fetch('/api/products')
  expect(await all.json()).toMatchObject({ products: [{ sku: 'OAT-1' }, { sku: 'POT-1' }] })
})

it('a customer comes with the currency of their last order that is not deleted, else with that of their country', async () => {
  const elsewhere = { ...address, country: 'AQ' } // Antarctica has no currency
  await importLines('customers', [customers[0], { ...customers[1], address: elsewhere }])
  const currencies = async () => {
    const found = (await (await ordering.fetch('/api/customers')).json()) as { customers: { orderCurrency: unknown }[] }
    return found.customers.map(({ orderCurrency }) => orderCurrency)
  }
  expect(await currencies()).toEqual([null, { currency: 'EUR', origin: 'country' }])
  const order = (id: string, currency: string) =>
    placeDraft(ordering, { ...anOrder(), currency, customer: { id, name: 'Somebody', address } })
  await order('KORN', 'GBP')
  const last = await order('KORN', 'USD')
  await order('ELBE', 'CHF')
  expect(await currencies()).toEqual([
    { currency: 'CHF', origin: 'last-order' },
    { currency: 'USD', origin: 'last-order' },
  ])
  await deleteOrder(ordering, last.number)
  expect((await currencies())[1]).toEqual({ currency: 'GBP', origin: 'last-order' })
})

it('GET /api/products puts the very code first, then those of the currency that is asked for', async () => {
  const inDollars = { ...products[0], sku: 'A', description: 'Assam', currency: 'USD' }
  await importLines('products', [
    inDollars,
    { ...inDollars, sku: 'a', description: 'a tin' },
    { ...inDollars, sku: 'Z', description: 'A zebra', currency: 'EUR' },
  ])
  const skus = async (query: string) => {
    const found = (await (await ordering.fetch(`/api/products?${query}`)).json()) as { products: { sku: string }[] }
    return found.products.map(({ sku }) => sku)
  }
  expect(await skus('q=a&currency=EUR')).toEqual(['a', 'A', 'Z'])
  expect(await skus('q=as&currency=EUR')).toEqual(['A'])
  expect(await skus('q=z&currency=USD')).toEqual(['Z'])
  expect((await ordering.fetch('/api/products?currency=EURO')).status).toBe(400)
})

it('a limit beyond 200 answers 400', async () => {
  expect((await ordering.fetch('/api/customers?limit=201')).status).toBe(400)
  expect((await ordering.fetch('/api/products?limit=0')).status).toBe(400)
})

it('a catalogue import in JSON answers 415, one of more than 1,000 lines 413', async () => {
  const headers = { 'Content-Type': 'application/json' }
  const response = await ordering.fetch('/api/products/import', { method: 'POST', headers, body: '{}' })
  expect(response.status).toBe(415)
  expect(
    (
      await importLines(
        'products',
        Array.from({ length: 1_001 }, () => products[0]),
      )
    ).status,
  ).toBe(413)
})
