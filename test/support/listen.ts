import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import type { Answer, RunningWorker } from '../../shared/simulator/running-worker.ts'

/** A port of this machine behind which a Worker answers. */
export type Listener = { port: number; close: () => Promise<void> }

/** Lets a Worker be reached over HTTP, as browsers need it; the Worker believes itself to be at its own origin. */
export async function listen(worker: RunningWorker): Promise<Listener> {
  const server = createServer((request, response) => {
    handOn(worker, request, response).catch((error: unknown) => {
      response.writeHead(502).end(String(error))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = async (): Promise<void> => {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
  return { port, close }
}

// The harness asks a Worker past its static assets. Every page names this one, in a header.
const RULES = '/fetch-ahead.json'
const RULES_FILE = join(import.meta.dirname, '../../shared/assets', RULES)

async function handOn(worker: RunningWorker, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', url = '/' } = request
  if (url === RULES) {
    response.writeHead(200, { 'Content-Type': 'application/speculationrules+json' })
    createReadStream(RULES_FILE).pipe(response)
    return
  }
  const body = await buffer(request)
  const answer = await worker.handle.fetch(new URL(url, worker.origin).href, {
    method,
    redirect: 'manual',
    headers: headersOf(request),
    ...(body.length === 0 ? {} : { body }),
  })
  for (const cookie of answer.headers.getSetCookie()) response.appendHeader('Set-Cookie', cookie)
  response.writeHead(answer.status, plainHeaders(answer))
  response.end(Buffer.from(await answer.arrayBuffer()))
}

// The connection's own headers are made again on the way to the Worker.
const OF_THE_CONNECTION = new Set(['host', 'connection', 'keep-alive', 'transfer-encoding', 'content-length', 'expect'])

function headersOf(request: IncomingMessage): [string, string][] {
  const headers = Object.entries(request.headersDistinct)
  return headers
    .filter(([name]) => !OF_THE_CONNECTION.has(name))
    .flatMap(([name, values = []]) => values.map((value): [string, string] => [name, value]))
}

/** The body comes decoded, so what describes its encoding stays behind. */
function plainHeaders(answer: Answer): Record<string, string> {
  const dropped = new Set([...OF_THE_CONNECTION, 'content-encoding', 'set-cookie'])
  return Object.fromEntries([...answer.headers].filter(([name]) => !dropped.has(name)))
}
