import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser, type RunningBrowser, serveAssets } from '../support/browser.ts'
import { anOrder, placeDraft, readOrder } from '../support/orders.ts'
import { startTogether, type Together } from '../support/together.ts'

const PATIENCE = { timeout: 10_000 }

let together: Together
let browser: RunningBrowser
beforeAll(async () => {
  together = await startTogether()
  browser = await openBrowser(together)
})
afterEach(() => Promise.all(browser.browser.contexts().map((context) => context.close())))
afterAll(() => browser.close())

describe.each([
  { scripts: 'on', javaScriptEnabled: true },
  { scripts: 'off', javaScriptEnabled: false },
])('with scripts $scripts', ({ javaScriptEnabled }) => {
  it('a German browser’s figures are stored as its page writes them', async () => {
    const { ordering } = await fresh()
    const page = await open('/orders/new', 'de-DE', javaScriptEnabled)
    await fillOrder(page, { quantity: '1.000', price: '2.000', discount: '12,5', tax: '19 %' })
    await page.getByLabel('Placed on').fill('2026-11-27')
    await save(page)
    // 1000 × 2000.00 less 12.5 % = 1750000.00; 19 % of it = 332500.00
    expect(await readOrder(ordering, 1)).toMatchObject({
      placedAt: '2026-11-26T23:00:00.000Z',
      lines: [{ quantity: 1000, unitPrice: 200000, discountPercent: 12.5, taxPercent: 19 }],
      totals: { gross: 208250000 },
    })
    expect(await page.getByRole('main').textContent()).toContain('2.082.500,00\u00a0€')
  })

  it('what two conventions read differently is refused with both readings, and counts nowhere', async () => {
    const { ordering } = await fresh()
    const page = await open('/orders/new', 'en-GB', javaScriptEnabled)
    await fillOrder(page, { quantity: '4', price: '2.000', discount: '', tax: '' })
    await save(page)
    const readings = 'Did you mean 2.00 or 2,000.00?'
    expect(await page.getByRole('alert').textContent()).toContain(`Line 1, Unit price: ${readings}`)
    expect(await page.getByLabel('Unit price').inputValue()).toBe('2.000')
    expect(await totalsOf(page)).toContain('Total of 0 of 1 lines: 1 cannot be read yet€0.00')
    await page.getByLabel('Unit price').fill('2,000.00')
    await save(page)
    expect((await readOrder(ordering, 1)).lines).toMatchObject([{ unitPrice: 200000 }])
  })

  it.each([
    ['de-DE', '2,5', '1234,50', '3.086,25\u00a0€'],
    ['de-CH', '2.5', '1234.50', /EUR.3.086\.25/],
    ['fr-FR', '2,5', '1234,50', /3.086,25.€/],
    ['ar-EG', '٢٫٥', '١٢٣٤٫٥٠', /٣٬٠٨٦٫٢٥/],
  ])(
    '%s: the form is filled in as its page writes figures, and saves unchanged',
    async (locale, quantity, price, total) => {
      const { ordering } = await fresh()
      const line = { sku: 'OAT-1', description: 'Oat flakes', quantity: 2.5, unitPrice: 123450 }
      const order = await placeDraft(ordering, anOrder({ placedAt: '2026-03-01T14:35:12Z', lines: [line] }))
      const page = await open('/orders/1/edit', locale, javaScriptEnabled)
      expect(await page.getByLabel('Quantity').inputValue()).toBe(quantity)
      expect(await page.getByLabel('Unit price').inputValue()).toBe(price)
      expect(await page.getByLabel('Placed on').inputValue()).toBe('2026-03-01')
      expect(await totalsOf(page)).toMatch(total)
      await save(page)
      expect(await readOrder(ordering, 1)).toEqual(order)
    },
  )

  it('a product that is chosen brings its price as the page writes it', async () => {
    const { ordering } = await fresh()
    const product = { sku: '11', description: 'Queso', unitPrice: 1234567, currency: 'EUR', taxPercent: 7.5 }
    const headers = { 'Content-Type': 'application/x-ndjson' }
    await ordering.fetch('/api/products/import', { method: 'POST', headers, body: JSON.stringify(product) })
    const page = await open('/orders/new', 'de-DE', javaScriptEnabled)
    await page.getByLabel('SKU').pressSequentially('11')
    if (javaScriptEnabled) {
      await page.getByRole('option', { name: 'Queso' }).click()
    } else {
      await go(page, () => page.getByRole('button', { name: 'Find product for line 1' }).click())
    }
    await expect.poll(() => page.getByLabel('Unit price').inputValue(), PATIENCE).toBe('12345,67')
    expect(await page.getByLabel('Tax %').inputValue()).toBe('7,5')
  })
})

it.each([
  ['de-DE', '1.000', '2.000', '12,5', '19 %', '2.082.500,00\u00a0€'],
  ['en-GB', '1,000', '2,000.00', '12.5', '19%', '€2,082,500.00'],
  ['ar-EG', '١٬٠٠٠', '٢٠٠٠٫٠٠', '١٢٫٥', '١٩٪', '٢٬٠٨٢٬٥٠٠٫٠٠'],
  ['en-GB', '4', '2.000', '', '', 'Total of 0 of 1 lines: 1 cannot be read yet€0.00'],
  ['en-GB', '1.000', '2', '', '', 'Total of 0 of 1 lines: 1 cannot be read yet€0.00'],
  ['de-DE', '4', '2', '', '1.5', 'Total of 0 of 1 lines: 1 cannot be read yet0,00\u00a0€'],
])(
  '%s: while one types %s × %s, less %s, with %s, the total says %s',
  async (locale, quantity, price, discount, tax, total) => {
    await fresh()
    const page = await open('/orders/new', locale, true)
    await fillOrder(page, { quantity, price, discount, tax })
    expect(await totalsOf(page)).toContain(total)
  },
)

it('a line that a script adds is read as the others, and what cannot be read shows no net', async () => {
  const { ordering } = await fresh()
  const page = await open('/orders/new', 'de-DE', true)
  await fillOrder(page, { quantity: '1,5', price: '10', discount: '', tax: '' })
  await page.getByRole('button', { name: 'Add line' }).click()
  const second = page.getByRole('group', { name: 'Line 2' })
  const net = second.locator('[data-net]')
  await second.getByLabel('SKU').fill('MUG')
  await second.getByLabel('Description').fill('A mug')
  await second.getByLabel('Unit price').fill('3.10')
  expect(await net.textContent()).toBe('–')
  await second.getByLabel('Unit price').fill('3,10')
  expect(await net.textContent()).toBe('3,10\u00a0€')
  await save(page)
  expect((await readOrder(ordering, 1)).totals.gross).toBe(1810) // 1.5 × 10.00 + 3.10
})

async function fresh(): Promise<Together> {
  together = await startTogether()
  return together
}

async function open(path: string, locale: string, javaScriptEnabled: boolean): Promise<Page> {
  const context = await browser.browser.newContext({
    locale,
    javaScriptEnabled,
    viewport: { width: 1280, height: 900 },
  })
  await serveAssets(context)
  const page = await context.newPage()
  await page.goto(new URL(path, together.ordering.origin).href)
  return page
}

async function fillOrder(
  page: Page,
  figures: { quantity: string; price: string; discount: string; tax: string },
): Promise<void> {
  const fields = {
    'Customer name': 'Kornblume Naturkost',
    'Customer ID': 'KORN',
    Street: 'Markt 1',
    City: 'Jena',
    Country: 'DE',
    SKU: 'OAT-1',
    Description: 'Oat flakes, 1 kg',
    Quantity: figures.quantity,
    'Unit price': figures.price,
    'Discount %': figures.discount,
    'Tax %': figures.tax,
  }
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label).fill(value)
}

function save(page: Page): Promise<void> {
  return go(page, () => page.getByRole('button', { name: 'Save' }).click())
}

/** Does what leads to another page, and waits for it. */
async function go(page: Page, act: () => Promise<void>): Promise<void> {
  await Promise.all([page.waitForEvent('framenavigated'), act()])
  await page.waitForLoadState()
}

async function totalsOf(page: Page): Promise<string> {
  return (await page.locator('[data-totals]').textContent()) ?? ''
}
