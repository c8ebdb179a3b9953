import { Agent, get } from 'node:http'
import { type Costs, startApps, writeBodies } from './apps.ts'
import { figureOf, type Measure, percentile, rateOf, ratio } from './figure.ts'
import { madeOrder } from './made-orders.ts'

const LINK = 'deep link, first visit'
/** The same page of the same Worker, from one D1 read: what the link adds is to fetch the order and to store it. */
const INVOICE = 'the invoice’s page, one D1 read'
/** The least that the same Worker answers from one D1 read: JSON, and no page. */
const ONE_READ = 'the order as JSON, one D1 read'
const CONNECTIONS = 16
const WARM_UP = 50
/** Billing answers at its own address alone, wherever the harness listens for it. */
const BILLING_HOST = 'localhost:8788'

/** The deep link of orders that billing has never met, against answers of the same Worker: `visits` of each a round. */
export async function measureDeepLink(visits: number, rounds: number): Promise<Measure[]> {
  const { asked, service } = await countCalls()
  await using apps = await startApps()
  const lines = Array.from({ length: WARM_UP + visits * rounds * 2 }, (_, index) => madeOrder(index))
  await apps.importOrders(writeBodies(lines))
  const pages = {
    [LINK]: (number: number) => `/link/new_order/${number}`,
    [INVOICE]: (number: number) => `/invoices/${number}`,
    [ONE_READ]: (number: number) => `/api/orders/${number}`,
  }
  const contenders = Object.entries(pages)
  const single = new Map<string, number[]>(contenders.map(([who]) => [who, []]))
  const many = new Map<string, number[]>(contenders.map(([who]) => [who, []]))
  let next = WARM_UP + 1
  for (let number = 1; number < next; number += 1) {
    for (const [, path] of contenders) await visit(apps.url, path(number))
  }
  for (let round = 0; round < rounds; round += 1) {
    const numbers = Array.from({ length: visits }, () => next++)
    for (const [who, path] of contenders) {
      single.get(who)?.push(await medianOf(numbers, (nr) => visit(apps.url, path(nr))))
    }
    const others = Array.from({ length: visits }, () => next++)
    for (const [who, path] of contenders) {
      many.get(who)?.push(await rateOf(visits, () => atOnce(others, (nr) => visit(apps.url, path(nr)))))
    }
  }
  agent.destroy()
  const times = [...single].map(([who, rounds]) => figureOf(who, rounds))
  const rates = [...many].map(([who, rounds]) => figureOf(who, rounds))
  return [
    {
      name: 'Deep link, one at a time, p50',
      unit: 'ms',
      figures: times,
      goals: [
        { what: 'times the invoice’s page', bound: 'at most', goal: 1.8, reached: ratio(times, LINK, INVOICE) },
        { what: 'D1 calls in ordering', bound: 'at most', goal: 1, reached: service.roundTrips },
        { what: 'D1 calls in billing', bound: 'at most', goal: 1, reached: asked.roundTrips },
      ],
    },
    {
      name: `Deep link, ${CONNECTIONS} connections`,
      unit: 'requests/s',
      figures: rates,
      goals: [{ what: 'of the invoice’s page', bound: 'at least', goal: 0.5, reached: ratio(rates, LINK, INVOICE) }],
    },
  ]
}

/** What one visit costs in D1; the logs that tell it would slow the visits that are timed. */
async function countCalls(): Promise<Costs> {
  await using apps = await startApps('debug')
  await apps.importOrders(writeBodies([madeOrder(0)]))
  return await apps.costOf(() => visit(apps.url, '/link/new_order/1'))
}

const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })

/** Asks over a connection that is kept; throws for anything but 200. */
function visit(origin: URL, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = get(new URL(path, origin), { agent, headers: { Host: BILLING_HOST } }, (response) => {
      response.resume()
      response.once('end', () => {
        if (response.statusCode === 200) resolve()
        else reject(new Error(`${path} answers ${response.statusCode}`))
      })
    })
    request.once('error', reject)
  })
}

async function medianOf(numbers: readonly number[], act: (number: number) => Promise<void>): Promise<number> {
  const times: number[] = []
  for (const number of numbers) {
    const begun = performance.now()
    await act(number)
    times.push(performance.now() - begun)
  }
  return percentile(
    times.toSorted((one, other) => one - other),
    0.5,
  )
}

async function atOnce(numbers: readonly number[], act: (number: number) => Promise<void>): Promise<void> {
  const waiting = numbers.values()
  const work = async (): Promise<void> => {
    for (const number of waiting) await act(number)
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, work))
}
