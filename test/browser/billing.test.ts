import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser, type RunningBrowser, serveAssets } from '../support/browser.ts'
import { amendOrder, anOrder, order10248, placeOrder } from '../support/orders.ts'
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
  it('an accountant finds the oldest invoice in the queue and approves it', async () => {
    const { number } = await placeAndPull()
    const page = await running.open(BILLING_ORIGIN, { javaScriptEnabled })
    await page.getByRole('link', { name: `For order ${number}` }).click()
    await expectHeading(page, `Invoice for order ${number}`)
    await page.getByRole('button', { name: 'Approve invoice' }).click()
    await expectHeading(page, /^Invoice \d{4}-000001$/)
    await expectText(page, 'Approved')
    expect(await page.getByRole('button', { name: 'Approve invoice' }).count()).toBe(0)
    await page.getByRole('link', { name: 'Invoices' }).first().click()
    await expectText(page, 'Nothing is waiting for approval')
  })

  it('a rejection needs a reason, and its reason stays', async () => {
    const { number } = await placeAndPull()
    const page = await running.open(`${BILLING_ORIGIN}/link/new_order/${number}`, { javaScriptEnabled })
    await page.getByRole('button', { name: 'Reject invoice' }).click()
    await expectText(page, 'There is a problem')
    const reason = page.getByRole('textbox', { name: 'Reason for rejecting' })
    expect(await reason.getAttribute('aria-invalid')).toBe('true')
    await page.getByRole('link', { name: 'Enter the reason for rejecting' }).click()
    await reason.fill('Wrong address\nSee the letter')
    await page.getByRole('button', { name: 'Reject invoice' }).click()
    await expectText(page, 'Rejected')
    expect(await page.getByText('See the letter').isVisible()).toBe(true)
  })

  it('an approval of what was amended meanwhile is refused, and succeeds on a second look', async () => {
    const { number } = await placeAndPull()
    const page = await running.open(`${BILLING_ORIGIN}/link/new_order/${number}`, { javaScriptEnabled })
    await amendOrder(together.ordering, number, anOrder({ note: 'Two boxes' }))
    await together.pull()
    await page.getByRole('button', { name: 'Approve invoice' }).click()
    expect(await page.getByRole('alert').textContent()).toContain('The order has changed since you read this invoice')
    await page.getByRole('button', { name: 'Approve invoice' }).click()
    await expectHeading(page, /^Invoice \d{4}-000001$/)
  })

  it('the pull is run from the sync page', async () => {
    await together.reset()
    await placeOrder(together.ordering, order10248)
    const page = await running.open(`${BILLING_ORIGIN}/sync`, { javaScriptEnabled })
    await page.getByRole('button', { name: 'Run now' }).click()
    await expectText(page, 'Billing is in sync with ordering')
    expect(new URL(page.url()).pathname).toBe('/sync')
  })
})

it('no page is wider than a telephone, nor breaks its own policy', async () => {
  const { number } = await placeAndPull()
  const page = await running.open(BILLING_ORIGIN, { viewport: { width: 320, height: 700 } })
  await serveAssets(page)
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  for (const path of ['/', `/link/new_order/${number}`, `/orders/${number}`, '/sync', '/problems/stale']) {
    await page.goto(BILLING_ORIGIN + path)
    expect({ path, width: await page.evaluate('document.documentElement.scrollWidth') }).toEqual({ path, width: 320 })
  }
  expect(complaints).toEqual([])
})

async function placeAndPull(): Promise<{ number: number }> {
  await together.reset()
  const { number } = await placeOrder(together.ordering, order10248)
  await together.pull()
  return { number }
}

async function expectHeading(page: Page, name: string | RegExp): Promise<void> {
  await page.getByRole('heading', { level: 1, name }).waitFor()
}

/** Waits for the page on which the text appears, without a reload. */
async function expectText(page: Page, text: string): Promise<void> {
  await page.getByText(text, { exact: true }).waitFor()
}
