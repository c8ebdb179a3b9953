import { WorkerEntrypoint } from 'cloudflare:workers'
import { type BindingFault, takeFault } from '../fault.ts'

type Bindings = { ORDERING: Fetcher }

/** Longer than billing waits for anything. */
const NO_ANSWER_MS = 60_000

let faults: BindingFault[] = []
let calls: string[] = []

/** Stands at billing's binding in the place of OrderService, and hands on to it or fails as a test says. */
export class OrderRelay extends WorkerEntrypoint<Bindings> {
  override async fetch(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url)
    calls.push(`${request.method} ${pathname}${search}`)
    const fault = takeFault(faults, [pathname + search])
    switch (fault?.kind) {
      case undefined:
        return this.env.ORDERING.fetch(request)
      case 'no-answer':
        await scheduler.wait(NO_ANSWER_MS)
        return new Response(null, { status: 504 })
      case 'throw':
        throw new Error('Network connection lost.')
      case 'lose-answer':
        await (await this.env.ORDERING.fetch(request)).arrayBuffer()
        throw new Error('Network connection lost.')
      case 'answer': {
        const { status, body, contentType = 'application/json' } = fault
        return new Response(body, { status, headers: { 'Content-Type': contentType } })
      }
      case 'half':
        return answerWith(await this.env.ORDERING.fetch(request), (body) => body.slice(0, body.length / 2))
      case 'replace':
        return answerWith(await this.env.ORDERING.fetch(request), (body) => body.replaceAll(fault.text, fault.by))
    }
  }
}

async function answerWith(response: Response, change: (body: string) => string): Promise<Response> {
  const { status, headers } = response
  return new Response(change(await response.text()), { status, headers })
}

/** Takes a test's faults and tells it of the calls since the last time it asked. */
export default {
  async fetch(request) {
    if (request.method === 'PUT') faults = await request.json()
    const seen = calls
    calls = []
    return Response.json(seen)
  },
} satisfies ExportedHandler<Bindings>
