import type { Browser } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { launch } from '../support/chromium.ts'
import { readEveryPage, type ShownPage } from '../support/every-page.ts'
import { LARGEST } from '../support/filling.ts'
import {
  linesOf,
  listOutside,
  listOverlaps,
  type Paper,
  printSheets,
  type Sheet,
  withoutSpace,
} from '../support/sheets.ts'
import { openShown } from '../support/show.ts'
import { startTogether } from '../support/together.ts'

const PATIENCE_MS = 600_000
const PAPERS: Paper[] = ['A4', 'Letter']

let pages: ShownPage[]
/** What is wrong with the pages, by how they were seen. */
const printed: Record<Paper, string[]> = { A4: [], Letter: [] }
const shownIn = { light: [] as string[], dark: [] as string[] }

beforeAll(async () => {
  pages = await readEveryPage(await startTogether(), LARGEST)
  const browser = await launch([])
  await printPages(browser)
  await showPages(browser)
  await browser.close()
}, PATIENCE_MS)

/** What must be found whole: the amounts, figures and times that a printed page shows. */
const PRINTED = `[...document.querySelectorAll('.money, .figure, time')]
  .filter((element) => element.checkVisibility() && element.closest('.visually-hidden') === null)
  .map((element) => element.textContent)`

/** Loads each page once, and prints it on each paper. */
async function printPages(browser: Browser): Promise<void> {
  // What is typed into a field is moved in it, on paper nobody can: forms are filled in on a screen.
  const read = pages.filter(({ name }) => !/^(?:new-order|amend-order|credit-invoice)/.test(name))
  const { show, close } = await openShown(browser, { viewport: { width: 1280, height: 900 } })
  for (const shown of read) {
    const page = await show(shown)
    await page.emulateMedia({ media: 'print' })
    const figures = await page.evaluate<string[]>(PRINTED)
    await page.emulateMedia({ media: null })
    for (const paper of PAPERS) {
      const faults = findFaults(figures, await printSheets(page, paper))
      printed[paper].push(...faults.map((fault) => `${shown.app} ${shown.name}${fault}`))
    }
  }
  await close()
}

function findFaults(figures: readonly string[], sheets: readonly Sheet[]): string[] {
  const lines = sheets.flatMap(linesOf)
  const faults: string[] = []
  for (const [figure, count] of countAlike(figures)) {
    const found = lines.reduce((sum, line) => sum + line.split(figure).length - 1, 0)
    if (found < count) faults.push(` shows ${figure} ${count} times and prints it ${found} times whole`)
  }
  for (const [index, sheet] of sheets.entries()) {
    faults.push(...listOutside(sheet).map((text) => `, page ${index + 1}: beyond the margin: ${text}`))
    faults.push(...listOverlaps(sheet).map((text) => `, page ${index + 1}: over each other: ${text}`))
  }
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
    (paper) => {
      expect(printed[paper]).toEqual([])
    },
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

/** Loads each page once, and looks at it in light and in dark. */
async function showPages(browser: Browser): Promise<void> {
  const { show, close } = await openShown(browser, { viewport: { width: 375, height: 812 } })
  for (const shown of pages) {
    const page = await show(shown)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      const cut = await page.evaluate<string[]>(CUT_OFF)
      shownIn[colorScheme].push(...cut.map((text) => `${shown.app} ${shown.name}: ${text}`))
    }
  }
  await close()
}

describe('on a telephone, at the greatest values that the contract allows', () => {
  it.each(['light', 'dark'] as const)(
    'no page of either app is moved sideways, and no figure is cut off: %s',
    (colorScheme) => {
      expect(shownIn[colorScheme]).toEqual([])
    },
  )
})
