import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openBrowser, type RunningBrowser, serveAssets } from '../support/browser.ts'
import { amendOrder, anOrder, placeOrder } from '../support/orders.ts'
import { BILLING_ORIGIN, startTogether, type Together } from '../support/together.ts'

const DEARER = anOrder({ lines: [{ sku: 'OAT-1', description: 'Oat flakes, 1 kg', quantity: 4, unitPrice: 29_720 }] })

let together: Together
let running: RunningBrowser

beforeAll(async () => {
  together = await startTogether()
  running = await openBrowser(together)
})
beforeEach(() => together.reset())
afterAll(() => running.close())

describe.each([
  { width: 1280, javaScriptEnabled: true },
  { width: 375, javaScriptEnabled: false },
])('at $width pixels, with scripts: $javaScriptEnabled', ({ width, javaScriptEnabled }) => {
  it('an accountant is shown what was amended meanwhile, and approves the new figures with the form beside it', async () => {
    await placeOrder(together.ordering)
    await together.pull()
    const context = await running.browser.newContext({ viewport: { width, height: 900 }, javaScriptEnabled })
    await serveAssets(context)
    const page = await context.newPage()
    await page.goto(`${BILLING_ORIGIN}/invoices/1`)
    await amendOrder(together.ordering, 1, DEARER)
    await page.getByRole('button', { name: 'Approve invoice' }).click()
    await page.getByText('The order has changed since you read this invoice').waitFor()
    const change = page.getByRole('row', { name: /Line 1, unit price/ })
    expect(await change.textContent()).toMatch(/€2\.50.*€297\.20/)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
    await together.relay.fail({ kind: 'throw' })
    await page.getByRole('button', { name: 'Approve invoice' }).click()
    await page.getByRole('heading', { level: 1, name: /^Invoice \d{4}-000001$/ }).waitFor()
    await page.getByText('Approved from billing’s copy of the order').waitFor()
    expect(await page.getByRole('main').textContent()).toContain('€1,188.80')
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
    await context.close()
  })
})
