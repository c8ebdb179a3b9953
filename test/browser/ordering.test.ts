import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser, type RunningBrowser, serveAssets } from '../support/browser.ts'
import { anOrder, placeDraft, readOrder, type Draft, amendOrder, placeOrder } from '../support/orders.ts'
import type { RunningWorker } from '../../shared/simulator/running-worker.ts'
import { startTogether, type Together } from '../support/together.ts'

const VINET = {
  id: 'VINET',
  name: 'Vins et alcools Chevalier',
  contact: 'Paul Henriot',
  address: { street: '59 rue de l’Abbaye', city: 'Reims', postalCode: '51100', country: 'FR' },
}
const PRODUCTS = [
  { sku: '11', description: 'Queso Cabrales', unitPrice: 1400, currency: 'EUR', taxPercent: 0 },
  { sku: '42', description: 'Singaporean Hokkien Fried Mee', unitPrice: 980, currency: 'EUR', taxPercent: 7 },
]

const PATIENCE = { timeout: 10_000 }
const RESTS_MS = 1_000
const PRESSES_MS = 200

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
  it('an order is entered by keyboard alone, confirmed, and its invoice stands there', async () => {
    await fillCatalogue(await fresh())
    const page = await open('/', { javaScriptEnabled })
    const press = (key: string) => pressKey(page, key, javaScriptEnabled)

    await reach(page, 'New order')
    await go(page, () => page.keyboard.press('Enter'))
    await reach(page, 'Search customers')
    await page.keyboard.type('chevalier')
    await choose(page, `Use this customer ${VINET.name}`, javaScriptEnabled)
    await expect.poll(() => focused(page), PATIENCE).toBe('SKU')

    await page.keyboard.type('cabrales')
    await choose(page, 'Use this product Queso Cabrales', javaScriptEnabled)
    await expect.poll(() => focused(page), PATIENCE).toBe('Quantity')
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.type('12')

    await reach(page, 'Add line')
    await press('Enter')
    expect(await focused(page)).toBe('SKU')
    await page.keyboard.type('42')
    await press('Enter') // the very number of a product needs no choosing
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.type('10')

    await reach(page, 'Save')
    await go(page, () => page.keyboard.press('Enter'))
    // 12 × 14.00 = 168.00, 10 × 9.80 = 98.00 with 7 % tax 6.86
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Order 1')
    expect(await page.getByRole('main').textContent()).toContain('272.86')

    await reach(page, 'Confirm order')
    await go(page, () => page.keyboard.press('Enter'))
    expect(new URL(page.url()).origin).toBe(together.billing.origin)
    expect(new URL(page.url()).pathname).toBe('/link/new_order/1')
    expect(await page.getByRole('main').textContent()).toContain('272.86')
    expect(await page.getByRole('button', { name: 'Approve invoice' }).count()).toBe(1)
  })

  it('a form that is refused comes back with what was typed, and a link leads to each field', async () => {
    await fresh()
    const page = await open('/orders/new', { javaScriptEnabled })
    await fillOrder(page)
    await page.getByLabel('Quantity').fill('12,5')
    await page.getByLabel('Unit price').fill('abc')
    await go(page, () => page.getByRole('button', { name: 'Save' }).click())

    expect(await page.getByRole('alert').textContent()).toContain('Line 1, Quantity: Did you mean 12.5 or 125?')
    expect(await page.getByLabel('Quantity').inputValue()).toBe('12,5')
    expect(await page.getByLabel('Unit price').inputValue()).toBe('abc')
    expect(await page.getByLabel('Quantity').getAttribute('aria-invalid')).toBe('true')
    await page.getByRole('link', { name: /Unit price/ }).click()
    expect(await focused(page)).toBe('Unit price')

    await page.getByLabel('Quantity').fill('12.5')
    await page.getByLabel('Unit price').fill('14.5')
    await go(page, () => page.getByRole('button', { name: 'Save' }).click())
    expect((await readOrder(together.ordering, 1)).totals.gross).toBe(18125) // 12.5 × 14.50 = 181.25
  })

  it('lines are added and taken out, and all that was typed stays', async () => {
    await fresh()
    const page = await open('/orders/new', { javaScriptEnabled })
    const act = (name: string) => click(page, name, javaScriptEnabled)
    await fillOrder(page)
    await act('Add line')
    const second = page.getByRole('group', { name: 'Line 2' })
    await second.getByLabel('SKU').fill('MUG')
    await second.getByLabel('Description').fill('A mug')
    await second.getByLabel('Unit price').fill('3.10')
    await act('Add charge')
    await page.getByRole('group', { name: 'Charge 1' }).getByLabel('Description').fill('Freight')
    await page.getByLabel('Amount').fill('5')
    await act('Remove line 1')
    expect(await page.getByRole('group', { name: /^Line/ }).count()).toBe(1)
    await go(page, () => page.getByRole('button', { name: 'Save' }).click())

    const { lines, charges, totals } = await readOrder(together.ordering, 1)
    expect(lines).toMatchObject([{ sku: 'MUG', description: 'A mug', quantity: 1, unitPrice: 310 }])
    expect(charges).toMatchObject([{ description: 'Freight', amount: 500, taxPercent: 0 }])
    expect(totals.gross).toBe(810)
  })

  it('somebody who saves second sees where both differ, takes a part over, and saves', async () => {
    const { ordering } = await fresh()
    const { number } = await placeDraft(ordering, anOrder())
    const page = await open(`/orders/${number}/edit`, { javaScriptEnabled })
    await page.getByLabel('Note').fill('Mine')
    await page.getByLabel('City').fill('Weimar')
    await amendOrder(ordering, number, anOrder({ note: 'Theirs' }))
    await go(page, () => page.getByRole('button', { name: 'Save' }).click())

    const differences = page.getByRole('table', { name: 'Differences' })
    expect(await differences.getByRole('row').count()).toBe(3) // its head, the note, the city
    expect((await readOrder(ordering, number)).note).toBe('Theirs')
    await go(page, () => page.getByRole('button', { name: 'Take theirs for Note' }).click())
    await go(page, () => page.getByRole('button', { name: 'Save' }).click())
    const saved = await readOrder(ordering, number)
    expect(saved).toMatchObject({ revision: 3, note: 'Theirs', customer: { address: { city: 'Weimar' } } })
  })

  it('Delete order asks on a page that says what it means, and nothing is deleted before its button is pressed', async () => {
    const { ordering } = await fresh()
    const { number } = await placeOrder(ordering, anOrder())
    const page = await open(`/orders/${number}`, { javaScriptEnabled })
    const press = () => go(page, () => page.getByRole('button', { name: 'Delete order' }).click())
    await press()
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(`Delete order ${number}?`)
    expect(await page.getByText('billing cancels its invoice').isVisible()).toBe(true)
    await go(page, () => page.getByRole('link', { name: 'Keep the order' }).click())
    expect((await readOrder(ordering, number)).state).toBe('Confirmed')
    await press()
    await press()
    expect(await page.getByRole('main').textContent()).toContain(`Order ${number} was deleted.`)
    expect((await ordering.fetch(`/orders/${number}`)).status).toBe(410)
  })
})

it('an order of three lines takes seven keys beside what it says, and an eighth confirms it', async () => {
  await fillCatalogue(await fresh())
  const page = await open('/orders/new')
  let keys = 0
  const press = async (key: string) => {
    keys += 1
    await page.keyboard.press(key)
  }
  const choose = async (text: string, next: string) => {
    await page.keyboard.type(text)
    await press('Enter')
    await expect.poll(() => focused(page), PATIENCE).toBe(next)
  }
  await page.getByLabel('Search customers').focus()
  await choose('vinet', 'SKU')
  for (const [place, sku] of ['42', '11', '42'].entries()) {
    if (place > 0) await press('Alt+Enter')
    await choose(sku, 'Quantity')
    await page.keyboard.type('2')
  }
  await go(page, () => press('Control+Enter'))
  await go(page, () => press('Control+Enter'))
  expect(new URL(page.url()).pathname).toBe('/link/new_order/1')
  expect(keys).toBe(8)
})

it('the product of just that SKU comes first, however many others have it in their name', async () => {
  const { ordering } = await fresh()
  const others = Array.from({ length: 20 }, (_, index) => ({
    ...PRODUCTS[0],
    sku: `A${index}`,
    description: `11 of ${index}`,
  }))
  await importLines(ordering, '/api/products/import', [...others, ...PRODUCTS])
  const page = await open('/orders/new')
  await page.getByLabel('SKU').pressSequentially('11')
  await page.keyboard.press('Enter')
  await expect.poll(() => page.getByLabel('Description').first().inputValue(), PATIENCE).toBe('Queso Cabrales')
})

it('the list is filtered by a customer whose name one types', async () => {
  const { ordering } = await fresh()
  await fillCatalogue(together)
  await placeOrder(ordering, anOrder())
  await placeOrder(ordering, { ...anOrder(), customer: VINET })
  const page = await open('/orders')
  await page.getByText('More filters').click()
  await page.getByLabel('Customer ID').pressSequentially('vins et')
  await page.keyboard.press('Enter')
  await expect.poll(() => page.getByLabel('Customer ID').inputValue(), PATIENCE).toBe('VINET')
  await go(page, () => page.keyboard.press('Enter'))
  expect(new URL(page.url()).searchParams.get('customer')).toBe('VINET')
  expect(await page.getByRole('link', { name: '2', exact: true }).count()).toBe(1)
  expect(await page.getByRole('link', { name: '1', exact: true }).count()).toBe(0)
})

it.each([
  { scripts: 'on', whose: 'the browser’s', javaScriptEnabled: true, zone: 'GMT+9' },
  { scripts: 'off', whose: 'the business’s', javaScriptEnabled: false, zone: /CES?T|GMT\+[12]/ },
])('with scripts $scripts an instant is shown in $whose time zone', async ({ javaScriptEnabled, zone }) => {
  const { ordering } = await fresh()
  const { number } = await placeDraft(ordering)
  const page = await open(`/orders/${number}`, { javaScriptEnabled, timezoneId: 'Asia/Tokyo', locale: 'en-GB' })
  expect(await page.getByRole('listitem').filter({ hasText: 'Entered by' }).locator('time').textContent()).toMatch(zone)
})

it.each([true, false])(
  'a day is the business’s, whatever zone the browser is in; scripts: %s',
  async (javaScriptEnabled) => {
    const { ordering } = await fresh()
    // Half an hour into the new year in Berlin.
    const { number } = await placeDraft(ordering, anOrder({ placedAt: '2025-12-31T23:30:00Z' }))
    for (const timezoneId of ['America/Los_Angeles', 'Pacific/Auckland']) {
      const options = { javaScriptEnabled, timezoneId, locale: 'en-GB' }
      const page = await open(`/orders/${number}`, options)
      await serveAssets(page)
      await page.reload()
      expect(await page.getByText('1 Jan 2026', { exact: true }).count()).toBe(2)
      const list = await open('/orders?from=2026-01-01&to=2026-01-01', options)
      expect(await list.getByText('1 Jan 2026', { exact: true }).count()).toBe(1)
    }
  },
)

it('Save pressed twice makes one order', async () => {
  const { ordering } = await fresh()
  for (const javaScriptEnabled of [true, false]) {
    const page = await open('/orders/new', { javaScriptEnabled })
    await fillOrder(page)
    await go(page, () => page.getByRole('button', { name: 'Save' }).dblclick())
    await page.goBack()
    await go(page, () => page.getByRole('button', { name: 'Save' }).click())
  }
  expect(await ordering.sql('SELECT number FROM orders')).toHaveLength(2)
})

it('the totals that follow what one types are those of the server', async () => {
  const { ordering } = await fresh()
  const page = await open('/orders/new')
  const orders: Draft[] = [
    anOrder({
      currency: 'JPY',
      lines: [line({ quantity: 0.125, unitPrice: 1004, discountPercent: 33.33, taxPercent: 8 })],
    }),
    anOrder({ currency: 'KWD', lines: [line({ quantity: 999_999.999, unitPrice: 1e9, discountPercent: 0.01 })] }),
    anOrder({
      lines: [
        line({ quantity: 3, unitPrice: 33, taxPercent: 19 }),
        line({ quantity: 1.5, unitPrice: 1, taxPercent: 19 }),
      ],
      charges: [{ description: 'Freight', amount: 1050, taxPercent: 7.25 }],
    }),
  ]
  for (const order of orders) {
    const { number } = await placeDraft(ordering, order)
    await page.goto(`${ordering.origin}/orders/${number}/edit`)
    const fromServer = await page.locator('[data-totals]').innerText()
    const nets = await page.locator('[data-net]').allInnerTexts()
    await page.getByLabel('Note').pressSequentially('x') // any key adds up again
    expect(await page.locator('[data-totals]').innerText()).toBe(fromServer)
    expect(await page.locator('[data-net]').allInnerTexts()).toEqual(nets)
    await page.getByLabel('Unit price').first().fill('7')
    expect(await page.locator('[data-totals]').innerText()).not.toBe(fromServer)
  }
})

it('every page of ordering is reached by links from /, has one h1, and fits 320 pixels', async () => {
  const { ordering } = await fresh()
  await fillCatalogue(together)
  const { number } = await placeOrder(ordering, anOrder())
  const page = await open('/', { viewport: { width: 320, height: 640 } })
  const seen = new Set<string>()
  const waiting = ['/']
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    if (seen.has(path)) continue
    seen.add(path)
    const answer = await page.goto(ordering.origin + path)
    expect([path, answer?.status()]).toEqual([path, 200])
    // The document of the API is no page.
    if (answer?.headers()['content-type']?.startsWith('application/json') === true) continue
    expect([path, await page.locator('h1').count()]).toEqual([path, 1])
    const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
    expect([path, overflow]).toEqual([path, 0])
    waiting.push(...(await page.evaluate<string[]>(LINKS)))
  }
  for (const path of [
    '/orders',
    '/orders/new',
    '/customers',
    '/products',
    `/orders/${number}`,
    `/orders/${number}/edit`,
  ]) {
    expect(seen).toContain(path)
  }
})

/**
 * A page of ordering in a context of its own. The harness hands a request to the Worker alone, so what the platform
 * serves of shared/assets comes from the files here.
 */
async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  await serveAssets(context)
  const page = await context.newPage()
  await page.goto(new URL(path, together.ordering.origin).href)
  return page
}

/** Both Workers as if they had never run. */
async function fresh(): Promise<Together> {
  await together.reset()
  return together
}

async function fillCatalogue({ ordering }: Together): Promise<void> {
  await importLines(ordering, '/api/customers/import', [VINET])
  await importLines(ordering, '/api/products/import', PRODUCTS)
}

async function importLines(ordering: RunningWorker, path: string, records: readonly object[]): Promise<void> {
  const body = records.map((record) => JSON.stringify(record)).join('\n')
  const headers = { 'Content-Type': 'application/x-ndjson' }
  const { status } = await ordering.fetch(path, { method: 'POST', headers, body })
  expect(status).toBe(200)
}

function line(parts: Partial<Draft['lines'][number]>): Draft['lines'][number] {
  return { sku: 'CUP', description: 'A cup', quantity: 1, unitPrice: 100, ...parts }
}

/** Fills in what must be given. */
async function fillOrder(page: Page): Promise<void> {
  const fields = {
    'Customer name': 'Kornblume Naturkost',
    'Customer ID': 'KORN',
    Street: 'Markt 1',
    City: 'Jena',
    Country: 'DE',
    SKU: 'OAT-1',
    Description: 'Oat flakes, 1 kg',
    Quantity: '4',
    'Unit price': '2.50',
  }
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label).fill(value)
}

/** Does what leads to another page, and waits for it. */
async function go(page: Page, act: () => Promise<void>): Promise<void> {
  await Promise.all([page.waitForEvent('framenavigated'), act()])
  await page.waitForLoadState()
}

/** Presses a button of the form that a script answers on the page, and the server without. */
async function click(page: Page, name: string, javaScriptEnabled: boolean): Promise<void> {
  const press = () => page.getByRole('button', { name, exact: true }).click()
  await (javaScriptEnabled ? press() : go(page, press))
}

/** Presses a key in the form: without scripts it asks the server, with them it may wait for suggestions. */
async function pressKey(page: Page, key: string, javaScriptEnabled: boolean): Promise<void> {
  const before = await focusedId(page)
  const press = () => page.keyboard.press(key)
  await (javaScriptEnabled ? press() : go(page, press))
  await expect.poll(() => focusedId(page), PATIENCE).not.toBe(before)
  // A page that was just loaded gives the focus away with its next picture, not at once.
  await expect.poll(() => focused(page), PATIENCE).not.toBe('')
}

/** Chooses the one that was found for what was typed: with scripts in the list below the field, else by its button. */
async function choose(page: Page, button: string, javaScriptEnabled: boolean): Promise<void> {
  if (javaScriptEnabled) {
    await page.getByRole('listbox', { name: 'Suggestions' }).getByRole('option').waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    return
  }
  await go(page, () => page.keyboard.press('Enter'))
  await expect.poll(() => focused(page), PATIENCE).not.toBe('')
  await reach(page, button)
  await go(page, () => page.keyboard.press('Enter'))
}

/** Presses Tab until the focus stands on what has this name. */
async function reach(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    if ((await focused(page)) === name) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`${name} is not reached by Tab`)
}

// As text, since the tests' own types know no document.
const FOCUSED = `(() => {
  const it = document.activeElement
  return it === document.body ? '' : (it.labels?.[0] ?? it).textContent.trim()
})()`
const LINKS = `[...document.querySelectorAll('a[href^="/"]')].map((link) => link.getAttribute('href'))`

/** The label or text of what has the focus; empty while nothing has. */
function focused(page: Page): Promise<string> {
  return page.evaluate(FOCUSED)
}

function focusedId(page: Page): Promise<string> {
  return page.evaluate('document.activeElement.id + document.activeElement.value')
}

describe('a link to an order', () => {
  it('is asked for as it is pressed, and not while the pointer rests on it', async () => {
    const { ordering } = await fresh()
    const { number } = await placeDraft(ordering)
    const page = await open('/orders')
    const link = page.getByRole('link', { name: String(number), exact: true })
    await link.hover()
    await page.waitForTimeout(RESTS_MS)
    await amendOrder(ordering, number, anOrder({ note: 'Changed while the pointer rested' }))
    await page.mouse.down()
    await page.waitForTimeout(PRESSES_MS)
    await go(page, () => page.mouse.up())
    const timing = "performance.getEntriesByType('navigation')[0].deliveryType"
    expect(await page.evaluate<string>(timing)).toBe('navigational-prefetch')
    expect(await page.getByText('Changed while the pointer rested').count()).toBe(1)
  })
})
