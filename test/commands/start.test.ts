import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { isAnswering } from '../../shared/commands/support/app-process.ts'
import { openState } from '../../shared/commands/support/local-database.ts'
import { findFreePort } from '../../shared/commands/support/ports.ts'
import { anOrder } from '../support/orders.ts'
import { ROOT } from '../../shared/project/project.ts'

const LAUNCH = join(ROOT, 'shared/commands/launch.mjs')
const STARTED_WITHIN_MS = 90_000

type Started = { child: ChildProcess; ordering: string; billing: string; scenarios: string; output: () => string }

let state: string
let started: Started

// What a shell may have set for a deployment: a local start must not care.
const SHELL = { CLOUDFLARE_ENV: 'production', NODE_ENV: 'production', WRANGLER_REGISTRY_PATH: '/nonexistent' }

function launch(...args: string[]): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, [LAUNCH, ...args], {
    cwd: ROOT,
    env: { ...process.env, ...SHELL, WAYBILL_STATE: state },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  return { child, output: () => output }
}

async function start(...args: string[]): Promise<Started> {
  const ports = [await findFreePort(), await findFreePort(), await findFreePort()].map(String) as [
    string,
    string,
    string,
  ]
  const [port, billingPort, scenariosPort] = ports
  const options = ['--port', port, '--billing-port', billingPort, '--scenarios-port', scenariosPort]
  const { child, output } = launch('start', ...options, ...args)
  const [ordering, billing, scenarios] = ports.map((port) => `http://localhost:${port}`) as [string, string, string]
  const isReady = () => output().includes(`  Scenarios ${scenarios}`)
  await vi.waitUntil(() => isReady() || child.exitCode !== null, { timeout: STARTED_WITHIN_MS })
  if (!isReady()) throw new Error(`It ended instead: ${output()}`)
  return { child, ordering, billing, scenarios, output }
}

async function end({ child }: Started): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode
  const ended = once(child, 'close') as Promise<[number | null]>
  child.kill('SIGTERM')
  return (await ended)[0]
}

async function countOrders(): Promise<number> {
  const response = await fetch(`${started.ordering}/api/orders?limit=200`)
  return ((await response.json()) as { orders: unknown[] }).orders.length
}

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'waybill-state-'))
  started = await start('--every', '1s')
}, STARTED_WITHIN_MS)
afterAll(() => end(started))

describe('npm start', () => {
  it('puts the sample orders into ordering and their invoices into billing', async () => {
    expect(started.output()).toContain('Sample data 22 customers, 42 products, 40 orders')
    expect(await countOrders()).toBe(40)
    const listInvoices = async () => {
      const response = await fetch(`${started.billing}/api/invoices?limit=200`)
      return ((await response.json()) as { invoices: unknown[] }).invoices.length
    }
    await expect.poll(listInvoices, { timeout: 10_000 }).toBe(27)
  })

  it('lets a confirmed order be followed into billing at once', async () => {
    const headers = { 'Content-Type': 'application/json' }
    const placed = await fetch(`${started.ordering}/api/orders`, {
      method: 'POST',
      headers,
      body: JSON.stringify(anOrder()),
    })
    const { number } = (await placed.json()) as { number: number }
    const confirmed = await fetch(`${started.ordering}/api/orders/${number}/confirm`, { method: 'POST' })
    const link = /^<(.+)>; rel="next"$/.exec(confirmed.headers.get('Link') ?? '')?.[1]
    expect(link).toBe(`${started.billing}/link/new_order/${number}`)
    const invoice = await fetch(link ?? '')
    expect(invoice.status).toBe(200)
    expect(await invoice.text()).toContain('Kornblume Naturkost')
  })

  it('answers at its own address alone: a name that leads to this machine as well is refused', async () => {
    for (const origin of [started.ordering, started.billing]) {
      expect((await fetch(origin.replace('localhost', '127.0.0.1') + '/api/orders')).status).toBe(421)
    }
  })

  it('shows the page of scenarios, which leads to both apps', async () => {
    const page = await (await fetch(started.scenarios)).text()
    expect(page).toContain(`href="${started.ordering}"`)
    expect(page).toContain('npm run scenario -- ordering-away')
  })

  it('refuses to start twice on the same data, in one sentence', async () => {
    const { child, output } = launch('start', '--port', '1', '--billing-port', '2')
    expect(await once(child, 'close')).toEqual([1, null])
    expect(output()).toMatch(/^Waybill runs here already, as process \d+: .+\n$/)
  })

  it(
    'ends everything when it is told to, and keeps the data for the next start',
    async () => {
      const before = await countOrders()
      expect(await end(started)).toBe(0)
      await expect(fetch(started.ordering)).rejects.toThrow('fetch failed')
      await expect(fetch(started.billing)).rejects.toThrow('fetch failed')
      await expect(fetch(started.scenarios)).rejects.toThrow('fetch failed')
      started = await start('--every', '1h')
      expect(await countOrders()).toBe(before)
      expect(started.output()).not.toContain('Sample data')
    },
    STARTED_WITHIN_MS,
  )

  it('names the port that is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    await end(started)
    const { child, output } = launch('start', '--port', `${port}`)
    expect(await once(child, 'close')).toEqual([1, null])
    expect(output()).toBe(
      `Port ${port} is in use, and Ordering needs it: end what listens there, or choose another port with ` +
        `npm start -- --port ${port + 10}\n`,
    )
    server.close()
  })

  it(
    'acts with one role alone, from the first start on, and ends both apps with it even when it is killed',
    async () => {
      await end(started)
      state = await mkdtemp(join(tmpdir(), 'waybill-state-'))
      started = await start('--as', 'clerk', '--every', '1h')
      expect(started.output()).toContain('Sample data 22 customers, 42 products, 40 orders')
      expect(started.output()).toContain('You act with the role clerk alone.')
      expect(await countOrders()).toBe(40)
      const run = await fetch(`${started.billing}/api/sync/run`, { method: 'POST' })
      expect(run.status).toBe(403)

      started.child.kill('SIGKILL')
      await expect.poll(() => isAnswering(started.ordering), { timeout: 10_000 }).toBe(false)
      await expect.poll(() => isAnswering(started.billing), { timeout: 10_000 }).toBe(false)
    },
    2 * STARTED_WITHIN_MS,
  )

  it(
    'begins after one that was killed, though its number is a stranger’s now, and shows what both apps log',
    async () => {
      await writeFile(join(state, 'running.pid'), String(process.pid))
      started = await start('--empty', '--logs', '--every', '1s')
      expect(await countOrders()).toBe(40)
      await expect.poll(() => started.output(), { timeout: 10_000 }).toMatch(/billing +pull\./)
    },
    STARTED_WITHIN_MS,
  )

  it(
    'brings back the database of one app that was deleted, and leaves the other as it was',
    async () => {
      await end(started)
      await rm(join(state, 'state/billing'), { recursive: true })
      started = await start('--every', '1s')
      expect(await countOrders()).toBe(40)
      const listInvoices = async () => {
        const response = await fetch(`${started.billing}/api/invoices?limit=200`)
        return ((await response.json()) as { invoices: unknown[] }).invoices.length
      }
      await expect.poll(listInvoices, { timeout: 10_000 }).toBe(27)
    },
    STARTED_WITHIN_MS,
  )

  it('refuses a database that has lost a trigger, names it, and says what to do', async () => {
    await end(started)
    dropTrigger('billing', 'outbox_is_within_bounds')
    const { child, output } = launch('start')
    expect(await once(child, 'close')).toEqual([1, null])
    expect(output()).toContain(
      'The database of Billing is not as its migrations make it:\n  The trigger outbox_is_within_bounds is missing\n' +
        'Make it again as the migrations write it: without it changes are lost silently.',
    )
  })
})

/** As SQL in a console does; the state is that of this file's starts. */
function dropTrigger(app: 'ordering' | 'billing', name: string): void {
  const path = openState(app, join(state, 'state', app))?.location()
  if (path === undefined || path === null) throw new Error(`There is no database of ${app}`)
  const database = new DatabaseSync(path)
  database.exec(`DROP TRIGGER ${name}`)
  database.close()
}
