import { beforeEach, describe, expect, it } from 'vitest'
import type { Invoice } from '../../../workers/billing/documents/invoice.ts'
import { keepMoment, restoreMoment } from '../../../shared/simulator/moment.ts'
import { amendOrder, anOrder, deleteOrder, type Draft, placeOrder } from '../../support/orders.ts'
import { startTogether, type Together } from '../../support/together.ts'

const CHANGED = 'The order was changed after approval'

let together: Together
beforeEach(async () => {
  together = await startTogether()
})

async function readInvoice(): Promise<Invoice> {
  return (await (await together.billing.fetch('/api/invoices/1')).json()) as Invoice
}

async function act(path: string, body?: unknown): Promise<number> {
  const etag = (await together.billing.fetch('/api/invoices/1')).headers.get('ETag') ?? ''
  return (await together.billing.send('POST', path, body, { 'If-Match': etag })).status
}

async function approveAnOrder(order: Draft = anOrder()): Promise<void> {
  await placeOrder(together.ordering, order)
  await together.pull()
  expect(await act('/api/invoices/1/approve')).toBe(200)
}

/** The invoices that no longer match their orders, as lists find them. */
async function readMismatches(): Promise<unknown> {
  return together.billing.sql('SELECT invoice_id AS id, changed, open FROM mismatches ORDER BY 1')
}

const order = anOrder({ charges: [{ description: 'Freight', amount: 500, taxPercent: 19 }], note: 'As agreed' })
const [line] = order.lines

describe('an approved invoice whose order was amended', () => {
  it.each<[string, Partial<Draft>]>([
    ['currency', { currency: 'USD' }],
    ['customer', { customer: { ...order.customer, name: 'Another name' } }],
    ['address', { customer: { ...order.customer, address: { ...order.customer.address, city: 'Bremen' } } }],
    ['line', { lines: order.lines.map((line) => ({ ...line, quantity: 77 })) }],
    ['order of the lines', { lines: [...order.lines, ...(line === undefined ? [] : [{ ...line, sku: 'Z' }])] }],
    ['charge', { charges: [] }],
    ['day of supply', { suppliedOn: '2026-01-02' }],
    ['reason for no tax', { taxExemptionReason: 'Intra-community supply' }],
    ['note', { note: null }],
  ])('says so while its %s is another, and no longer once it was taken back', async (_, change) => {
    await approveAnOrder(order)
    await amendOrder(together.ordering, 1, { ...order, ...change })
    await together.pull()
    expect(await readInvoice()).toMatchObject({ orderChangedSince: true })
    expect(await (await together.billing.fetch('/invoices/1')).text()).toContain(CHANGED)
    expect(await readMismatches()).toEqual([{ id: 1, changed: 1, open: 1 }])

    await amendOrder(together.ordering, 1, order)
    await together.pull()
    expect(await readInvoice()).toMatchObject({ orderChangedSince: false, orderRevision: 2 })
    const page = await (await together.billing.fetch('/invoices/1')).text()
    expect(page).not.toContain(CHANGED)
    expect(page).not.toContain('eissue')
    expect(await readMismatches()).toEqual([])
  })

  it('says nothing of what no invoice shows', async () => {
    await approveAnOrder(order)
    await amendOrder(together.ordering, 1, { ...order, externalId: 'NEW-1', placedAt: '2020-02-02T00:00:00Z' })
    await together.pull()
    expect(await readInvoice()).toMatchObject({ orderChangedSince: false })
    expect(await readMismatches()).toEqual([])
  })

  it('is found as deleted, and not as changed, where its order was deleted as it was', async () => {
    await approveAnOrder(order)
    await deleteOrder(together.ordering, 1)
    await together.pull()
    expect(await readInvoice()).toMatchObject({ orderChangedSince: false, orderDeleted: true })
    expect(await readMismatches()).toEqual([{ id: 1, changed: 0, open: 1 }])
  })

  it('is no longer open once nothing is left of it to credit, its free lines included', async () => {
    const free = order.lines.map((line) => ({ ...line, sku: 'FREE', unitPrice: 0 }))
    const lines = [...order.lines, ...free]
    await approveAnOrder({ ...order, lines })
    await amendOrder(together.ordering, 1, { ...order, lines, note: 'Later' })
    await together.pull()
    const paid = { lines: [...order.lines.keys()], charges: [0] }
    expect(await act('/api/invoices/1/credit-notes', { reason: 'Came broken', ...paid })).toBe(201)
    expect(await readMismatches()).toEqual([{ id: 1, changed: 1, open: 1 }])
    expect(await act('/api/invoices/1/credit-notes', { reason: 'The rest' })).toBe(201)
    expect(await readMismatches()).toEqual([{ id: 1, changed: 1, open: 0 }])
  })

  it('compares again after a restore: with a copy that is there, and with one that a pull brings', async () => {
    const { ordering, billing, pull } = together
    await keepMoment(billing, 0)
    await placeOrder(ordering, order)
    await pull()
    await keepMoment(billing, 1)
    expect(await act('/api/invoices/1/approve')).toBe(200)
    await amendOrder(ordering, 1, { ...order, note: 'Later' })
    await pull()
    expect(await readInvoice()).toMatchObject({ state: 'Approved', orderChangedSince: true })
    for (const moment of [1, 0]) {
      await restoreMoment(billing, moment)
      await pull()
      expect(await readInvoice()).toMatchObject({ state: 'Approved', orderChangedSince: true })
      expect(await readMismatches()).toEqual([{ id: 1, changed: 1, open: 1 }])
    }
    await amendOrder(ordering, 1, order)
    await pull()
    expect(await readMismatches()).toEqual([])
  })
})

describe('a rejected invoice whose order was amended and taken back', () => {
  it.each([true, false])('waits again, whether a pull came in between (%s) or not', async (pulls) => {
    await placeOrder(together.ordering, order)
    await together.pull()
    expect(await act('/api/invoices/1/reject', { reason: 'Is the freight right?' })).toBe(200)
    await amendOrder(together.ordering, 1, { ...order, note: 'Asked' })
    if (pulls) await together.pull()
    await amendOrder(together.ordering, 1, order)
    await together.pull()
    expect(await readInvoice()).toMatchObject({ state: 'ToApprove', reason: null })
  })
})
