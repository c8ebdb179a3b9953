import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { ASSETS, type ShownPage } from './every-page.ts'
import { BILLING_ORIGIN, ORDERING_ORIGIN } from './together.ts'

const ORIGINS = { ordering: ORDERING_ORIGIN, billing: BILLING_ORIGIN }

/** Shows pages that were answered before, each with its headers, and assets from their files; nothing else answers. */
export async function openShown(
  browser: Browser,
  options: BrowserContextOptions,
): Promise<{ show: (page: ShownPage) => Promise<Page>; close: () => Promise<void> }> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  let shown: ShownPage | undefined
  await page.route('**/*', async (route) => {
    const request = route.request()
    if (request.isNavigationRequest() && shown !== undefined) {
      return route.fulfill({ status: shown.status, headers: shown.headers, body: shown.html })
    }
    const path = join(ASSETS, basename(new URL(request.url()).pathname))
    return existsSync(path) ? route.fulfill({ path }) : route.abort()
  })
  return {
    async show(asked) {
      shown = asked
      await page.goto(ORIGINS[asked.app] + asked.path)
      return page
    },
    close: () => context.close(),
  }
}
