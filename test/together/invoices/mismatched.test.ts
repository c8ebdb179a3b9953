import { beforeEach, expect, it } from 'vitest'
import type { Invoice } from '../../../workers/billing/documents/invoice.ts'
import { approve, readInvoice } from '../../billing/support.ts'
import { keepMoment, restoreMoment } from '../../../shared/simulator/moment.ts'
import { amendOrder, anOrder, deleteOrder, placeOrder } from '../../support/orders.ts'
import { startTogether, type Together } from '../../support/together.ts'

let together: Together
beforeEach(async () => {
  together = await startTogether()
})

const line = (sku: string) => ({ sku, description: `Article ${sku}`, quantity: 1, unitPrice: 100 })
const threeLines = anOrder({ lines: [line('A'), line('B'), line('C')] })

async function approveOrders(count: number): Promise<void> {
  for (let number = 1; number <= count; number += 1) await placeOrder(together.ordering, threeLines)
  await together.pull()
  for (let id = 1; id <= count; id += 1) expect((await approve(together.billing, id)).status).toBe(200)
}

async function credit(id: number, body: object): Promise<void> {
  const { etag } = await readInvoice(together.billing, id)
  const sent = { reason: 'The order was changed', ...body }
  const issued = await together.billing.send('POST', `/api/invoices/${id}/credit-notes`, sent, { 'If-Match': etag })
  expect(issued.status).toBe(201)
}

async function show(path: string): Promise<string> {
  const response = await together.billing.fetch(path)
  expect(response.status).toBe(200)
  return response.text()
}

/** The invoices of the worklist by the API, which its count and its own mark must agree with. */
async function readWorklist(): Promise<number[]> {
  const { billing } = together
  const { invoices } = JSON.parse(await show('/api/invoices?mismatched=true')) as { invoices: Invoice[] }
  const all = JSON.parse(await show('/api/invoices')) as { invoices: Invoice[] }
  const ids = invoices.map(({ id }) => id)
  expect(all.invoices.filter(({ mismatched }) => mismatched).map(({ id }) => id)).toEqual(ids)
  expect(await billing.sql('SELECT mismatched FROM worklist')).toEqual([{ mismatched: ids.length }])
  return ids
}

it('an approved invoice is on the worklist from its order’s change or deletion until it is credited', async () => {
  const { ordering, pull } = together
  await approveOrders(4)
  expect(await readWorklist()).toEqual([])
  expect(await show('/')).not.toContain('no longer match')

  await amendOrder(ordering, 1, anOrder())
  await amendOrder(ordering, 2, anOrder())
  await deleteOrder(ordering, 3)
  await pull()
  expect(await readWorklist()).toEqual([3, 2, 1])
  const start = await show('/')
  expect(start).toContain('3 approved invoices no longer match their orders')
  expect(start).toContain('href="/invoices?state=All&amp;mismatched=true"')
  const list = await show('/invoices?mismatched=true')
  expect(list.match(/>Order changed</g)).toHaveLength(2)
  expect(list.match(/>Order deleted</g)).toHaveLength(1)
  expect(await show('/invoices/3')).toContain('>Order deleted<')

  await credit(1, { reissue: true })
  await credit(3, {})
  await amendOrder(ordering, 2, threeLines)
  await pull()
  expect(await readWorklist()).toEqual([])
  expect(await show('/invoices?mismatched=true')).toContain('All approved invoices match their orders')
  expect(await show('/invoices/1')).toContain('>Credited<')
})

it('a partly credited invoice leaves the worklist once what is left of it is what its order says', async () => {
  const { ordering, pull } = together
  await approveOrders(1)
  await amendOrder(ordering, 1, anOrder({ lines: [line('A'), line('C')] }))
  await pull()
  await credit(1, { lines: [0] })
  expect(await readWorklist()).toEqual([1])
  expect(await show('/invoices/1')).toContain('>Partly credited<')
  await amendOrder(ordering, 1, anOrder({ lines: [line('B'), line('C')] }))
  await pull()
  expect(await readWorklist()).toEqual([])
  expect((await readInvoice(together.billing, 1)).invoice).toMatchObject({ orderChangedSince: true, mismatched: false })
  await deleteOrder(ordering, 1)
  await pull()
  expect(await readWorklist()).toEqual([1])
  await credit(1, {})
  expect(await readWorklist()).toEqual([])
})

it('an orphan alone is not on the worklist, and a restore leaves it right', async () => {
  const { ordering, billing, pull } = together
  await keepMoment(billing, 1)
  await keepMoment(ordering, 2)
  await approveOrders(2)
  await amendOrder(ordering, 1, anOrder())
  await pull()
  await restoreMoment(billing, 1)
  await pull()
  await pull()
  expect(await readWorklist()).toEqual([1])
  await restoreMoment(ordering, 2)
  await pull()
  await pull()
  expect((await readInvoice(billing, 2)).invoice).toMatchObject({ orderOrphaned: true, mismatched: false })
  expect(await readWorklist()).toEqual([1])
})

it('the worklist takes no other value, and is searched within', async () => {
  const { ordering, billing, pull } = together
  await approveOrders(2)
  await amendOrder(ordering, 2, anOrder())
  await pull()
  expect((await billing.fetch('/api/invoices?mismatched=yes')).status).toBe(400)
  const found = JSON.parse(await show('/api/invoices?mismatched=true&q=kornblume')) as { invoices: Invoice[] }
  expect(found.invoices.map(({ id }) => id)).toEqual([2])
  const none = JSON.parse(await show('/api/invoices?mismatched=true&q=lindenhof')) as { invoices: Invoice[] }
  expect(none.invoices).toEqual([])
})
