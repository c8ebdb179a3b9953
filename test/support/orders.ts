import type * as z from 'zod'
import type { Order } from '../../shared/contract/order.ts'
import type { importedOrder, orderInput } from '../../shared/contract/order-input.ts'
import type { RunningWorker } from '../../shared/simulator/running-worker.ts'

/** An order as a client may write it: what may be left out can be. */
export type Draft = z.input<typeof orderInput>
/** A line of an import as its writer may write it. */
export type ImportLine = z.input<typeof importedOrder>

/** The order of the contract's example: net, tax and gross 20038, in USD. */
export const order10248: Draft = {
  externalId: 'NW-10248',
  placedAt: '2012-07-04T00:00:00Z',
  currency: 'USD',
  customer: {
    id: 'VINET',
    name: 'Vins et alcools Chevalier',
    address: { street: '59 rue de l’Abbaye', city: 'Reims', postalCode: '51100', country: 'FR' },
  },
  lines: [{ sku: '11', description: 'Queso Cabrales', quantity: 12, unitPrice: 1400 }],
  charges: [{ description: 'Freight', amount: 3238 }],
}

/** Two tax rates and a discount, in EUR: net 100.00, tax 7 % of 40.00 = 2.80 and 19 % of 60.00 = 11.40, gross 114.20. */
export const orderAtTwoRates: Draft = {
  currency: 'EUR',
  placedAt: '2026-03-02T09:30:00Z',
  customer: {
    id: 'LINDEN',
    name: 'Lindenhof Teehandel',
    vatId: 'DE000000001',
    address: { street: 'Am Deich 3', city: 'Bremen', postalCode: '28195', country: 'DE' },
  },
  lines: [
    { sku: 'TEA-1', description: 'Assam, 250 g', quantity: 10, unitPrice: 400, taxPercent: 7 },
    {
      sku: 'POT-1',
      description: 'Teapot, cast iron',
      quantity: 2,
      unitPrice: 2750,
      discountPercent: 10,
      taxPercent: 19,
    },
  ],
  charges: [{ description: 'Shipping', amount: 1050, taxPercent: 19 }],
}

/** An order as short as one can be, net 1000 in EUR, with what the test asks for in it. */
export function anOrder(parts: Partial<Draft> = {}): Draft {
  return {
    currency: 'EUR',
    customer: { id: 'KORN', name: 'Kornblume Naturkost', address: { street: 'Markt 1', city: 'Jena', country: 'DE' } },
    lines: [{ sku: 'OAT-1', description: 'Oat flakes, 1 kg', quantity: 4, unitPrice: 250 }],
    ...parts,
  }
}

/**
 * As large as the contract lets an order be, 590 KB as JSON: every text as long as may be.
 * @param filling what the texts are made of: by default a character of four bytes, which is one code point
 */
export function aLargestOrder(externalId: string, filling = '\u{1F375}'): ImportLine {
  const text = (most: number) => filling.repeat(most)
  const lines = Array.from({ length: 200 }, (_, place) => ({
    sku: `${text(97)}${String(place + 1).padStart(3, '0')}`,
    description: text(500),
    quantity: 1,
    unitPrice: 250,
  }))
  const charges = Array.from({ length: 20 }, () => ({ description: text(500), amount: 100 }))
  const address = { street: text(200), additional: text(200), city: text(200), postalCode: text(200) }
  return {
    externalId,
    currency: 'EUR',
    customer: {
      id: text(100),
      name: text(200),
      contact: text(200),
      email: text(200),
      vatId: text(100),
      address: { ...address, region: text(200), country: 'DE' },
    },
    lines,
    charges,
    taxExemptionReason: text(500),
    note: text(5_000),
  }
}

/** Places an order by the API; it is a Draft. */
export async function placeDraft(ordering: RunningWorker, order: Draft = anOrder()): Promise<Order> {
  return expectOrder(await ordering.send('POST', '/api/orders', order), 201)
}

/** Places an order by the API and confirms it. */
export async function placeOrder(ordering: RunningWorker, order: Draft = anOrder()): Promise<Order> {
  return confirmOrder(ordering, (await placeDraft(ordering, order)).number)
}

/** Confirms an order by the API. */
export async function confirmOrder(ordering: RunningWorker, number: number): Promise<Order> {
  return expectOrder(await ordering.send('POST', `/api/orders/${number}/confirm`), 200)
}

/** Amends an order by the API to another content, whatever its revision. */
export async function amendOrder(ordering: RunningWorker, number: number, order: Draft): Promise<Order> {
  const seen = (await readOrder(ordering, number)).revision
  return expectOrder(await ordering.send('PUT', `/api/orders/${number}`, order, { 'If-Match': `"${seen}"` }), 200)
}

/** Deletes an order by the API. */
export async function deleteOrder(ordering: RunningWorker, number: number): Promise<void> {
  const response = await ordering.send('DELETE', `/api/orders/${number}`)
  if (response.status !== 204) throw new Error(`Cannot delete order ${number}: ${response.status}`)
}

/** An order as ordering's API shows it. */
export async function readOrder(ordering: RunningWorker, number: number): Promise<Order> {
  return expectOrder(await ordering.fetch(`/api/orders/${number}`), 200)
}

/** Imports orders by the API, 1,000 at most; answers the import's own summary. */
export async function importOrders(ordering: RunningWorker, lines: readonly ImportLine[]): Promise<unknown> {
  const body = lines.map((line) => JSON.stringify(line)).join('\n')
  const headers = { 'Content-Type': 'application/x-ndjson' }
  const response = await ordering.fetch('/api/orders/import', { method: 'POST', headers, body })
  if (response.status !== 200) throw new Error(`Cannot import: ${response.status} ${await response.text()}`)
  return response.json()
}

async function expectOrder(response: Awaited<ReturnType<RunningWorker['fetch']>>, status: number): Promise<Order> {
  if (response.status !== status) {
    throw new Error(`Expected ${status}, got ${response.status}: ${await response.text()}`)
  }
  return (await response.json()) as Order
}
