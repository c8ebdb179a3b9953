import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import axe from 'axe-core'
import { HtmlValidate } from 'html-validate/node'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LAYOUT_SHIFTS } from '../support/browser.ts'
import { launch } from '../support/chromium.ts'
import { ASSETS, readEveryPage, type ShownPage } from '../support/every-page.ts'
import { openShown } from '../support/show.ts'
import { startTogether } from '../support/together.ts'

// The order form is the heaviest: it brings the countries' names, reads figures, and enters codes and drafts.
const MOST_BYTES = 36 * 1024
const PATIENCE_MS = 180_000

let pages: ShownPage[]
let browser: Browser

beforeAll(async () => {
  pages = await readEveryPage(await startTogether())
  browser = await launch([])
}, PATIENCE_MS)
afterAll(() => browser.close())

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

  it('has a request id and a way on where it tells of a failure, and tries again by itself where that may help', () => {
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

  it.each<{ look: string; options: BrowserContextOptions; run: axe.RunOptions }>([
    { look: 'in light', options: { colorScheme: 'light' }, run: {} },
    // The other rules do not look at colours.
    { look: 'in dark', options: { colorScheme: 'dark' }, run: { runOnly: ['color-contrast'] } },
    // Nor do most of them look at how wide it is.
    {
      look: 'on a telephone',
      options: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
      run: { runOnly: ['target-size', 'empty-table-header', 'scrollable-region-focusable', 'meta-viewport'] },
    },
  ])(
    'has nothing that axe complains of, $look',
    async ({ options, run }) => {
      expect(await findViolations(options, run)).toEqual([])
    },
    PATIENCE_MS,
  )

  it.each([
    { zoom: '200 %', viewport: { width: 640, height: 450 } },
    { zoom: '400 %', viewport: { width: 320, height: 225 } },
  ])(
    'is read at a zoom of $zoom without moving it sideways, and obeys its own policy',
    async ({ viewport }) => {
      const faults: string[] = []
      await visit({ viewport }, async (page, shown) => {
        const width = await page.evaluate<number>('document.documentElement.scrollWidth')
        if (width > viewport.width) faults.push(`${titleOf(shown)} is ${width} wide`)
        const cut = await page.evaluate<string[]>(CUT_OFF)
        faults.push(...cut.map((text) => `${titleOf(shown)} cuts off: ${text}`))
        for (const complaint of await page.consoleMessages()) {
          if (/Content Security Policy/.test(complaint.text())) faults.push(`${titleOf(shown)}: ${complaint.text()}`)
        }
      })
      expect(faults).toEqual([])
    },
    PATIENCE_MS,
  )

  it.each([
    { width: 1280, height: 900 },
    { width: 390, height: 844 },
  ])(
    'moves nothing while it loads, nor later for whoever asked for less motion, $width wide',
    async (viewport) => {
      const moving: string[] = []
      await visit({ viewport, reducedMotion: 'reduce' }, async (page, shown) => {
        if (await page.evaluate<boolean>(MOVES)) moving.push(titleOf(shown))
        if ((await page.evaluate<number>(LAYOUT_SHIFTS)) > 0) moving.push(`${titleOf(shown)} while it loads`)
      })
      expect(moving).toEqual([])
    },
    PATIENCE_MS,
  )
})

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

async function findViolations(look: BrowserContextOptions, options: axe.RunOptions): Promise<string[]> {
  const faults: string[] = []
  await visit(look, async (page, shown) => {
    await page.evaluate(axe.source)
    const run = `axe.run(document, ${JSON.stringify({ ...options, resultTypes: ['violations'] })})`
    const { violations } = await page.evaluate<{ violations: Violation[] }>(run)
    for (const { id, nodes } of violations) {
      faults.push(
        ...nodes.map(
          ({ target, failureSummary }) => `${titleOf(shown)} ${id} at ${target.join(' ')}: ${failureSummary}`,
        ),
      )
    }
  })
  return faults
}

async function visit(look: BrowserContextOptions, see: (page: Page, shown: ShownPage) => Promise<void>): Promise<void> {
  const { show, close } = await openShown(browser, { viewport: { width: 1280, height: 900 }, ...look })
  for (const shown of pages) await see(await show(shown), shown)
  await close()
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
