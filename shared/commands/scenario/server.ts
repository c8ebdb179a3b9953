import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { isPortTaken } from '../support/ports.ts'
import { createScenariosApp } from './site.ts'
import type { AppOrigins } from './pages.ts'

/** Where scenarios are played from, until it is closed; what is being played then ends with it. */
export type ScenariosServer = { origin: string; close: () => Promise<void> }

/** Serves the scenarios' pages to this machine alone; undefined if the port is in use. */
export async function serveScenarios(port: number, apps: AppOrigins): Promise<ScenariosServer | undefined> {
  if (await isPortTaken(port)) return undefined
  const origin = `http://localhost:${port}`
  const app = createScenariosApp(port, apps)
  const server = createServer((request, response) => {
    handOn(request, response).catch(() => response.destroy())
  })

  async function handOn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = request
    const asked = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)])
    const answer = await app.fetch(new Request(new URL(url, `http://${headers.host}`), { method, headers: asked }))
    response.writeHead(answer.status, Object.fromEntries(answer.headers))
    if (answer.body === null) response.end()
    else await pipeline(Readable.fromWeb(answer.body), response)
  }

  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin,
    async close() {
      server.close()
      await app.end()
      server.closeAllConnections()
    },
  }
}
