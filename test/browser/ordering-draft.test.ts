import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { openBrowser, type RunningBrowser, serveAssets } from '../support/browser.ts'
import { amendOrder, anOrder, placeDraft, readOrder } from '../support/orders.ts'
import { startTogether, type Together } from '../support/together.ts'

const FIELDS = {
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
const OFFER = 'You have an unsaved draft'
const DRAFTS = `Object.keys(sessionStorage).filter((key) => key.startsWith('order-draft '))`

let together: Together
let browser: RunningBrowser
beforeAll(async () => {
  together = await startTogether()
  browser = await openBrowser(together)
})
beforeEach(() => together.reset())
afterEach(() => Promise.all(browser.browser.contexts().map((context) => context.close())))
afterAll(() => browser.close())

const LEAVING: [string, (page: Page) => Promise<unknown>][] = [
  ['a link', (page) => page.getByRole('link', { name: 'Customers' }).click()],
  ['Back', (page) => page.goBack()],
  ['a reload', (page) => page.reload()],
  ['Cancel', (page) => page.getByRole('link', { name: 'Cancel' }).click()],
]

it.each(LEAVING)(
  'a half-typed order is not left by %s without a question, and comes back where it was',
  async (_, leave) => {
    const page = await open('/orders', '/orders/new')
    await fill(page, { ...FIELDS, Note: 'Ring twice\nat the back' })
    await page.getByRole('button', { name: 'Add line' }).click()
    await page.getByRole('group', { name: 'Line 2' }).getByLabel('SKU').fill('MUG')
    expect(await asksTo(page, () => leave(page))).toBe('beforeunload')

    await page.goto(`${together.ordering.origin}/orders/new`)
    await page.getByText(OFFER).waitFor()
    expect(await page.getByLabel('Customer name').inputValue()).toBe('')
    await go(page, () => page.getByRole('button', { name: 'Restore the draft' }).click())
    for (const [label, text] of Object.entries(FIELDS)) {
      expect(await page.getByLabel(label).first().inputValue()).toBe(text)
    }
    expect(await page.getByLabel('Note').inputValue()).toBe('Ring twice\nat the back')
    expect(await page.getByRole('group', { name: 'Line 2' }).getByLabel('SKU').inputValue()).toBe('MUG')
    expect(await page.getByText(OFFER).count()).toBe(0)
  },
)

it('an order that was saved leaves no draft and no question, and so does the form as Back shows it', async () => {
  const page = await open('/orders/new')
  const asked = watchQuestions(page)
  await fill(page, FIELDS)
  await go(page, () => page.getByRole('button', { name: 'Save' }).click())
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Order 1')
  expect(await page.evaluate(DRAFTS)).toEqual([])
  await page.goBack()
  await page.goto(`${together.ordering.origin}/orders/new`)
  expect(asked).toEqual([])
  expect(await page.evaluate(DRAFTS)).toEqual([])
  expect(await page.getByText(OFFER).count()).toBe(0)
})

it('a form that was not touched is left without a question', async () => {
  const { number } = await placeDraft(together.ordering, anOrder({ note: 'Two lines\nof note' }))
  const page = await open('/orders/new', `/orders/${number}/edit`)
  const asked = watchQuestions(page)
  await page.getByLabel('Note').click()
  await go(page, () => page.getByRole('link', { name: 'Customers' }).click())
  expect([asked, await page.evaluate(DRAFTS)]).toEqual([[], []])
})

it('a form that comes back refused is asked about, and is offered as a draft once it was left', async () => {
  const page = await open('/orders/new')
  await fill(page, { ...FIELDS, Quantity: 'many' })
  await go(page, () => page.getByRole('button', { name: 'Save' }).click())
  expect(await page.getByText(OFFER).count()).toBe(0)
  await page.getByLabel('Note').click()
  expect(await asksTo(page, () => page.getByRole('link', { name: 'Customers' }).click())).toBe('beforeunload')
  await page.goto(`${together.ordering.origin}/orders/new`)
  await page.getByText(OFFER).waitFor()
})

it('a draft that is discarded is gone', async () => {
  const page = await open('/orders/new')
  await fill(page, FIELDS)
  await asksTo(page, () => page.reload())
  await page.getByRole('button', { name: 'Discard' }).click()
  expect(await page.getByText(OFFER).count()).toBe(0)
  await page.reload()
  expect([await page.getByText(OFFER).count(), await page.evaluate(DRAFTS)]).toEqual([0, []])
})

it('a draft of an order that was amended meanwhile says so, and saving it shows where the two differ', async () => {
  const { ordering } = together
  const { number } = await placeDraft(ordering, anOrder())
  const page = await open(`/orders/${number}/edit`)
  await fill(page, { Note: 'Mine' })
  await asksTo(page, () => page.getByRole('link', { name: 'Customers' }).click())
  await amendOrder(ordering, number, anOrder({ note: 'Theirs' }))
  await page.goto(`${ordering.origin}/orders/${number}/edit`)
  await page.getByText('The order has changed since').waitFor()
  await go(page, () => page.getByRole('button', { name: 'Restore the draft' }).click())
  await go(page, () => page.getByRole('button', { name: 'Save' }).click())
  expect(await page.getByRole('table', { name: 'Differences' }).getByRole('row').count()).toBe(2)
  expect((await readOrder(ordering, number)).note).toBe('Theirs')
})

it('what another person typed in the tab is not offered, and removed', async () => {
  const page = await open('/orders/new')
  await fill(page, FIELDS)
  await asksTo(page, () => page.getByRole('link', { name: 'Customers' }).click())
  expect(await page.evaluate<string[]>(DRAFTS)).toHaveLength(1)
  await page.evaluate(`for (const key of ${DRAFTS}) {
    sessionStorage.setItem(key.replace('you@example.com', 'ana@example.com'), sessionStorage.getItem(key))
    sessionStorage.removeItem(key)
  }`)
  await page.goto(`${together.ordering.origin}/orders/new`)
  expect([await page.getByText(OFFER).count(), await page.evaluate(DRAFTS)]).toEqual([0, []])
})

/** A page of ordering in a context of its own, at the last of the paths. */
async function open(...paths: string[]): Promise<Page> {
  const context = await browser.browser.newContext({ viewport: { width: 1280, height: 900 } })
  await serveAssets(context)
  const page = await context.newPage()
  for (const path of paths) await page.goto(new URL(path, together.ordering.origin).href)
  return page
}

async function fill(page: Page, fields: Record<string, string>): Promise<void> {
  for (const [label, text] of Object.entries(fields)) await page.getByLabel(label).first().fill(text)
  // A browser asks those only who have pressed something on the page.
  await page.getByLabel('Note').click()
}

/** What the browser asks before it lets go of the page, answered by leaving it. */
async function asksTo(page: Page, leave: () => Promise<unknown>): Promise<string> {
  const question = page.waitForEvent('dialog')
  const gone = page.waitForEvent('framenavigated')
  const leaving = leave()
  const dialog = await question
  await dialog.accept()
  await Promise.all([leaving, gone])
  await page.waitForLoadState()
  return dialog.type()
}

function watchQuestions(page: Page): string[] {
  const asked: string[] = []
  page.on('dialog', (dialog) => {
    asked.push(dialog.type())
    void dialog.accept()
  })
  return asked
}

/** Does what leads to another page, and waits for it. */
async function go(page: Page, act: () => Promise<void>): Promise<void> {
  await Promise.all([page.waitForEvent('framenavigated'), act()])
  await page.waitForLoadState()
}
