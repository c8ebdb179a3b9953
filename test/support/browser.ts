import { join } from 'node:path'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { launch } from './chromium.ts'
import { type Listener, listen } from './listen.ts'
import type { Together } from './together.ts'

const ASSETS = join(import.meta.dirname, '../../shared/assets')

/** What runs in a page and says by how much its parts have moved; as text, since the tests' own types know no document. */
export const LAYOUT_SHIFTS = `new Promise((resolve) => {
  let sum = 0
  new PerformanceObserver((list) => {
    for (const shift of list.getEntries()) sum += shift.value
  }).observe({ type: 'layout-shift', buffered: true })
  setTimeout(() => resolve(sum), 100)
})`

/** A browser in front of both running Workers, at the addresses that their configuration files name. */
export type RunningBrowser = {
  browser: Browser
  /** A page of a context of its own, 1280 wide unless said otherwise. */
  open: (path: string, options?: BrowserContextOptions) => Promise<Page>
  close: () => Promise<void>
}

/** Opens Chromium in front of both Workers. Throws, saying what to install, where Chromium cannot run. */
export async function openBrowser({ ordering, billing }: Together): Promise<RunningBrowser> {
  const listeners = await Promise.all([listen(ordering), listen(billing)])
  const rules = [ordering, billing].map(({ origin }, index) => mapTo(origin, listeners[index]))
  const browser = await launch([`--host-resolver-rules=${rules.join(', ')}`])
  return {
    browser,
    async open(path, options = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
      const page = await context.newPage()
      await page.goto(new URL(path, ordering.origin).href)
      return page
    },
    async close() {
      await browser.close()
      await Promise.all(listeners.map((listener) => listener.close()))
    },
  }
}

/** Gives a page, or all of a context's, its style, scripts and pictures from their files: the harness asks a Worker past its static assets. */
export async function serveAssets(pages: Page | BrowserContext): Promise<void> {
  await pages.route(/\.(?:css|js|svg)$/, (route) =>
    route.fulfill({ path: join(ASSETS, new URL(route.request().url()).pathname) }),
  )
}

function mapTo(origin: string, listener: Listener | undefined): string {
  return `MAP ${new URL(origin).host} 127.0.0.1:${listener?.port}`
}
