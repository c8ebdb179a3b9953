import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type Apps, startApps, writeBodies } from './apps.ts'
import { figureOf, type Goal, type Measure, percentile } from './figure.ts'
import { madeOrder } from './made-orders.ts'

/** The platform serves these before the Worker is asked. */
const ASSETS = join(import.meta.dirname, '../../shared/assets')
const KILOBYTE = 1_000
const ORDERS = 200

/** Pages, and the same rows as the API answers them: what a page adds is its markup. */
const PAGES = [
  { name: 'orders', app: 'ordering', path: '/orders', api: '/api/orders?limit=50' },
  { name: 'one order', app: 'ordering', path: '/orders/7', api: '/api/orders/7' },
  { name: 'a new order', app: 'ordering', path: '/orders/new', api: '/health' },
  { name: 'approval queue', app: 'billing', path: '/invoices', api: '/api/invoices?state=ToApprove&limit=50' },
  { name: 'one invoice', app: 'billing', path: '/invoices/7', api: '/api/invoices/7' },
  { name: 'the pull', app: 'billing', path: '/sync', api: '/api/sync' },
] as const

/** What a page weighs with all that it loads, compressed, and how its time stands to that of its own queries. */
export async function measurePages(loads: number): Promise<Measure[]> {
  await using apps = await startApps()
  await apps.importOrders(writeBodies(Array.from({ length: ORDERS }, (_, index) => madeOrder(index))))
  await apps.pullToEnd()
  const weights: { name: string; kilobytes: number }[] = []
  const ratios: { name: string; pageMs: number; apiMs: number }[] = []
  for (const { name, app, path, api } of PAGES) {
    weights.push({ name, kilobytes: (await weigh(apps, app, path)) / KILOBYTE })
    ratios.push({ name, ...(await time(apps, app, path, api, loads)) })
  }
  return [
    {
      name: 'A page with all that it loads, compressed',
      unit: 'KB',
      figures: weights.map(({ name, kilobytes }) => figureOf(name, [kilobytes])),
      goals: [atMost('KB, the heaviest', 30, Math.max(...weights.map(({ kilobytes }) => kilobytes)))],
    },
    {
      name: 'A page’s time against the API’s for the same rows, p50',
      unit: 'times',
      figures: ratios.map(({ name, pageMs, apiMs }) => figureOf(name, [pageMs / apiMs])),
      goals: [atMost('times, the slowest', 2, Math.max(...ratios.map(({ pageMs, apiMs }) => pageMs / apiMs)))],
    },
  ]
}

function atMost(what: string, goal: number, reached: number): Goal {
  return { what, bound: 'at most', goal, reached }
}

async function weigh(apps: Apps, app: 'ordering' | 'billing', path: string): Promise<number> {
  const html = await apps.ask(app, path)
  const assets = new Set(
    [...html.matchAll(/(?:href|src)="(\/[^"?#]+\.(?:css|js|svg|woff2))"/g)].map(([, asset]) => asset ?? ''),
  )
  const files = await Promise.all([...assets].map((asset) => readFile(join(ASSETS, asset))))
  return [html, ...files].reduce((sum, file) => sum + gzipSync(file).length, 0)
}

async function time(apps: Apps, app: 'ordering' | 'billing', path: string, api: string, loads: number) {
  const pageTimes: number[] = []
  const apiTimes: number[] = []
  const timed = async (asked: string, times: number[]): Promise<void> => {
    const begun = performance.now()
    await apps.ask(app, asked)
    times.push(performance.now() - begun)
  }
  for (let load = 0; load < loads; load += 1) {
    await timed(path, pageTimes)
    await timed(api, apiTimes)
  }
  const median = (times: number[]): number =>
    percentile(
      times.toSorted((one, other) => one - other),
      0.5,
    )
  return { pageMs: median(pageTimes), apiMs: median(apiTimes) }
}
