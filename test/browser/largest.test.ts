import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch } from '../support/chromium.ts'
import { readEveryPage, type ShownPage } from '../support/every-page.ts'
import { LARGEST } from '../support/filling.ts'
import { linesOf, listOutside, listOverlaps, type Paper, printSheets, withoutSpace } from '../support/sheets.ts'
import { openShown } from '../support/show.ts'
import { startTogether } from '../support/together.ts'

const PATIENCE_MS = 240_000
const PAPERS: Paper[] = ['A4', 'Letter']

let pages: ShownPage[]
let browser: Browser

beforeAll(async () => {
  pages = await readEveryPage(await startTogether(), LARGEST)
  browser = await launch([])
}, PATIENCE_MS)
afterAll(() => browser.close())

/** What must be found whole: the amounts, figures and times that a printed page shows. */
const PRINTED = `[...document.querySelectorAll('.money, .figure, time')]
  .filter((element) => element.checkVisibility() && element.closest('.visually-hidden') === null)
  .map((element) => element.textContent)`

/** What is wrong with a page once it is printed. */
async function findFaults(shown: ShownPage[], paper: Paper): Promise<string[]> {
  const faults: string[] = []
  const { show, close } = await openShown(browser, { viewport: { width: 1280, height: 900 } })
  for (const each of shown) {
    const name = `${each.app} ${each.name}`
    const page = await show(each)
    const sheets = await printSheets(page, paper)
    await page.emulateMedia({ media: 'print' })
    const printed = await page.evaluate<string[]>(PRINTED)
    await page.emulateMedia({ media: null })
    const lines = sheets.flatMap(linesOf)
    for (const [figure, count] of countAlike(printed)) {
      const found = lines.reduce((sum, line) => sum + line.split(figure).length - 1, 0)
      if (found < count) faults.push(`${name} shows ${figure} ${count} times and prints it ${found} times whole`)
    }
    for (const [index, sheet] of sheets.entries()) {
      faults.push(...listOutside(sheet).map((text) => `${name}, page ${index + 1}: beyond the margin: ${text}`))
      faults.push(...listOverlaps(sheet).map((text) => `${name}, page ${index + 1}: over each other: ${text}`))
    }
  }
  await close()
  return faults
}

function countAlike(figures: readonly string[]): [string, number][] {
  return [...Map.groupBy(figures.map(withoutSpace), (figure) => figure)].map(([figure, alike]) => [
    figure,
    alike.length,
  ])
}

describe('on paper, at the greatest values that the contract allows', () => {
  it.each(PAPERS)(
    'every page of both apps, and the sheet of 200 lines and 20 charges, has every amount whole, within the margins and beside each other: %s',
    async (paper) => {
      // What is typed into a field is moved in it, on paper nobody can: forms are filled in on a screen.
      const read = pages.filter(({ name }) => !/^(?:new-order|amend-order|credit-invoice)/.test(name))
      expect(await findFaults(read, paper)).toEqual([])
    },
    PATIENCE_MS,
  )
})

/** What reaches beyond the screen, or beyond its own place where that hides it. */
const CUT_OFF = `(() => {
  const found = []
  if (document.documentElement.scrollWidth > innerWidth) found.push('the page is ' + document.documentElement.scrollWidth + ' wide')
  for (const element of document.querySelectorAll('.money, .figure, time, td, tbody th, dt, dd')) {
    if (!element.checkVisibility() || element.closest('.visually-hidden') !== null) continue
    const { right, left } = element.getBoundingClientRect()
    if (right > innerWidth || left < 0) found.push('beyond the screen: ' + element.textContent)
    if (element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1) found.push('cut off: ' + element.textContent)
  }
  return found
})()`

describe('on a telephone, at the greatest values that the contract allows', () => {
  it.each(['light', 'dark'] as const)(
    'no page of either app is moved sideways, and no figure is cut off: %s',
    async (colorScheme) => {
      const faults: string[] = []
      const { show, close } = await openShown(browser, { viewport: { width: 375, height: 812 }, colorScheme })
      for (const shown of pages) {
        const cut = await (await show(shown)).evaluate<string[]>(CUT_OFF)
        faults.push(...cut.map((text) => `${shown.app} ${shown.name}: ${text}`))
      }
      await close()
      expect(faults).toEqual([])
    },
    PATIENCE_MS,
  )
})
