import { WorkerEntrypoint } from 'cloudflare:workers'
import { type BindingFault, takeFault, takeStruckTexts } from '../fault.ts'
import { type ShownOrder, SIMULATION_ORIGIN, type SimulationControl } from '../strike.ts'
import { noStrikes, setStrikes, struck } from './strikes.ts'

type Bindings = { ORDERING: Fetcher }

/** Longer than billing waits for anything. */
const NO_ANSWER_MS = 60_000

const strikes = noStrikes()
let faults: BindingFault[] = []
let calls: string[] = []
/** The most orders in a batch of the feed; undefined while billing gets as many as it asks for. */
let pageSize: number | undefined
/** What was shown since it was asked last; undefined until it is asked first. */
let shown: ShownOrder[] | undefined

/** Stands at billing's binding in the place of OrderService, and hands on to it, or fails, holds or doubles as it is told. */
export class OrderRelay extends WorkerEntrypoint<Bindings> {
  override async fetch(request: Request): Promise<Response> {
    const url = new URL(request.url)
    if (url.pathname === '/orders' && pageSize !== undefined) url.searchParams.set('limit', String(pageSize))
    const { method, headers } = request
    const body = method === 'GET' ? null : await request.text()
    return struck(strikes, [url.pathname + url.search], async () => {
      const response = await this.#handOn(new Request(url, { method, headers, body }))
      if (url.pathname === '/orders' && response.status === 200 && shown !== undefined) {
        shown.push(...readShown(await response.clone().text()))
      }
      return response
    })
  }

  async #handOn(request: Request): Promise<Response> {
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
      case 'forward':
        // Whole: the binding would wait for the rest of an answer that was cut off.
        return answerWith(await fetch(new Request(fault.to + pathname + search, request)), (body) => body)
    }
  }
}

async function answerWith(response: Response, change: (body: string) => string): Promise<Response> {
  const { status, headers } = response
  return new Response(change(await response.text()), { status, headers })
}

/** The orders of a page; none if it was torn on the way, for nobody can read a place in it then. */
function readShown(page: string): ShownOrder[] {
  try {
    const { orders } = JSON.parse(page) as {
      orders: { confirmedSequenceNr: number; number: number; fingerprint: number }[]
    }
    return orders.map(({ confirmedSequenceNr: place, number, fingerprint }) => ({ place, number, fingerprint }))
  } catch {
    return []
  }
}

/** Takes faults and strikes, and tells of the calls since the last time it was asked. */
export default {
  async fetch(request) {
    const { origin, pathname } = new URL(request.url)
    if (origin === SIMULATION_ORIGIN) return obey(pathname, request)
    if (request.method === 'PUT') faults = await request.json()
    const seen = calls
    calls = []
    return Response.json(seen)
  },
} satisfies ExportedHandler<Bindings>

async function obey(path: string, request: Request): Promise<Response> {
  switch (path as Exclude<keyof SimulationControl, '/clock' | '/crash'>) {
    case '/strikes':
      setStrikes(strikes, await request.json())
      return Response.json(null)
    case '/struck':
      return Response.json(takeStruckTexts())
    case '/held':
      return Response.json(strikes.held)
    case '/page-size': {
      const { most }: SimulationControl['/page-size'] = await request.json()
      pageSize = most
      return Response.json(null)
    }
    case '/shown': {
      const seen = shown ?? []
      shown = []
      return Response.json(seen)
    }
  }
}
