import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** An answer that is sent as it stands. `cut`: half of the body is sent, and then the connection ends. */
export type Sent = { status: number; body: string; headers?: Record<string, string>; cut?: boolean }
/** A request as it came; `path` has its query. */
export type Asked = { method: string; path: string; headers: IncomingMessage['headers']; body: string }
/** An address of this machine at which something answers. */
export type Served = { url: string; close: () => Promise<void> }

/** Answers JSON with this status. */
export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Sent {
  return { status, body: JSON.stringify(body), headers: { 'Content-Type': 'application/json', ...headers } }
}

/**
 * Serves on 127.0.0.1. An answer of undefined ends the connection without one; what is thrown is answered 500, as text.
 * @param port 0: one that is free
 */
export async function serve(answer: (asked: Asked) => Promise<Sent | undefined>, port = 0): Promise<Served> {
  const server = createServer((request, response) => {
    answerOne(answer, request, response).catch((error: unknown) => response.writeHead(500).end(String(error)))
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const close = async (): Promise<void> => {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close }
}

async function answerOne(
  answer: (asked: Asked) => Promise<Sent | undefined>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = 'GET', url = '/', headers } = request
  const sent = await answer({ method, path: url, headers, body: await text(request) })
  if (sent === undefined) {
    request.socket.destroy()
    return
  }
  const body = Buffer.from(sent.body)
  response.writeHead(sent.status, { ...sent.headers, 'content-length': body.length })
  if (sent.cut === true) {
    response.write(body.subarray(0, body.length / 2), () => request.socket.destroy())
    return
  }
  response.end(body)
}
