import { beforeEach, expect, it } from 'vitest'
import { approve, readInvoice, reject } from '../../billing/support.ts'
import { anOrder, type ImportLine, importOrders, readOrder } from '../../support/orders.ts'
import { startTogether, type Together } from '../../support/together.ts'

let together: Together
beforeEach(async () => {
  together = await startTogether()
})

/** A confirmed order of this quantity, as a line of a file. */
function line(externalId: string, quantity: number): ImportLine {
  const lines = [{ sku: 'A', description: 'Oats', quantity, unitPrice: 100 }]
  return { ...anOrder({ lines }), externalId, state: 'Confirmed' }
}

/** Each of the two orders stands twice, and says another quantity each time. */
const FILE = [line('X', 1), line('Y', 5), line('X', 2), line('Y', 6)]

it('a file that names an order twice, imported again and again, changes neither orders nor decided invoices', async () => {
  const { ordering, billing, pull } = together
  expect(await importOrders(ordering, FILE)).toMatchObject({ created: 2, failed: [] })
  await pull()
  expect((await approve(billing, 1)).status).toBe(200)
  expect((await reject(billing, 2, 'Wrong quantity')).status).toBe(200)
  // Ordering is notified of both decisions.
  await pull()
  const orders = [await readOrder(ordering, 1), await readOrder(ordering, 2)]
  const invoices = [await readInvoice(billing, 1), await readInvoice(billing, 2)]
  expect(orders.map(({ lines }) => lines[0]?.quantity)).toEqual([2, 6])
  expect(invoices.map(({ invoice }) => invoice.lines[0]?.quantity)).toEqual([2, 6])

  for (let time = 0; time < 3; time += 1) {
    const imported = await importOrders(ordering, FILE)
    expect(imported).toEqual({ created: 0, changed: 0, unchanged: 4, failed: [] })
    expect(await pull()).toMatchObject({ outcome: 'ok', created: 0, changed: 0, quarantined: 0 })
    expect([await readOrder(ordering, 1), await readOrder(ordering, 2)]).toEqual(orders)
    expect([await readInvoice(billing, 1), await readInvoice(billing, 2)]).toEqual(invoices)
  }
  expect(invoices.map(({ invoice: { state, orderChangedSince } }) => [state, orderChangedSince])).toEqual([
    ['Approved', false],
    ['Rejected', false],
  ])
})

it('the last line of such a file that says something new reaches billing, once', async () => {
  const { ordering, billing, pull } = together
  await importOrders(ordering, FILE)
  await pull()
  await approve(billing, 1)
  await reject(billing, 2, 'Wrong quantity')
  const corrected = [...FILE.slice(0, 3), line('Y', 7)]
  expect(await importOrders(ordering, corrected)).toEqual({ created: 0, changed: 1, unchanged: 3, failed: [] })
  expect(await pull()).toMatchObject({ changed: 1 })
  expect((await readInvoice(billing, 1)).invoice).toMatchObject({ state: 'Approved', orderChangedSince: false })
  expect((await readInvoice(billing, 2)).invoice).toMatchObject({ state: 'ToApprove', lines: [{ quantity: 7 }] })
  expect(await importOrders(ordering, corrected)).toMatchObject({ changed: 0, unchanged: 4 })
})
