import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch } from '../support/chromium.ts'
import { readEveryPage, type ShownPage } from '../support/every-page.ts'
import { printSheets, type Sheet, withoutSpace } from '../support/sheets.ts'
import { openShown } from '../support/show.ts'
import { startTogether } from '../support/together.ts'

const PATIENCE_MS = 180_000

let pages: ShownPage[]
let browser: Browser

beforeAll(async () => {
  pages = await readEveryPage(await startTogether())
  browser = await launch([])
}, PATIENCE_MS)
afterAll(() => browser.close())

async function print(app: ShownPage['app'], name: string): Promise<Sheet[]> {
  const shown = pages.find((page) => page.app === app && page.name === name)
  if (shown === undefined) throw new Error(`There is no page ${name} of ${app}`)
  const { show, close } = await openShown(browser, {})
  const sheets = await printSheets(await show(shown), 'A4')
  await close()
  return sheets
}

/** What stands on the sheets, without white space: a PDF has it as letters with places, ligatures and lines of its own. */
function textOf(sheets: readonly Sheet[]): string {
  return withoutSpace(sheets.flatMap(({ pieces }) => pieces.map(({ text }) => text)).join('')).normalize('NFKC')
}

/** What is written across each sheet; a sheet without it is undefined. */
function marksOf(sheets: readonly Sheet[]): (string | undefined)[] {
  return sheets.map(({ pieces }) => pieces.find(({ turned }) => turned)?.text)
}

describe('a sheet that is no invoice says so across the page and in words, and asks for no money', () => {
  it.each([
    ['billing', 'invoice-by-link', 'Draft', 'Draft. Not approved yet: no payment is due.'],
    ['billing', 'invoice-rejected', 'Rejected', 'Rejected. The order has to be corrected: no payment is due.'],
    ['billing', 'invoice-cancelled', 'Cancelled', 'Cancelled. The order was deleted: no payment is due.'],
    ['billing', 'invoice-credited-whole', 'Credited', 'No payment is due.'],
    ['ordering', 'order-draft', 'Draft', 'Draft. It is not confirmed yet.'],
  ] as const)('%s %s: %s', async (app, name, mark, words) => {
    const sheets = await print(app, name)
    expect(marksOf(sheets)).toEqual(sheets.map(() => mark))
    expect(textOf(sheets)).toContain(withoutSpace(words))
    expect(textOf(sheets)).not.toMatch(/IBAN|Pleasepayby|Paymentdue/)
  })
})

describe('an approved invoice', () => {
  it('has no mark, the amount due, when it is due, and the bank account', async () => {
    const sheets = await print('billing', 'invoice-approved')
    expect(marksOf(sheets)).toEqual([undefined])
    expect(textOf(sheets)).toMatch(/Paymentdue.*DayofsupplyTheinvoicedate.*Amountdue.*Pleasepayby.*IBAN/)
  })

  it('that was credited in part names the credit notes, what each takes off, and what is left to be paid', async () => {
    const sheets = await print('billing', 'invoice-credited')
    expect(marksOf(sheets)).toEqual([undefined])
    const text = textOf(sheets)
    expect(text).toContain('CreditedinpartbycreditnoteC2026-000001.')
    expect(text).toMatch(/Total[^-]+CreditnoteC2026-000001-\D*\d[\d.,]*Amountdue/)
    expect(text).toContain('IBAN')
  })

  it('that was credited whole names by what, and nothing is left', async () => {
    const text = textOf(await print('billing', 'invoice-credited-whole'))
    expect(text).toContain('CreditedinfullbycreditnoteC2026-000002.')
    expect(text).toMatch(/CreditnoteC2026-000002-\D*\d[\d.,]*Amountdue[^\d]*0(?:\.00)?(?!\d)/)
  })

  it('shows the day of supply, the tax at 0 % with its reason, and a Japanese address from large to small', async () => {
    const text = textOf(await print('billing', 'invoice-in-four-scripts'))
    expect(text).toMatch(/Dayofsupply2Nov2026/)
    expect(text).toMatch(/Tax0%onJP¥8,400JP¥0Export:ohneSteuer/)
    expect(text).toMatch(/231-0001.*神奈川県横浜市.*大黒町1-2.*港ビル5階.*港のかもめ商店株式会社.*山田花子.*JAPAN/)
  })
})

describe('an invoice of many pages', () => {
  it('is named with the page on each after the first', async () => {
    const sheets = await print('billing', 'invoice-largest')
    expect(sheets.length).toBeGreaterThan(20)
    for (const [index, { pieces }] of sheets.entries()) {
      const number = `${index + 1} of ${sheets.length}`
      const named = pieces.map(({ text }) => text).filter((text) => text.endsWith(number))
      expect(named).toEqual([index === 0 ? `Page ${number}` : `Invoice 2026-000006 · page ${number}`])
    }
  })

  it('repeats the heads of its columns, splits no line over two pages, and keeps the totals together', async () => {
    const sheets = await print('billing', 'invoice-largest')
    const ofLines = sheets.filter(({ pieces }) => pieces.some(({ text }) => text === '987,654.321'))
    expect(ofLines.length).toBeGreaterThan(20)
    for (const { pieces } of ofLines) {
      const texts = pieces.map(({ text }) => text)
      expect(texts).toEqual(expect.arrayContaining(['Description', 'Quantity', 'Unit price', 'Discount', 'Tax', 'Net']))
      // A charge has 500 letters, and a line 600 with its SKU; where only lines stand, their letters are whole lines.
      if (texts.includes('KWD 1,000,000.000') || texts.includes('Customer')) continue
      const letters = texts.filter((text) => /^[A-Za-z]+$/.test(text) && !HEADS.has(text)).join('').length
      expect(letters % 600).toBe(0)
    }
    const last = sheets.find(({ pieces }) => pieces.some(({ text }) => text === 'Amount due'))
    const rates = last?.pieces.filter(({ text }) => /^(?:Tax )?\d+(?:\.\d+)?%/.test(text)) ?? []
    expect(rates.length).toBeGreaterThanOrEqual(3)
    expect(last?.pieces.filter(({ text }) => text === 'Net')).not.toHaveLength(0)
  })
})

const HEADS = new Set(['Description', 'Quantity', 'Discount', 'Tax', 'Net'])
