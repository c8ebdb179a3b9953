import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename, extname, join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { ASSETS, type ShownPage } from './every-page.ts'
import { BILLING_ORIGIN, ORDERING_ORIGIN } from './together.ts'

const ORIGINS = { ordering: ORDERING_ORIGIN, billing: BILLING_ORIGIN }
const LATE_MS = 500
const TYPES: Record<string, string> = {
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
}

/**
 * Shows pages that were answered before, each with its headers, and assets from their files; nothing else answers.
 * @param late what of a page comes half a second late, if anything: what stands behind this text
 */
export async function openShown(
  browser: Browser,
  options: BrowserContextOptions,
  late?: string,
): Promise<{ show: (page: ShownPage) => Promise<Page>; close: () => Promise<void> }> {
  let shown: ShownPage | undefined
  // A proxy, and no route of Playwright's: with one of those a browser reads and compiles each asset for each page.
  const proxy = createServer((request, response) => {
    if (shown !== undefined && request.headers['sec-fetch-mode'] === 'navigate') {
      const { status, headers, html } = shown
      const cut = late === undefined ? html.length : html.indexOf(late) + late.length
      response.writeHead(status, headers)
      response.write(html.slice(0, cut))
      setTimeout(() => response.end(html.slice(cut)), late === undefined ? 0 : LATE_MS)
    } else {
      answerAsset(request, response)
    }
  })
  proxy.on('connect', (_, socket) => socket.destroy())
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const server = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  const context = await browser.newContext({ ...options, proxy: { server } })
  const page = await context.newPage()
  return {
    async show(asked) {
      shown = asked
      await page.goto(ORIGINS[asked.app] + asked.path)
      return page
    },
    async close() {
      await context.close()
      proxy.close()
      proxy.closeAllConnections()
    },
  }
}

function answerAsset({ url = '/' }: IncomingMessage, response: ServerResponse): void {
  const path = join(ASSETS, basename(new URL(url).pathname))
  const type = TYPES[extname(path)]
  if (type === undefined || !existsSync(path)) {
    response.destroy()
    return
  }
  response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'max-age=3600' }).end(readFileSync(path))
}
