import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LAYOUT_SHIFTS, openBrowser, type RunningBrowser, serveAssets } from '../support/browser.ts'
import { approve, readInvoice } from '../billing/support.ts'
import { amendOrder, anOrder, deleteOrder, orderAtTwoRates, placeOrder } from '../support/orders.ts'
import { BILLING_ORIGIN, startTogether, type Together } from '../support/together.ts'

let together: Together
let running: RunningBrowser

beforeAll(async () => {
  together = await startTogether()
  running = await openBrowser(together)
})
afterAll(() => running.close())

describe.each([
  { scripts: 'on', javaScriptEnabled: true },
  { scripts: 'off', javaScriptEnabled: false },
])('with JavaScript $scripts', ({ javaScriptEnabled }) => {
  it('an accountant credits an invoice whose order changed, and reissues it, in one step', async () => {
    await waiting(orderAtTwoRates)
    const page = await open('/invoices/1', javaScriptEnabled)
    await page.getByRole('button', { name: 'Approve invoice' }).click()
    await amendOrder(together.ordering, 1, anOrder())
    await together.pull()
    await page.reload()
    await page.getByRole('link', { name: 'Credit and reissue' }).click()
    await expectHeading(page, /^Credit invoice/)
    await page.getByRole('button', { name: 'Credit invoice' }).click()
    await expectHeading(page, /^Credit note C\d{4}-000001$/)
    await page.getByRole('link', { name: 'See the new invoice' }).click()
    await expectHeading(page, 'Invoice for order 1')
    await page.getByRole('button', { name: 'Approve invoice' }).click()
    await expectHeading(page, /^Invoice \d{4}-000002$/)
    await page.getByRole('link', { name: 'Credit notes' }).click()
    await expectHeading(page, 'Credit notes')
    expect(await page.getByRole('link', { name: /^C\d{4}-000001$/ }).count()).toBe(1)
  })

  it('an accountant reissues an invoice that was credited whole before', async () => {
    await waiting(orderAtTwoRates)
    const page = await open('/invoices/1', javaScriptEnabled)
    await page.getByRole('button', { name: 'Approve invoice' }).click()
    await page.getByRole('link', { name: 'Credit invoice' }).click()
    await page.getByRole('textbox', { name: 'Reason' }).fill('Came broken')
    await page.getByRole('button', { name: 'Credit invoice' }).click()
    await page.getByRole('link', { name: /^invoice \d{4}-000001$/ }).click()
    await page.getByRole('link', { name: 'Reissue invoice' }).click()
    await expectHeading(page, 'Reissue the invoice of order 1')
    expect(await page.getByRole('main').textContent()).toContain('€114.20')
    await page.getByRole('button', { name: 'Reissue invoice' }).click()
    await expectHeading(page, 'Invoice for order 1')
    await page.getByRole('button', { name: 'Approve invoice' }).click()
    await expectHeading(page, /^Invoice \d{4}-000002$/)
    await page.getByRole('link', { name: 'The invoice that was credited' }).click()
    await expectHeading(page, /^Invoice \d{4}-000001$/)
    expect(await page.getByRole('link', { name: 'Reissue invoice' }).count()).toBe(0)
  })

  it('an accountant credits one line, chosen by its name', async () => {
    await waiting(orderAtTwoRates)
    const page = await open('/invoices/1', javaScriptEnabled)
    await page.getByRole('button', { name: 'Approve invoice' }).click()
    await page.getByRole('link', { name: 'Credit invoice' }).click()
    await page.getByRole('radio', { name: 'Only what is selected here' }).check()
    await page.getByRole('checkbox', { name: 'Teapot, cast iron' }).check()
    await page.getByRole('button', { name: 'Credit invoice' }).click()
    await page.getByRole('link', { name: 'Enter the reason for the credit' }).click()
    await page.getByRole('textbox', { name: 'Reason' }).fill('Came broken')
    await page.getByRole('button', { name: 'Credit invoice' }).click()
    await expectHeading(page, /^Credit note C\d{4}-000001$/)
    expect(await page.getByRole('article').textContent()).toContain('Teapot, cast iron')
    expect(await page.getByRole('article').textContent()).not.toContain('Assam')
  })

  it('an accountant finds the approved invoices that no longer match their orders, and sees what became of each', async () => {
    const { ordering, billing, pull } = together
    await waiting(orderAtTwoRates, orderAtTwoRates, orderAtTwoRates, orderAtTwoRates)
    for (const id of [1, 2, 3, 4]) await approve(billing, id)
    await amendOrder(ordering, 1, anOrder())
    await amendOrder(ordering, 2, anOrder())
    await deleteOrder(ordering, 3)
    await pull()
    await credit(2, { lines: [0] })
    await credit(4, {})
    const page = await open('/', javaScriptEnabled)
    await page.getByText('3 approved invoices no longer match their orders').waitFor()
    await page.getByRole('link', { name: 'See what changed, and credit them' }).click()
    await page.getByText('Approved invoices that no longer match their orders.').waitFor()
    expect(new URL(page.url()).search).toBe('?state=All&mismatched=true')
    expect(await states(page)).toEqual([
      ['3', 'Approved Order deleted'],
      ['2', 'Approved Partly credited Order changed'],
      ['1', 'Approved Order changed'],
    ])
    await page.getByRole('rowheader').getByRole('link').first().click()
    await page.getByRole('link', { name: 'Credit invoice' }).click()
    await page.getByRole('textbox', { name: 'Reason' }).fill('The order was deleted')
    await page.getByRole('button', { name: 'Credit invoice' }).click()
    await expectHeading(page, /^Credit note C\d{4}-000003$/)
    await page.goto(`${BILLING_ORIGIN}/invoices?state=Approved`)
    await page.getByText('2 approved invoices no longer match their orders').waitFor()
    expect(await states(page)).toEqual([
      ['4', 'Approved Credited'],
      ['3', 'Approved Credited'],
      ['2', 'Approved Partly credited Order changed'],
      ['1', 'Approved Order changed'],
    ])
  })

  it('an accountant approves ten invoices with two clicks', async () => {
    await waiting(...Array.from({ length: 10 }, () => anOrder()))
    const page = await open('/', javaScriptEnabled)
    await page.getByRole('link', { name: 'Approve the oldest 10…' }).click()
    await page.getByRole('button', { name: 'Approve 10 invoices' }).click()
    await expectHeading(page, '10 of 10 approved')
    expect(await page.getByRole('link', { name: /^\d{4}-0000(?:0\d|10)$/ }).count()).toBe(10)
  })
})

it('the queue is walked and decided by keyboard alone', async () => {
  await waiting(anOrder(), anOrder(), anOrder())
  const page = await open('/', true)
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await page.keyboard.press('x')
  expect(await page.getByRole('checkbox', { name: 'Select the invoice for order 2' }).isChecked()).toBe(true)
  await page.keyboard.press('k')
  await page.getByRole('link', { name: 'For order 1' }).focus()
  await page.keyboard.press('Enter')
  await expectHeading(page, 'Invoice for order 1')
  await page.keyboard.press('a')
  await page.keyboard.press('Enter')
  await expectHeading(page, /^Invoice \d{4}-000001$/)
  await page.keyboard.press('j')
  await expectHeading(page, 'Invoice for order 2')
  await page.keyboard.press('r')
  await page.keyboard.type('ja, wrong')
  expect(await page.getByRole('textbox', { name: 'Reason for rejecting' }).inputValue()).toBe('ja, wrong')
})

it('single keys do nothing once they are turned off, on any page, until they are turned on again', async () => {
  await waiting(anOrder(), anOrder())
  const page = await open('/', true)
  const choice = page.getByRole('checkbox', { name: 'Keyboard shortcuts' })
  await choice.uncheck()
  await page.keyboard.press('j')
  expect(await page.locator('a:focus').count()).toBe(0)
  await page.getByRole('link', { name: 'For order 1' }).click()
  await expectHeading(page, 'Invoice for order 1')
  expect(await choice.isChecked()).toBe(false)
  expect(await page.evaluate(LAYOUT_SHIFTS)).toBe(0)
  const approve = page.getByRole('button', { name: 'Approve invoice' })
  await page.keyboard.press('a')
  expect(await page.locator('button:focus').count()).toBe(0)
  expect(await approve.getAttribute('aria-keyshortcuts')).toBe(null)
  await choice.check()
  await page.keyboard.press('a')
  expect(await page.locator('button:focus').textContent()).toBe('Approve invoice')
  expect(await approve.getAttribute('aria-keyshortcuts')).toBe('A')
  await page.keyboard.press('j')
  await expectHeading(page, 'Invoice for order 2')
})

it('a button that is pressed twice does once what it says', async () => {
  await waiting(orderAtTwoRates)
  const page = await open('/invoices/1', true)
  await page.getByRole('button', { name: 'Approve invoice' }).dblclick()
  await expectHeading(page, /^Invoice \d{4}-000001$/)
  expect(await page.getByRole('alert').count()).toBe(0)
  await page.getByRole('link', { name: 'Credit invoice' }).click()
  await page.getByRole('textbox', { name: 'Reason' }).fill('Came broken')
  await page.getByRole('button', { name: 'Credit invoice' }).dblclick()
  await expectHeading(page, /^Credit note C\d{4}-000001$/)
})

it('the sync page updates automatically, until that is turned off', async () => {
  await together.reset()
  const page = await running.open(BILLING_ORIGIN)
  await page.clock.install()
  await serveAssets(page)
  await page.goto(`${BILLING_ORIGIN}/sync`)
  expect(await page.getByText('No pull has run yet').count()).toBe(1)
  await together.pull()
  await page.clock.fastForward(21_000)
  await page.getByText('Billing is in sync with ordering').waitFor()
  await page.getByRole('checkbox', { name: 'Update this page automatically' }).uncheck()
  expect(await page.getByRole('table', { name: 'Runs' }).getByRole('row').count()).toBe(2)
  await together.pull()
  await page.clock.fastForward(21_000)
  expect(await page.getByRole('table', { name: 'Runs' }).getByRole('row').count()).toBe(2)
})

it('the sync page offers no choice that only a script could carry out', async () => {
  await together.reset()
  const page = await open('/sync', false)
  await page.getByRole('heading', { name: 'Where is my order?' }).waitFor()
  expect(await page.getByRole('checkbox').count()).toBe(0)
})

it('no page of the accountant is wider than a telephone, nor breaks its own policy', async () => {
  await waiting(orderAtTwoRates, anOrder())
  const page = await open('/invoices/1', true, { width: 320, height: 700 })
  await page.getByRole('button', { name: 'Approve invoice' }).click()
  await page.getByRole('link', { name: 'Credit invoice' }).click()
  await page.getByRole('textbox', { name: 'Reason' }).fill('Came broken')
  await page.getByRole('button', { name: 'Credit invoice' }).click()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  const creditNote = new URL(page.url()).pathname
  const paths = [
    '/',
    '/approvals?id=2',
    '/approvals/done?id=1&id=2',
    '/invoices/1',
    '/credit-notes',
    creditNote,
    '/sync',
  ]
  for (const path of paths) {
    await page.goto(BILLING_ORIGIN + path)
    expect({ path, width: await page.evaluate('document.documentElement.scrollWidth') }).toEqual({ path, width: 320 })
  }
  expect(complaints).toEqual([])
})

/** The rows of the list of invoices: each order and the badges beside it. */
async function states(page: Page): Promise<string[][]> {
  const rows = await page.getByRole('row').all()
  const read = rows.slice(1).map(async (row) => {
    const badges = await row.locator('.badge').allTextContents()
    return [await row.getByRole('cell').nth(1).innerText(), badges.join(' ')]
  })
  return Promise.all(read)
}

async function credit(id: number, body: object): Promise<void> {
  const { etag } = await readInvoice(together.billing, id)
  const sent = { reason: 'Came broken', ...body }
  const issued = await together.billing.send('POST', `/api/invoices/${id}/credit-notes`, sent, { 'If-Match': etag })
  expect(issued.status).toBe(201)
}

/** Orders of a fresh start, confirmed and pulled: their invoices wait, numbered from 1 on. */
async function waiting(...orders: Parameters<typeof placeOrder>[1][]): Promise<void> {
  await together.reset()
  for (const order of orders) await placeOrder(together.ordering, order)
  await together.pull()
}

async function open(path: string, javaScriptEnabled: boolean, viewport = { width: 1280, height: 900 }): Promise<Page> {
  const page = await running.open(BILLING_ORIGIN, { javaScriptEnabled, viewport })
  await serveAssets(page)
  await page.goto(BILLING_ORIGIN + path)
  return page
}

/** Waits for the page with this heading, and for its scripts: a key that is pressed before them does nothing. */
async function expectHeading(page: Page, name: string | RegExp): Promise<void> {
  await page.getByRole('heading', { level: 1, name }).waitFor()
  await page.waitForLoadState()
}
