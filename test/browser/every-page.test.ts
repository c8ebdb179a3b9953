import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { RunOptions } from 'axe-core'
import { HtmlValidate } from 'html-validate/node'
import type { Browser, Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { LAYOUT_SHIFTS } from '../support/browser.ts'
import { launch } from '../support/chromium.ts'
import { ASSETS, readEveryPage, type ShownPage } from '../support/every-page.ts'
import { openShown } from '../support/show.ts'
import { startTogether } from '../support/together.ts'

// The order form is the heaviest: it brings the countries' names, reads figures, and enters codes and drafts.
const MOST_BYTES = 36 * 1024
const PATIENCE_MS = 600_000

let pages: ShownPage[]
let atDesk: Found<'light' | 'dark' | '200 %' | '400 %' | 'moving'>
let onTelephone: Found<'touched' | 'moving'>

beforeAll(async () => {
  pages = await readEveryPage(await startTogether())
  const browser = await launch([])
  atDesk = await lookAtDesk(browser)
  onTelephone = await lookOnTelephone(browser)
  await browser.close()
}, PATIENCE_MS)

describe('every page of both apps', () => {
  it('is answered as what it is', () => {
    const faults = pages.filter(
      ({ name, status }) =>
        status === 500 ||
        (status === 503) !== name.includes('unavailable') ||
        (status === 404) !== /no-such|not-found|nothing-here|unknown/.test(name),
    )
    expect(faults.map(titleOf)).toEqual([])
  })

  it('is HTML by the standard, in English, with one h1', async () => {
    const validate = new HtmlValidate({ extends: ['html-validate:standard'] })
    const faults: string[] = []
    for (const page of pages) {
      const report = await validate.validateString(page.html)
      faults.push(
        ...report.results.flatMap(({ messages }) =>
          messages.map(
            ({ ruleId, message, line, column }) => `${titleOf(page)} ${line}:${column} ${ruleId}: ${message}`,
          ),
        ),
      )
      if (page.html.match(/<h1[ >]/g)?.length !== 1) faults.push(`${titleOf(page)} has not one h1`)
      if (!/^<!doctype html>[^]*<html lang="en"[ >]/i.test(page.html)) faults.push(`${titleOf(page)} is not in English`)
    }
    expect(faults).toEqual([])
  })

  it('has a request id and a way on where it tells of a failure, and tries again automatically where that may help', () => {
    const failures = pages.filter(({ html }) => html.includes('class="error-page"'))
    expect(new Set(failures.map(({ status }) => status))).toEqual(new Set([403, 404, 410, 503]))
    const faults = failures.filter(({ status, html }) => {
      const told = /request ID: <code>[\w-]{36}<\/code>/.test(html) && html.includes('Go to the start page')
      return !told || (status === 503) !== (html.includes('data-try-again') && html.includes('http-equiv="refresh"'))
    })
    expect(faults.map(titleOf)).toEqual([])
  })

  it('weighs less than 36 KB compressed, with its style, scripts and pictures', () => {
    const weights = pages.map((page) => ({ page: titleOf(page), bytes: weigh(page) }))
    expect(weights.filter(({ bytes }) => bytes > MOST_BYTES)).toEqual([])
  })

  it.each([
    { look: 'in light', found: () => atDesk.light },
    { look: 'in dark', found: () => atDesk.dark },
    { look: 'on a telephone', found: () => onTelephone.touched },
  ])('has nothing that axe complains of, $look', ({ found }) => {
    expect(found()).toEqual([])
  })

  it.each(['200 %', '400 %'] as const)(
    'is read at a zoom of %s without moving it sideways, and obeys its own policy',
    (zoom) => {
      expect(atDesk[zoom]).toEqual([])
    },
  )

  it.each([
    { width: 1280, found: () => atDesk.moving },
    { width: 390, found: () => onTelephone.moving },
  ])('moves nothing while it loads, nor later for whoever asked for less motion, $width wide', ({ found }) => {
    expect(found()).toEqual([])
  })
})

/** What is wrong, by what was looked for. */
type Found<Sought extends string> = Record<Sought, string[]>

const ZOOMED = { '200 %': { width: 640, height: 450 }, '400 %': { width: 320, height: 225 } }

/** Loads each page once, and looks at it in every way in which a screen on a desk shows it. */
async function lookAtDesk(browser: Browser): Promise<typeof atDesk> {
  const viewport = { width: 1280, height: 900 }
  const found: typeof atDesk = { light: [], dark: [], '200 %': [], '400 %': [], moving: [] }
  const { show, close } = await openShown(browser, { viewport, reducedMotion: 'reduce', colorScheme: 'light' })
  for (const shown of pages) {
    const page = await show(shown)
    found.moving.push(...(await findMoving(page, shown)))
    for (const zoom of ['200 %', '400 %'] as const) {
      await page.setViewportSize(ZOOMED[zoom])
      found[zoom].push(...(await findCutOff(page, shown, ZOOMED[zoom].width)))
    }
    await page.setViewportSize(viewport)
    await page.evaluate(AXE)
    found.light.push(...(await findViolations(page, shown, {})))
    await page.emulateMedia({ colorScheme: 'dark' })
    // The other rules do not look at colours.
    found.dark.push(...(await findViolations(page, shown, { runOnly: ['color-contrast'] })))
    await page.emulateMedia({ colorScheme: 'light' })
    await page.clearConsoleMessages()
  }
  await close()
  return found
}

/** Loads each page once as a telephone does. Most of axe's rules do not look at how wide a page is. */
async function lookOnTelephone(browser: Browser): Promise<typeof onTelephone> {
  const runOnly = ['target-size', 'empty-table-header', 'scrollable-region-focusable', 'meta-viewport']
  const found: typeof onTelephone = { touched: [], moving: [] }
  const { show, close } = await openShown(browser, {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
    reducedMotion: 'reduce',
  })
  for (const shown of pages) {
    const page = await show(shown)
    found.moving.push(...(await findMoving(page, shown)))
    await page.evaluate(AXE)
    found.touched.push(...(await findViolations(page, shown, { runOnly })))
  }
  await close()
  return found
}

async function findMoving(page: Page, shown: ShownPage): Promise<string[]> {
  const moving = (await page.evaluate<boolean>(MOVES)) ? [titleOf(shown)] : []
  return (await page.evaluate<number>(LAYOUT_SHIFTS)) > 0 ? [...moving, `${titleOf(shown)} while it loads`] : moving
}

async function findCutOff(page: Page, shown: ShownPage, width: number): Promise<string[]> {
  const title = titleOf(shown)
  const needed = await page.evaluate<number>('document.documentElement.scrollWidth')
  const cut = await page.evaluate<string[]>(CUT_OFF)
  const complaints = (await page.consoleMessages()).map((message) => message.text())
  return [
    ...(needed > width ? [`${title} is ${needed} wide`] : []),
    ...cut.map((text) => `${title} cuts off: ${text}`),
    ...complaints.filter((text) => text.includes('Content Security Policy')).map((text) => `${title}: ${text}`),
  ]
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
// As text, since the tests' own types know no document.
const MOVES = `[...document.querySelectorAll('*')].some((element) => {
  const { transitionDuration, animationName } = getComputedStyle(element)
  return animationName !== 'none' || transitionDuration.split(', ').some((duration) => parseFloat(duration) > 0)
})`

/** Cells that are wider than their place, in a frame that hides what is. */
const CUT_OFF = `[...document.querySelectorAll('td, tbody th, dt, dd')]
  .filter((cell) => cell.clientWidth > 0 && cell.scrollWidth > cell.clientWidth + 1)
  .map((cell) => cell.textContent)`

type Violation = { id: string; nodes: { target: string[]; failureSummary: string }[] }

async function findViolations(page: Page, shown: ShownPage, options: RunOptions): Promise<string[]> {
  const run = `axe.run(document, ${JSON.stringify({ ...options, resultTypes: ['violations'] })})`
  const { violations } = await page.evaluate<{ violations: Violation[] }>(run)
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${titleOf(shown)} ${id} at ${target.join(' ')}: ${failureSummary}`),
  )
}

function titleOf({ app, name, status }: ShownPage): string {
  return `${app} ${name} (${status})`
}

/** What a browser that knows nothing yet is sent for the page. */
function weigh({ html }: ShownPage): number {
  const named = [...html.matchAll(/ (?:href|src)="\/([\w-]+\.(?:css|js|svg))"/g)].map(([, name = '']) => name)
  const files = new Set<string>()
  const waiting = [...named]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (files.has(name)) continue
    files.add(name)
    const text = readFileSync(join(ASSETS, name), 'utf8')
    waiting.push(...[...text.matchAll(/from '\.\/([\w-]+\.js)'/g)].map(([, imported = '']) => imported))
  }
  const bytes = [html, ...[...files].map((name) => readFileSync(join(ASSETS, name), 'utf8'))]
  return bytes.reduce((sum, text) => sum + gzipSync(text).length, 0)
}
