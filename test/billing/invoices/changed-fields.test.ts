import { describe, expect, it } from 'vitest'
import { shownContent, writeContent } from '../../../workers/billing/documents/invoice-content.ts'
import { nameChange } from '../../../workers/billing/invoices/pages/changed-fields.tsx'
import { amendOrder, order10248, placeOrder } from '../../support/orders.ts'
import { startTogether } from '../../support/together.ts'
import { approve, readForm, readInvoice } from '../support.ts'

const dearer = {
  ...order10248,
  lines: [{ sku: '11', description: 'Queso Cabrales', quantity: 12, unitPrice: 1500 }],
  note: 'Ring <twice>',
}

function textOf(html: string): string {
  return html.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ')
}

it.each([
  ['/lines/0/unitPrice', 'Line 1, unit price'],
  ['/lines/2', 'Line 3'],
  ['/charges/0/amount', 'Charge 1, amount'],
  ['/customer/address/postalCode', 'Customer, address, postal code'],
  ['/note', 'Note'],
])('the field %s is called %s', (pointer, name) => {
  expect(nameChange({ kind: 'changed', pointer, before: 1, after: 2 })).toBe(name)
})

it('what came, went or moved is called so', () => {
  const item = { description: 'Freight', amount: 450, taxPercent: 0 }
  expect(nameChange({ kind: 'added', pointer: '/lines/2', item })).toBe('Line 3, added')
  expect(nameChange({ kind: 'removed', pointer: '/charges/0', item })).toBe('Charge 1, removed')
  expect(nameChange({ kind: 'reordered', pointer: '/lines' })).toBe('Lines, in another order')
})

describe('the page of an approval that is refused since the order was amended', () => {
  it('names each field that changed, with what was seen and what is there now', async () => {
    const { ordering, billing, pull } = await startTogether()
    await placeOrder(ordering, order10248)
    await pull()
    const form = await readForm(billing, '/invoices/1')
    await amendOrder(ordering, 1, dearer)
    await pull()
    const refused = await billing.submit('/invoices/1/approve', form)
    expect(refused.status).toBe(412)
    const page = await refused.text()
    expect(textOf(page)).toMatch(/Line 1, unit price Queso Cabrales US\$14\.00 US\$15\.00 Note — Ring &lt;twice&gt;/)
  })

  it('names a line that was put in between as added, and no other one', async () => {
    const { ordering, billing, pull } = await startTogether()
    const milk = { sku: '72', description: 'Mozzarella', quantity: 2, unitPrice: 700 }
    await placeOrder(ordering, order10248)
    await pull()
    const form = await readForm(billing, '/invoices/1')
    await amendOrder(ordering, 1, { ...order10248, lines: [milk, ...order10248.lines] })
    await pull()
    const refused = textOf(await (await billing.submit('/invoices/1/approve', form)).text())
    expect(refused).toMatch(/You saw Now Line 1, added — Mozzarella , 2 × US\$7\.00/)
    expect(refused).not.toContain('Line 2,')
  })

  it('passes over a content that is no JSON, or another one than was ever shown', async () => {
    const { ordering, billing, pull } = await startTogether()
    await placeOrder(ordering, order10248)
    await pull()
    const shown = await readForm(billing, '/invoices/1')
    const form = { ...shown, seen: '"gone"' }
    const another = shown['seenContent']?.replace('USD', 'US Dollars') ?? ''
    for (const seenContent of ['{', '7', 'null', '{"lines":[[[]]],"customer":"<b>"}', another]) {
      expect((await billing.submit('/invoices/1/approve', { ...form, seenContent })).status).toBe(412)
    }
  })
})

it('an approved invoice whose order changed says in which fields', async () => {
  const { ordering, billing, pull } = await startTogether()
  await placeOrder(ordering, order10248)
  await pull()
  await approve(billing, 1)
  await amendOrder(ordering, 1, dearer)
  await pull()
  const page = await (await billing.fetch('/invoices/1')).text()
  expect(textOf(page)).toMatch(
    /Invoiced The order, as read last Line 1, unit price Queso Cabrales US\$14\.00 US\$15\.00/,
  )
  expect(page).toContain('Credit and reissue')
  const { invoice } = await readInvoice(billing, 1)
  expect(shownContent.parse(writeContent(invoice))).toEqual({
    currency: 'USD',
    customer: invoice.customer,
    lines: invoice.lines,
    charges: invoice.charges,
    suppliedOn: null,
    taxExemptionReason: null,
    note: null,
  })
})
