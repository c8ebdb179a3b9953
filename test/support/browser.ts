import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { launch } from './chromium.ts'
import { type Listener, listen } from './listen.ts'
import type { Together } from './together.ts'

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

function mapTo(origin: string, listener: Listener | undefined): string {
  return `MAP ${new URL(origin).host} 127.0.0.1:${listener?.port}`
}
