import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser, serveAssets } from '../support/browser.ts'
import { launch } from '../support/chromium.ts'
import { readEveryPage, type ShownPage } from '../support/every-page.ts'
import { RIGHT_TO_LEFT } from '../support/filling.ts'
import { openShown } from '../support/show.ts'
import { startTogether } from '../support/together.ts'

const CATALOGUE = {
  customers: [
    { id: 'שלום TEE 1.', name: 'שלום Tee مرحبا.', address: { street: 'הרצל 1', city: 'תל אביב.', country: 'IL' } },
  ],
  products: [
    { sku: 'שלום TEE 1.', description: 'שלום tee مرحبا.', unitPrice: 123_400, currency: 'EUR', taxPercent: 7 },
  ],
}
const PATIENCE_MS = 180_000

let pages: ShownPage[]
let browser: Browser

beforeAll(async () => {
  pages = await readEveryPage(await startTogether(), RIGHT_TO_LEFT)
  browser = await launch([])
}, PATIENCE_MS)
afterAll(() => browser.close())

/**
 * What shows a text from right to left that is not isolated: the text itself, and no words of the page, in a bdi, in an
 * element with dir="auto", or in one whose paragraphs have each their own direction.
 */
const NOT_ISOLATED = `(() => {
  const rightToLeft = /[\\u0590-\\u06ff]/
  const beginsSo = /^[^\\p{L}]*[\\u0590-\\u06ff]/u
  const paragraphs = (element) => getComputedStyle(element).unicodeBidi === 'plaintext'
  const isolates = (element) =>
    (element.matches('bdi') && element.childElementCount === 0) ||
    (element.matches('bdi, [dir="auto"]') && beginsSo.test(element.textContent)) ||
    paragraphs(element)
  const found = []
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const text = node.data.replaceAll(/\\u2068[^\\u2069]*\\u2069/g, '')
    if (!rightToLeft.test(text) || node.parentElement.closest('script, style, textarea')) continue
    let element = node.parentElement
    while (element !== null && !isolates(element)) element = element.parentElement
    if (element === null) found.push(node.parentElement.outerHTML.slice(0, 200))
  }
  for (const control of document.querySelectorAll('input:not([type=hidden]), textarea')) {
    if (rightToLeft.test(control.value) && control.dir !== 'auto') found.push(control.outerHTML.slice(0, 200))
  }
  for (const element of document.querySelectorAll('[title], [aria-label], [placeholder], [alt]')) {
    for (const name of ['title', 'aria-label', 'placeholder', 'alt']) {
      const text = element.getAttribute(name) ?? ''
      if (rightToLeft.test(text) && !/\\u2068[^\\u2069]*\\u2069/.test(text)) found.push(name + ': ' + text)
    }
  }
  if (rightToLeft.test(document.title) && !/\\u2068[^\\u2069]*\\u2069/.test(document.title)) found.push(document.title)
  return found
})()`

/** Amounts and figures whose characters do not stand from left to right as they were written. */
const TURNED = `[...document.querySelectorAll('.money, .figure, time')].filter((element) => {
  const text = element.firstChild
  if (text === null || element.getClientRects().length !== 1) return false
  const range = document.createRange()
  const places = [...text.data].map((_, index) => {
    range.setStart(text, index)
    range.setEnd(text, index + 1)
    return range.getBoundingClientRect().left
  })
  return places.some((place, index) => index > 0 && place < places[index - 1])
}).map((element) => element.textContent)`

describe('what somebody typed in Hebrew or Arabic', () => {
  it('is shown on most pages, so that the pages say something about it', () => {
    const showing = pages.filter(({ html }) => html.includes('שלום'))
    expect(showing.length).toBeGreaterThan(30)
  })

  it(
    'is isolated on every page of both apps, and turns no amount, figure or time that stands beside it',
    async () => {
      const faults: string[] = []
      const { show, close } = await openShown(browser, { viewport: { width: 1280, height: 900 } })
      for (const shown of pages) {
        const page = await show(shown)
        const loose = await page.evaluate<string[]>(NOT_ISOLATED)
        const turned = await page.evaluate<string[]>(TURNED)
        faults.push(...loose.map((text) => `${shown.app} ${shown.name}: ${text}`))
        faults.push(...turned.map((text) => `${shown.app} ${shown.name} turns ${text}`))
      }
      await close()
      expect(faults).toEqual([])
    },
    PATIENCE_MS,
  )

  it('is isolated in the suggestions and notes that a script makes', async () => {
    const together = await startTogether()
    for (const [kind, records] of Object.entries(CATALOGUE)) {
      const body = records.map((record) => JSON.stringify(record)).join('\n')
      const headers = { 'Content-Type': 'application/x-ndjson' }
      await together.ordering.fetch(`/api/${kind}/import`, { method: 'POST', headers, body })
    }
    const running = await openBrowser(together)
    try {
      const page = await running.open('/')
      await serveAssets(page)
      await page.goto(`${together.ordering.origin}/orders/new`)
      const suggestion = page.locator('.suggestions [role="option"]').first()
      await page.getByLabel('Search customers').fill('tee')
      await suggestion.waitFor()
      expect(await page.evaluate<string[]>(NOT_ISOLATED)).toEqual([])
      await page.locator('[name="lines.0.sku"]').fill('tee')
      await suggestion.waitFor()
      expect(await page.evaluate<string[]>(NOT_ISOLATED)).toEqual([])
      expect(await suggestion.textContent()).toContain('€1,234.00')
      await page.locator('[name="lines.0.sku"]').fill('שלום 12')
      await page.keyboard.press('Enter')
      await page.getByText('No product has the code “שלום 12”. Fill in the line yourself.').waitFor()
      await page.getByLabel('Search customers').fill('مرحبا 12')
      await page.keyboard.press('Enter')
      await page.getByText('No customer matches “مرحبا 12”. Fill in the fields below.').waitFor()
      expect(await page.evaluate<string[]>(NOT_ISOLATED)).toEqual([])
      await page.locator('[name="lines.0.quantity"]').fill('3')
      await page.locator('[name="lines.0.unitPrice"]').fill('1,234.50')
      await page.getByText('€3,703.50').first().waitFor()
      expect(await page.evaluate<string[]>(TURNED)).toEqual([])
    } finally {
      await running.close()
    }
  })
})
