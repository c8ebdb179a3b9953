import type { BrowserContextOptions, Page, Request } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser, type RunningBrowser, serveAssets } from '../support/browser.ts'
import { anOrder, placeDraft, readOrder } from '../support/orders.ts'
import { startTogether, type Together } from '../support/together.ts'

const address = { street: 'Kai 4', city: 'Hamburg', country: 'DE' }
const CUSTOMERS = [
  { id: 'KONTOR', name: 'Kontor am Hafen', address },
  { id: 'KONTOR-2', name: 'Kontor am Markt', address },
  { id: 'LONDON', name: 'London Tea House', address: { street: 'Mill 2', city: 'London', country: 'GB' } },
]
const PRODUCTS = [
  { sku: 'A-100-RED', description: 'Assam, red tin', unitPrice: 890, currency: 'EUR', taxPercent: 7 },
  { sku: '90210', description: 'Assam, box of 90210', unitPrice: 5490, currency: 'EUR', taxPercent: 19 },
  { sku: 'A-200', description: 'Assam, bag', unitPrice: 700, currency: 'GBP', taxPercent: 20 },
  { sku: '11', description: 'Rooibos', unitPrice: 400, currency: 'EUR', taxPercent: 7 },
  { sku: '42', description: 'Rooibos, tin', unitPrice: 500, currency: 'EUR', taxPercent: 7 },
]
const PATIENCE = { timeout: 10_000 }

let together: Together
let browser: RunningBrowser
beforeAll(async () => {
  together = await startTogether()
  browser = await openBrowser(together)
})
afterEach(() => Promise.all(browser.browser.contexts().map((context) => context.close())))
afterAll(() => browser.close())

describe('a scanner, which sends Enter with its code,', () => {
  it.each(['A-100', '0210'])('enters no product by %s, which is only a part of another’s code', async (code) => {
    const page = await openForm()
    await page.getByLabel('SKU').focus()
    await scan(page, code)
    await expectNote(page, 1, `No product has the code “${code}”.`)
    expect(await lineOf(page, 1)).toEqual([code, '', '1', '', '0'])
    await page.keyboard.press('Enter')
    await scan(page, '')
    expect(await lineOf(page, 1)).toEqual([code, '', '1', '', '0'])
  })

  it('enters each of its codes in a line of its own, however late the answers and whichever comes first', async () => {
    const page = await openForm()
    const answers = await holdRequests(page, '/api/products')
    await page.getByLabel('SKU').focus()
    const codes = ['A-100-RED', '90210', 'a-100-red', 'NOT-1']
    for (const code of codes) await scan(page, code)
    await expect.poll(() => answers.codes(), PATIENCE).toEqual(expect.arrayContaining(codes))
    expect(await lineOf(page, 1)).toEqual(['A-100-RED', '', '1', '', '0'])
    await answers.releaseLastFirst()
    await expect.poll(() => lineOf(page, 1), PATIENCE).toEqual(['A-100-RED', 'Assam, red tin', '1', '8.90', '7'])
    await expect.poll(() => lineOf(page, 2), PATIENCE).toEqual(['90210', 'Assam, box of 90210', '1', '54.90', '19'])
    await expect.poll(() => lineOf(page, 3), PATIENCE).toEqual(['A-100-RED', 'Assam, red tin', '1', '8.90', '7'])
    await expectNote(page, 4, 'No product has the code “NOT-1”.')
    expect(await lineOf(page, 4)).toEqual(['NOT-1', '', '1', '', '0'])
  })

  it.each([
    { pause: 12, lines: ['11', '42'], quantity: '1' },
    { pause: 150, lines: ['11'], quantity: '42' },
  ])(
    'is told from a person by a key each $pause ms, where a product’s code is as short as a quantity',
    async (typing) => {
      const page = await openForm()
      await page.getByLabel('SKU').focus()
      await typeCode(page, '11', typing.pause)
      await expect.poll(async () => (await lineOf(page, 1))[1], PATIENCE).toBe('Rooibos')
      await typeCode(page, '42', typing.pause, typing.lines.length > 1)
      await expect.poll(async () => (await lineOf(page, typing.lines.length))[1], PATIENCE).not.toBe('')
      const lines = page.getByRole('group', { name: /^Line/ })
      const skus = await Promise.all(typing.lines.map(async (_, index) => (await lineOf(page, index + 1))[0]))
      expect([await lines.count(), skus]).toEqual([typing.lines.length, typing.lines])
      expect((await lineOf(page, 1))[2]).toBe(typing.quantity)
    },
  )

  it('enters a customer by just their ID, and the code after it as a product, before any answer', async () => {
    const page = await openForm()
    const answers = await holdRequests(page, '/api/')
    await scan(page, 'kontor')
    await scan(page, 'A-100-RED')
    await answers.releaseLastFirst()
    await expect.poll(() => page.getByLabel('Customer name').inputValue(), PATIENCE).toBe('Kontor am Hafen')
    await expect.poll(() => lineOf(page, 1), PATIENCE).toEqual(['A-100-RED', 'Assam, red tin', '1', '8.90', '7'])
  })

  it('enters no customer by a part of an ID or of a name', async () => {
    const page = await openForm()
    await scan(page, 'KONT')
    await page.getByText('No customer has the ID “KONT”').waitFor()
    expect(await page.getByLabel('Customer name').inputValue()).toBe('')
  })

  it('saves nothing and enters no line where the figure in a quantity is no product’s code, until Enter saves', async () => {
    const { ordering } = together
    const page = await openForm()
    await scan(page, 'KONTOR')
    await expect.poll(() => page.getByLabel('Customer name').inputValue(), PATIENCE).toBe('Kontor am Hafen')
    await scan(page, 'A-100-RED')
    await expect.poll(() => lineOf(page, 1), PATIENCE).toEqual(['A-100-RED', 'Assam, red tin', '1', '8.90', '7'])
    await page.keyboard.type('5000')
    await go(page, () => page.keyboard.press('Enter'))
    expect((await readOrder(ordering, 1)).lines).toMatchObject([{ sku: 'A-100-RED', quantity: 5000 }])
  })

  it('enters the same without scripts: just the code, one after the other, or the page says that there is none', async () => {
    const page = await openForm({ javaScriptEnabled: false })
    const scanAndWait = async (code: string) => {
      await go(page, () => scan(page, code))
      await page.locator(':focus').waitFor()
    }
    await scanAndWait('kontor')
    expect(await page.getByLabel('Customer name').inputValue()).toBe('Kontor am Hafen')
    await scanAndWait('A-100-RED')
    await scanAndWait('90210')
    expect(await lineOf(page, 1)).toEqual(['A-100-RED', 'Assam, red tin', '1', '8.90', '7'])
    expect(await lineOf(page, 2)).toEqual(['90210', 'Assam, box of 90210', '1', '54.90', '19'])
    await scanAndWait('A-100')
    await expectNote(page, 3, 'No product has the code “A-100”.')
    expect(await lineOf(page, 3)).toEqual(['A-100', '', '1', '', '0'])
    // The next one does not choose what was found for this.
    await scanAndWait('x')
    await expectNote(page, 3, 'No product has the code')
    expect(await page.getByRole('group', { name: /^Line/ }).count()).toBe(3)
    expect(await together.ordering.sql('SELECT number FROM orders')).toHaveLength(0)
  })
})

describe('Enter', () => {
  it('takes what was chosen with an arrow key, and never the first of a list that is merely there', async () => {
    const page = await openForm()
    await page.getByLabel('SKU').pressSequentially('assam')
    await suggestions(page).first().waitFor()
    await page.keyboard.press('Enter')
    await expectNote(page, 1, 'No product has the code “assam”.')
    expect(await lineOf(page, 1)).toEqual(['assam', '', '1', '', '0'])
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await expect.poll(() => lineOf(page, 1), PATIENCE).toEqual(['A-100-RED', 'Assam, red tin', '1', '8.90', '7'])
  })

  it('takes nothing from a list that came up below a resting pointer', async () => {
    const page = await openForm()
    const field = page.getByLabel('SKU')
    const box = await field.boundingBox()
    await page.mouse.move((box?.x ?? 0) + 20, (box?.y ?? 0) + (box?.height ?? 0) + 20)
    await field.pressSequentially('assam')
    await suggestions(page).first().waitFor()
    await page.keyboard.press('Enter')
    await expectNote(page, 1, 'No product has the code “assam”.')
    expect(await lineOf(page, 1)).toEqual(['assam', '', '1', '', '0'])
  })

  it('overwrites nothing that was typed before its answer came', async () => {
    const page = await openForm()
    const answers = await holdRequests(page, '/api/products')
    await page.getByLabel('SKU').focus()
    await scan(page, 'A-100-RED')
    await page.getByLabel('Unit price').fill('3.00')
    await page.getByLabel('SKU').focus()
    await answers.releaseLastFirst()
    await expect.poll(() => lineOf(page, 1), PATIENCE).toEqual(['A-100-RED', 'Assam, red tin', '1', '3.00', '7'])
    const late = await holdRequests(page, '/api/products')
    await page.getByLabel('SKU').fill('11')
    await page.keyboard.press('Enter')
    await page.getByLabel('SKU').fill('MINE')
    await late.releaseLastFirst()
    expect(await lineOf(page, 1)).toEqual(['MINE', 'Assam, red tin', '1', '3.00', '7'])
  })
})

describe.each([
  { scripts: 'on', javaScriptEnabled: true },
  { scripts: 'off', javaScriptEnabled: false },
])('the currency, with scripts $scripts,', ({ javaScriptEnabled }) => {
  const chooseCustomer = async (page: Page, id: string) => {
    await page.getByLabel('Search customers').fill(id)
    const enter = () => page.keyboard.press('Enter')
    await (javaScriptEnabled ? enter() : go(page, enter))
    await expect.poll(() => page.getByLabel('Customer ID').inputValue(), PATIENCE).toBe(id)
  }
  const enterProduct = async (page: Page, line: number, sku: string) => {
    const field = page.getByRole('group', { name: `Line ${line}` }).getByLabel('SKU')
    await field.fill(sku)
    const enter = () => page.keyboard.press('Enter')
    await (javaScriptEnabled ? enter() : go(page, enter))
    await expect.poll(async () => (await lineOf(page, line))[1], PATIENCE).not.toBe('')
  }
  const currency = (page: Page) => page.getByLabel('Currency').inputValue()
  /** Selects another currency; without scripts the page is asked by its button. */
  const select = async (page: Page, code: string) => {
    await page.getByLabel('Currency').selectOption(code)
    if (!javaScriptEnabled) await go(page, () => page.getByRole('button', { name: 'Add line' }).click())
  }
  const press = (page: Page, name: string) => go(page, () => page.getByRole('button', { name, exact: true }).click())

  it('is that of the customer’s last order, else that of their country', async () => {
    const page = await openForm({ javaScriptEnabled })
    await chooseCustomer(page, 'LONDON')
    expect(await currency(page)).toBe('GBP')
    await page.getByText('The usual currency in the customer’s country.').waitFor()
    const customer = { ...CUSTOMERS[0], id: 'KONTOR', name: 'Kontor am Hafen', address }
    await placeDraft(together.ordering, { ...anOrder(), currency: 'USD', customer })
    await chooseCustomer(page, 'KONTOR')
    expect(await currency(page)).toBe('USD')
    await page.getByText('As in the customer’s last order.').waitFor()
  })

  it('is no customer’s once the clerk has chosen one or has entered a price', async () => {
    const chosen = await openForm({ javaScriptEnabled })
    await chosen.getByLabel('Currency').selectOption('JPY')
    await chooseCustomer(chosen, 'LONDON')
    expect(await currency(chosen)).toBe('JPY')
    const priced = await openForm({ javaScriptEnabled })
    await priced.getByLabel('Unit price').fill('5.00')
    await chooseCustomer(priced, 'LONDON')
    expect([await currency(priced), await priced.getByLabel('Unit price').inputValue()]).toEqual(['EUR', '5.00'])
  })

  it('is never that of a product: its price stays empty, the line says why, and the total says what it leaves out', async () => {
    const page = await openForm({ javaScriptEnabled })
    await enterProduct(page, 1, 'A-200')
    expect([await currency(page), await lineOf(page, 1)]).toEqual(['EUR', ['A-200', 'Assam, bag', '1', '', '20']])
    await expectNote(
      page,
      1,
      'The catalogue has its price in GBP: £7.00. This order is in EUR: enter the price in EUR.',
    )
    const total = page.locator('[data-totals]')
    expect(await total.textContent()).toContain('Total of 0 of 1 lines: 1 has no price yet')
    const addLine = () => page.getByRole('button', { name: 'Add line' }).click()
    await (javaScriptEnabled ? addLine() : go(page, addLine))
    await enterProduct(page, 2, 'A-100-RED')
    expect(await total.textContent()).toContain('Total of 1 of 2 lines: 1 has no price yet')
    expect(await total.textContent()).toContain('€9.52') // 8.90 with 7 % tax 0.62
    await press(page, 'Save')
    expect(await page.getByRole('alert').textContent()).toContain('Line 1, Unit price')
  })

  it('that is selected where there are prices is asked about, and each price is said', async () => {
    const page = await openForm({ javaScriptEnabled })
    await enterProduct(page, 1, 'A-100-RED')
    const second = page.getByRole('button', { name: 'Add line' })
    await (javaScriptEnabled ? second.click() : go(page, () => second.click()))
    await enterProduct(page, 2, 'A-200')
    await select(page, 'GBP')
    const table = page.getByRole('table', { name: 'Prices in GBP' })
    await table.waitFor()
    expect(await table.getByRole('row').allInnerTexts()).toMatchObject([
      expect.stringContaining('Now, EUR'),
      expect.stringMatching(/Line 1\s+Assam, red tin\s+8\.90\s+cleared/),
      expect.stringMatching(/Line 2\s+Assam, bag\s+–\s+£7\.00/),
    ])
    // Nothing is decided yet: the total is in the currency that the prices are in, and saving asks as well.
    expect(await page.locator('[data-totals]').textContent()).toContain('€9.52')
    await press(page, 'Save')
    expect(await page.getByRole('alert').textContent()).toContain('Currency: Choose what to do with the prices')
    await press(page, 'Change to GBP')
    expect([await currency(page), (await lineOf(page, 1))[3], (await lineOf(page, 2))[3]]).toEqual(['GBP', '', '7.00'])
  })

  it('that is selected keeps the figures where the clerk says so, and is not changed where they say that', async () => {
    const page = await openForm({ javaScriptEnabled })
    await enterProduct(page, 1, 'A-100-RED')
    await select(page, 'USD')
    await press(page, 'Keep EUR')
    expect([await currency(page), (await lineOf(page, 1))[3]]).toEqual(['EUR', '8.90'])
    await select(page, 'USD')
    await press(page, 'Change to USD and keep the numbers')
    expect([await currency(page), (await lineOf(page, 1))[3]]).toEqual(['USD', '8.90'])
    expect(await page.getByRole('table', { name: /Prices in/ }).count()).toBe(0)
  })

  it('orders what is found: products in it come first, and the others say theirs', async () => {
    const page = await openForm({ javaScriptEnabled })
    await chooseCustomer(page, 'LONDON')
    await page.getByLabel('SKU').fill('assam')
    if (!javaScriptEnabled) await go(page, () => page.getByRole('button', { name: 'Find product for line 1' }).click())
    const found = javaScriptEnabled ? suggestions(page) : page.getByRole('row').filter({ hasText: 'Assam' })
    await found.first().waitFor()
    const texts = await found.allInnerTexts()
    expect(texts[0]).toMatch(/A-200\W+£7\.00(?! in)/)
    expect(texts[1]).toMatch(/90210\W+€54\.90 in EUR/)
  })

  it('a row that is removed by one press can be put back with all that was typed in it', async () => {
    const page = await openForm({ javaScriptEnabled })
    await enterProduct(page, 1, 'A-100-RED')
    const act = (name: string) => {
      const click = () => page.getByRole('button', { name, exact: true }).click()
      return javaScriptEnabled ? click() : go(page, click)
    }
    await act('Add line')
    await enterProduct(page, 2, 'A-200')
    await page.getByRole('group', { name: 'Line 1' }).getByLabel('Quantity').fill('7')
    await act('Remove line 1')
    await page.getByText('Line 1 was removed.').waitFor()
    expect(await page.getByRole('group', { name: /^Line/ }).count()).toBe(1)
    await act('Undo')
    expect(await lineOf(page, 1)).toEqual(['A-100-RED', 'Assam, red tin', '7', '8.90', '7'])
    expect((await lineOf(page, 2))[0]).toBe('A-200')
  })
})

/**
 * The form for a new order, of both Workers as if they had never run, with a catalogue, ready to be typed into: a page that was
 * just loaded gives the focus away with its next picture, not at once.
 */
async function openForm(options: BrowserContextOptions = {}): Promise<Page> {
  await together.reset()
  const { ordering } = together
  for (const [kind, records] of Object.entries({ customers: CUSTOMERS, products: PRODUCTS })) {
    const body = records.map((record) => JSON.stringify(record)).join('\n')
    const headers = { 'Content-Type': 'application/x-ndjson' }
    expect((await ordering.fetch(`/api/${kind}/import`, { method: 'POST', headers, body })).status).toBe(200)
  }
  const context = await browser.browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  await serveAssets(context)
  const page = await context.newPage()
  await page.goto(new URL('/orders/new', ordering.origin).href)
  await page.locator(':focus').waitFor()
  return page
}

function suggestions(page: Page) {
  return page.getByRole('listbox', { name: 'Suggestions' }).getByRole('option')
}

/** Types where the focus is and presses Enter at once, as a scanner does. */
async function scan(page: Page, code: string): Promise<void> {
  await page.keyboard.type(code)
  await page.keyboard.press('Enter')
}

/** Types at this pace, by the events' own times, whatever the machine's. */
async function typeCode(page: Page, code: string, pauseMs: number, enter = true): Promise<void> {
  const session = await page.context().newCDPSession(page)
  let timestamp = Date.now() / 1_000
  const press = async (key: string, text: string) => {
    timestamp += pauseMs / 1_000
    await session.send('Input.dispatchKeyEvent', { type: 'keyDown', key, text, timestamp })
    await session.send('Input.dispatchKeyEvent', { type: 'keyUp', key, timestamp })
  }
  for (const digit of code) await press(digit, digit)
  if (enter) await press('Enter', '\r')
}

/** Holds what is asked back, as a slow network does, until it is let through, the last first. */
async function holdRequests(page: Page, path: string) {
  const held: { request: Request; release: () => void }[] = []
  let open = false
  await page.route(
    (url) => url.pathname.startsWith(path),
    async (route, request) => {
      if (!open) await new Promise<void>((release) => held.push({ request, release }))
      await route.continue()
    },
  )
  return {
    /** What is asked for by Enter is held; so is a suggestion that was asked for before it and given up. */
    codes: () => held.map(({ request }) => new URL(request.url()).searchParams.get('q')),
    async releaseLastFirst() {
      open = true
      for (const { request, release } of held.toReversed()) {
        release()
        await request.response()
      }
    },
  }
}

/** What the line's fields say: SKU, description, quantity, price, tax. */
async function lineOf(page: Page, line: number): Promise<string[]> {
  const group = page.getByRole('group', { name: `Line ${line}`, exact: true })
  const labels = ['SKU', 'Description', 'Quantity', 'Unit price', 'Tax %']
  return Promise.all(labels.map((label) => group.getByLabel(label).inputValue()))
}

async function expectNote(page: Page, line: number, text: string): Promise<void> {
  await page
    .getByRole('group', { name: `Line ${line}`, exact: true })
    .getByText(text)
    .waitFor()
}

/** Does what leads to another page, and waits for it. */
async function go(page: Page, act: () => Promise<void>): Promise<void> {
  await Promise.all([page.waitForEvent('framenavigated'), act()])
  await page.waitForLoadState()
}
