import { existsSync } from 'node:fs'
import bundled from '@sparticuz/chromium'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { type Listener, listen } from './listen.ts'
import type { Together } from './together.ts'

const SYSTEM_CHROMIUM = '/usr/bin/chromium'

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

/** Launches the Chromium that CHROMIUM names, else the one that an npm package ships, else the system's. */
export async function launch(args: string[] = []): Promise<Browser> {
  const tried: string[] = []
  for (const candidate of candidates()) {
    try {
      return await chromium.launch({ ...(await candidate()), headless: true, timeout: 60_000 })
    } catch (error) {
      tried.push(error instanceof Error ? error.message : String(error))
    }
  }
  throw new Error(
    `Chromium does not start, so no page was tested. On Debian or Ubuntu: apt-get install -y libnss3 fonts-noto-core\n` +
      tried.join('\n'),
  )

  function candidates() {
    const named = process.env['CHROMIUM']
    if (named !== undefined) return [() => Promise.resolve({ executablePath: named, args: ['--no-sandbox', ...args] })]
    const shipped = async () => ({
      executablePath: await bundled.executablePath(),
      args: [...bundled.args, ...args],
    })
    const system = () => Promise.resolve({ executablePath: SYSTEM_CHROMIUM, args: ['--no-sandbox', ...args] })
    return existsSync(SYSTEM_CHROMIUM) ? [shipped, system] : [shipped]
  }
}
