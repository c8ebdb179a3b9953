import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Browser } from 'playwright-core'
import { LAYOUT_SHIFTS } from '../support/browser.ts'
import { launch } from '../support/chromium.ts'
import { openShown } from '../support/show.ts'
import { anOrder, placeOrder } from '../support/orders.ts'
import { startTogether } from '../support/together.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launch([])
})
afterAll(() => browser.close())

it.each([1280, 390])('a page whose further rows come late moves nothing, %i wide', async (width) => {
  const { ordering, billing, pull } = await startTogether()
  for (const quantity of [1, 999_999, 20, 5]) {
    const line = { sku: 'A', description: 'Oat flakes, 1 kg', quantity, unitPrice: quantity * 7 }
    await placeOrder(ordering, anOrder({ lines: [line] }))
  }
  await pull()
  const answer = await billing.fetch('/invoices')
  const headers = Object.fromEntries(answer.headers)
  const html = await answer.text()
  const body = html.indexOf('<tbody')
  const firstRow = html.slice(body, html.indexOf('</tr>', body))
  const { show, close } = await openShown(browser, { viewport: { width, height: 900 } }, firstRow)
  const page = await show({ app: 'billing', name: 'invoices', path: '/invoices', status: 200, html, headers })
  expect(await page.getByRole('row').count()).toBe(5)
  expect(await page.evaluate<number>(LAYOUT_SHIFTS)).toBe(0)
  await close()
})
