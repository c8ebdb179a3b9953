import { type Apps, type Costs, startApps } from './apps.ts'
import { type Figure, figureOf, type Measure, percentile } from './figure.ts'
import { changeOrders, growOrders } from './many-orders.ts'

const CHANGED = 100
const TURNS = 7
const WARM_UP_LOADS = 10
/** The p95 is the middle one of this many, so that a single interruption does not decide it. */
const SERIES = 3

/** What grows with the tables if anything does: each page of the lists, in the app that has it. */
const PAGES = [
  { name: 'approval queue', app: 'billing', path: () => '/invoices?state=ToApprove' },
  { name: 'approval queue, 500 in', app: 'billing', path: () => '/invoices?state=ToApprove&after=500' },
  { name: 'all invoices', app: 'billing', path: () => '/invoices?state=All' },
  { name: 'approved invoices', app: 'billing', path: () => '/invoices?state=Approved' },
  { name: 'orders', app: 'ordering', path: () => '/orders' },
  { name: 'orders, 500 in', app: 'ordering', path: (size: number) => `/orders?after=${size - 500}` },
  { name: 'draft orders', app: 'ordering', path: () => '/orders?state=Draft' },
  { name: 'orders of a customer', app: 'ordering', path: () => '/orders?customer=C-7' },
  { name: 'orders of a day', app: 'ordering', path: () => '/orders?from=2024-01-01&to=2024-01-01' },
  { name: 'orders in another currency', app: 'ordering', path: () => '/orders?currency=USD' },
  { name: 'orders by customer', app: 'ordering', path: () => '/orders?sort=customer' },
  { name: 'orders by day', app: 'ordering', path: () => '/orders?sort=-placed' },
  { name: 'search by number', app: 'ordering', path: (size: number) => `/orders?q=${size - 100}` },
  { name: 'search by external id', app: 'ordering', path: (size: number) => `/orders?q=GROWN-${size - 100}` },
  { name: 'search by a word', app: 'ordering', path: () => '/orders?q=market' },
  { name: 'search by the beginning of a word', app: 'ordering', path: () => '/orders?q=mar' },
  { name: 'search by what is within words', app: 'ordering', path: () => '/orders?q=rket' },
  { name: 'search by several words', app: 'ordering', path: () => '/orders?q=oat%20mill' },
  { name: 'search that finds nothing', app: 'ordering', path: () => '/orders?q=zzzzz' },
  {
    name: 'search with every filter at once',
    app: 'ordering',
    path: () => '/orders?q=market&state=Draft&currency=USD&from=2024-01-01&to=2024-12-31&sort=-placed',
  },
] as const
type Page = (typeof PAGES)[number]

/** What one size of the tables costs. */
type Sample = {
  size: number
  idle: Costs
  changed: Costs
  pullMs: number[]
  pages: Map<string, { rowsRead: number; p95: number }>
  proof: { same: number; ten: number }
}

/**
 * Measures at each size in turn, the smallest first, in one pair of databases that grows.
 * @param loads how often a page is loaded for one p95
 */
export async function measureGrowth(
  sizes: readonly number[],
  loads: number,
  say: (what: string) => void,
): Promise<Measure[]> {
  await using apps = await startApps('debug')
  const samples: Sample[] = []
  let grown = 0
  for (const size of sizes) {
    say(`growing to ${size.toLocaleString('en')} orders`)
    await growOrders(apps, grown + 1, size)
    await apps.pullToEnd()
    grown = size
    say(`measuring at ${size.toLocaleString('en')} orders`)
    samples.push(await sample(apps, size, loads))
  }
  return [describeIdle(samples), ...describeChanged(samples), ...describePages(samples), describeProof(samples)]
}

async function sample(apps: Apps, size: number, loads: number): Promise<Sample> {
  await apps.pull()
  const idle = await apps.costOf(() => apps.pull())
  const pullMs: number[] = []
  let changed = idle
  for (let turn = 0; turn < TURNS; turn += 1) {
    await changeOrders(apps, size, CHANGED)
    changed = await apps.costOf(async () => {
      const begun = performance.now()
      await apps.pull()
      pullMs.push(performance.now() - begun)
    })
  }
  const pages = new Map<string, { rowsRead: number; p95: number }>()
  for (const page of PAGES) pages.set(page.name, await load(apps, page, size, loads))
  return { size, idle, changed, pullMs, pages, proof: await prove(apps) }
}

async function load(apps: Apps, page: Page, size: number, loads: number): Promise<{ rowsRead: number; p95: number }> {
  const path = page.path(size)
  const { asked } = await apps.costOf(() => apps.ask(page.app, path))
  for (let turn = 0; turn < WARM_UP_LOADS; turn += 1) await apps.ask(page.app, path)
  const p95s: number[] = []
  for (let series = 0; series < SERIES; series += 1) {
    p95s.push(await measureP95(loads, () => apps.ask(page.app, path)))
  }
  return { rowsRead: asked.rowsRead, p95: figureOf(page.name, p95s).median }
}

async function measureP95(loads: number, load: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let turn = 0; turn < loads; turn += 1) {
    const begun = performance.now()
    await load()
    times.push(performance.now() - begun)
  }
  return percentile(
    times.toSorted((one, other) => one - other),
    0.95,
  )
}

/** The rows read by a comparison that finds nothing, and by one that finds ten copies that were tampered with. */
async function prove(apps: Apps): Promise<{ same: number; ten: number }> {
  const compare = async (): Promise<number> => {
    const { asked, service } = await apps.costOf(() => apps.ask('billing', '/api/sync/compare', { method: 'POST' }))
    return asked.rowsRead + service.rowsRead
  }
  const same = await compare()
  await apps.databases.billing
    .prepare('UPDATE orders SET fingerprint = fingerprint + 1 WHERE number IN (1, 2, 3, 4, 5, 300, 301, 302, 303, 304)')
    .run()
  return { same, ten: await compare() }
}

const rows = ({ asked, service }: Costs): number => asked.rowsRead + service.rowsRead
const written = ({ asked, service }: Costs): number => asked.rowsWritten + service.rowsWritten

function at(samples: readonly Sample[], read: (sample: Sample) => number): Figure[] {
  return samples.map((sample) => figureOf(`at ${sample.size.toLocaleString('en')} orders`, [read(sample)]))
}

function most(samples: readonly Sample[], read: (sample: Sample) => number): number {
  return Math.max(...samples.map(read))
}

/** How much more the largest size takes than the smallest. */
function growth(samples: readonly Sample[], read: (sample: Sample) => number): number {
  const [first, last] = [samples[0], samples.at(-1)]
  return first === undefined || last === undefined ? Number.NaN : read(last) / read(first)
}

function describeIdle(samples: readonly Sample[]): Measure {
  const goal = (what: string, most: number, reached: number) =>
    ({ what, bound: 'at most', goal: most, reached }) as const
  return {
    name: 'Idle pull, rows read in both databases',
    unit: 'rows',
    figures: at(samples, ({ idle }) => rows(idle)),
    goals: [
      goal(
        'rows read',
        10,
        most(samples, ({ idle }) => rows(idle)),
      ),
      goal(
        'rows written in ordering',
        0,
        most(samples, ({ idle }) => idle.service.rowsWritten),
      ),
      goal(
        'rows written in billing',
        3,
        most(samples, ({ idle }) => idle.asked.rowsWritten),
      ),
    ],
  }
}

function describeChanged(samples: readonly Sample[]): Measure[] {
  const median = ({ pullMs }: Sample): number => figureOf('', pullMs).median
  const bound = (what: string, goal: number, reached: number) => ({ what, bound: 'at most', goal, reached }) as const
  return [
    {
      name: `Pull of ${CHANGED} changed orders, rows read`,
      unit: 'rows',
      figures: at(samples, ({ changed }) => rows(changed)),
      goals: [
        bound(
          'times the rows read at the smallest size',
          1.01,
          growth(samples, ({ changed }) => rows(changed)),
        ),
        bound(
          'times the rows written',
          1.01,
          growth(samples, ({ changed }) => written(changed)),
        ),
      ],
    },
    {
      name: `Pull of ${CHANGED} changed orders, time`,
      unit: 'ms',
      figures: samples.map(({ size, pullMs }) => figureOf(`at ${size.toLocaleString('en')} orders`, pullMs)),
      goals: [bound('times the time at the smallest size', 1.2, growth(samples, median))],
    },
  ]
}

function describePages(samples: readonly Sample[]): Measure[] {
  const read = (sample: Sample, page: Page) => sample.pages.get(page.name) ?? { rowsRead: Number.NaN, p95: Number.NaN }
  return PAGES.map((page) => ({
    name: `Page: ${page.name}, rows read`,
    unit: 'rows',
    figures: at(samples, (sample) => read(sample, page).rowsRead),
    goals: [
      {
        what: 'rows read',
        bound: 'at most',
        goal: 200,
        reached: most(samples, (sample) => read(sample, page).rowsRead),
      },
      {
        what: 'times the p95 at the smallest size',
        bound: 'at most',
        goal: 2,
        reached: growth(samples, (sample) => read(sample, page).p95),
      },
    ],
  }))
}

function describeProof(samples: readonly Sample[]): Measure {
  const upTo = samples.filter(({ size }) => size <= 100_000)
  return {
    name: 'Proof of agreement, rows read in both databases',
    unit: 'rows',
    figures: at(samples, ({ proof }) => proof.same),
    goals: [
      {
        what: 'rows, nothing differing, up to 100,000 orders',
        bound: 'at most',
        goal: 1_000,
        reached: most(upTo, ({ proof }) => proof.same),
      },
      {
        what: 'rows, ten differing, up to 100,000 orders',
        bound: 'at most',
        goal: 10_000,
        reached: most(upTo, ({ proof }) => proof.ten),
      },
    ],
  }
}
