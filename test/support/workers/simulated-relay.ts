import { type ShownOrder, SIMULATION_ORIGIN, type SimulationControl } from '../../simulate/strike.ts'
import { takeStruckTexts } from '../fault.ts'
import relay, { OrderRelay } from './ordering-relay.ts'
import { noStrikes, setStrikes, struck } from './strikes.ts'

const state = noStrikes()
const shown: ShownOrder[] = []
let pageSize = 500

/** Stands at billing's binding as the relay of the tests does; calls can also be held and doubled, and pages are small. */
export class SimulatedRelay extends OrderRelay {
  override async fetch(request: Request): Promise<Response> {
    const url = new URL(request.url)
    if (url.pathname === '/orders') url.searchParams.set('limit', String(pageSize))
    const { method, headers } = request
    const body = method === 'GET' ? null : await request.text()
    return struck(state, [url.pathname + url.search], async () => {
      const response = await super.fetch(new Request(url, { method, headers, body }))
      if (url.pathname === '/orders' && response.status === 200) noteShown(await response.clone().text())
      return response
    })
  }
}

function noteShown(page: string): void {
  try {
    const { orders } = JSON.parse(page) as {
      orders: { confirmedSequenceNr: number; number: number; fingerprint: number }[]
    }
    shown.push(...orders.map((order) => ({ ...order, place: order.confirmedSequenceNr })))
  } catch {
    // Torn on the way: nobody can read a place in it.
  }
}

// oxlint-disable-next-line import/no-default-export -- what a Worker's main module answers requests with
export default {
  async fetch(request) {
    const { origin, pathname } = new URL(request.url)
    if (origin !== SIMULATION_ORIGIN) return relay.fetch(request)
    switch (pathname as Exclude<keyof SimulationControl, '/clock' | '/crash'>) {
      case '/strikes':
        setStrikes(state, await request.json())
        return Response.json(null)
      case '/struck':
        return Response.json(takeStruckTexts())
      case '/held':
        return Response.json(state.held)
      case '/page-size': {
        const { most }: SimulationControl['/page-size'] = await request.json()
        pageSize = most
        return Response.json(null)
      }
      case '/shown':
        return Response.json(shown.splice(0).map(({ place, number, fingerprint }) => ({ place, number, fingerprint })))
    }
  },
} satisfies ExportedHandler
