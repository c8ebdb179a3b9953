import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { findFreePort } from '../../shared/commands/support/ports.ts'
import { serveScenarios } from '../../shared/commands/scenario/server.ts'

const APPS = { ordering: 'http://localhost:8787', billing: 'http://localhost:8788' }
const PLAYED = 'ordering-away'
const PLAYS_WITHIN_MS = 120_000

/** The pages of scenarios, by the names of their pictures. */
const PAGES = { scenarios: '/', 'scenarios-unplayed': '/change-dates', 'scenarios-played': `/${PLAYED}` }

/** Takes a picture of each page of scenarios whose name contains `only`, in each look, into a folder; returns how many. */
export async function takeScenarioPictures(
  browser: Browser,
  looks: readonly (BrowserContextOptions & { look: string })[],
  only: string,
  folder: string,
): Promise<number> {
  const asked = Object.entries(PAGES).filter(([name]) => name.includes(only))
  if (asked.length === 0) return 0
  await whilePlayed(browser, async (origin) => {
    for (const { look, ...options } of looks) {
      const page = await browser.newPage(options)
      for (const [name, path] of asked) {
        await page.goto(origin + path)
        await page.screenshot({ path: join(folder, `${name}-${look}.png`), fullPage: true })
      }
      await page.close()
    }
  })
  return asked.length * looks.length
}

/** Takes the picture of a played scenario. */
export async function takePlayedScenario(
  browser: Browser,
  options: BrowserContextOptions,
  path: string,
): Promise<void> {
  await whilePlayed(browser, async (origin) => {
    const page = await browser.newPage(options)
    await page.goto(`${origin}/${PLAYED}`)
    await page.screenshot({ path })
    await page.close()
  })
}

async function whilePlayed(browser: Browser, act: (origin: string) => Promise<void>): Promise<void> {
  const server = await serveScenarios(await findFreePort(), APPS)
  if (server === undefined) throw new Error('The port that was free is in use')
  try {
    const page = await browser.newPage()
    await play(page, server.origin)
    await page.close()
    await act(server.origin)
  } finally {
    await server.close()
  }
}

async function play(page: Page, origin: string): Promise<void> {
  page.setDefaultTimeout(PLAYS_WITHIN_MS)
  await page.goto(origin)
  await page.getByRole('button', { name: `Play ${PLAYED}` }).click()
  await page.getByRole('button', { name: `Play again ${PLAYED}` }).waitFor()
}
