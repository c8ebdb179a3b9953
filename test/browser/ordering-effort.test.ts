import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openBrowser, type RunningBrowser, serveAssets } from '../support/browser.ts'
import { Person } from '../support/effort.ts'
import { anOrder, placeOrder } from '../support/orders.ts'
import { BILLING_ORIGIN, ORDERING_ORIGIN, startTogether, type Together } from '../support/together.ts'

const CUSTOMER = {
  id: 'KONTOR',
  name: 'Kontor am Hafen',
  address: { street: 'Kai 4', city: 'Hamburg', postalCode: '20457', country: 'DE' },
}
const PRODUCTS = [
  { sku: 'TEA-1', description: 'Assam tea, 250 g', unitPrice: 890, currency: 'EUR', taxPercent: 7 },
  { sku: 'POT-1', description: 'Teapot, cast iron', unitPrice: 5490, currency: 'EUR', taxPercent: 19 },
  { sku: 'CUP-1', description: 'Cup, stoneware', unitPrice: 1350, currency: 'EUR', taxPercent: 19 },
]
/** What is typed to find each product, and how many of it. */
const LINES = [
  { text: 'assam', code: 'tea-1', product: 'Assam tea, 250 g', quantity: '12' },
  { text: 'teapot', code: 'pot-1', product: 'Teapot, cast iron', quantity: '2' },
  { text: 'cup', code: 'cup-1', product: 'Cup, stoneware', quantity: '6' },
]

let together: Together
let running: RunningBrowser

beforeAll(async () => {
  together = await startTogether()
  running = await openBrowser(together)
})
afterAll(() => running.close())
beforeEach(() => together.reset())

describe('to enter and confirm an order of three lines takes, beside what is typed', () => {
  it('nine clicks', async () => {
    await fillCatalogue()
    const clerk = await sitDown(ORDERING_ORIGIN)
    await clerk.click(clerk.page.getByRole('main').getByRole('link', { name: 'New order' }))
    await clerk.see('New order')
    await clerk.write('kontor')
    await clerk.click(clerk.page.getByRole('option', { name: CUSTOMER.name }))
    for (const [row, { text, product, quantity }] of LINES.entries()) {
      if (row > 0) await clerk.click(clerk.button('Add line'))
      await clerk.write(text)
      await clerk.click(clerk.page.getByRole('option', { name: product }))
      await clerk.write(quantity)
    }
    await clerk.click(clerk.button('Save'))
    await clerk.see('Order 1')
    await clerk.click(clerk.button('Confirm order'))
    await expectInvoice(clerk)
    expect(clerk.tell('Enter and confirm an order of three lines by pointer')).toEqual({ clicks: 9, keys: 0 })
  })

  it.each([
    { by: 'codes', count: 'thirteen', keys: 13 },
    // A list’s first entry is taken by nobody who did not choose it: an arrow key more for each product.
    { by: 'names', count: 'sixteen', keys: 16 },
  ])('$count keys where products are typed by their $by', async ({ by, keys }) => {
    await fillCatalogue()
    const clerk = await sitDown(ORDERING_ORIGIN)
    await clerk.tabTo(clerk.page.getByRole('navigation').getByRole('link', { name: 'New order' }))
    await clerk.press('Enter')
    await clerk.see('New order')
    await clerk.write('kontor')
    await clerk.press('Enter')
    for (const [row, { text, code, product, quantity }] of LINES.entries()) {
      await expectFocus(clerk, 'SKU')
      await clerk.write(by === 'codes' ? code : text)
      if (by === 'names') {
        await clerk.page.getByRole('option', { name: product }).waitFor()
        await clerk.press('ArrowDown')
      }
      await clerk.press('Enter')
      await expectFocus(clerk, 'Quantity')
      await clerk.write(quantity)
      if (row < LINES.length - 1) await clerk.press('Alt+Enter')
    }
    await clerk.press('Control+Enter')
    await clerk.see('Order 1')
    await clerk.press('Control+Enter')
    await expectInvoice(clerk)
    expect(clerk.tell(`Enter and confirm an order of three lines by ${by}`)).toEqual({ clicks: 0, keys })
  })
})

describe('to learn where an order is takes', () => {
  it('two clicks from the list of orders', async () => {
    await placeOrder(together.ordering, anOrder())
    const clerk = await sitDown(ORDERING_ORIGIN)
    await clerk.click(clerk.link('1'))
    await clerk.click(clerk.link('Where is my order?'))
    await clerk.see('Where is my order?')
    await clerk.page.getByRole('heading', { name: 'Trace of order 1' }).waitFor()
    expect(clerk.tell('Where is my order? by pointer')).toEqual({ clicks: 2, keys: 0 })
  })

  it('one click and one key beside the number, from any page of billing', async () => {
    await placeOrder(together.ordering, anOrder())
    const operator = await sitDown(BILLING_ORIGIN)
    await operator.click(operator.link('Where is my order?'))
    await operator.see('Where is my order?')
    await operator.write('1')
    await operator.press('Enter')
    await operator.page.getByRole('heading', { name: 'Trace of order 1' }).waitFor()
    expect(operator.tell('Where is my order? by its number')).toEqual({ clicks: 1, keys: 1 })
  })
})

async function fillCatalogue(): Promise<void> {
  const headers = { 'Content-Type': 'application/x-ndjson' }
  for (const [kind, records] of Object.entries({ customers: [CUSTOMER], products: PRODUCTS })) {
    const body = records.map((record) => JSON.stringify(record)).join('\n')
    await together.ordering.fetch(`/api/${kind}/import`, { method: 'POST', headers, body })
  }
}

/** Somebody at the first page of an app. */
async function sitDown(origin: string): Promise<Person> {
  const page = await running.open(origin)
  await serveAssets(page)
  await page.goto(origin)
  return new Person(page)
}

async function expectFocus({ page }: Person, label: string): Promise<void> {
  await page
    .locator(':focus')
    .and(page.getByLabel(label, { exact: true }))
    .waitFor()
}

// 12 × 8.90 = 106.80 with 7 % tax 7.48; 2 × 54.90 + 6 × 13.50 = 190.80 with 19 % tax 36.25
async function expectInvoice(clerk: Person): Promise<void> {
  await clerk.see('Invoice for order 1')
  expect(await clerk.page.getByRole('article').textContent()).toContain('€341.33')
}
