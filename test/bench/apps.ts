import { join } from 'node:path'
import { createTestHarness } from 'wrangler'
import type { RunResult } from '../../workers/billing/sync/answers.ts'
import { ROOT } from '../../shared/project/project.ts'
import { readMigrations } from '../../shared/simulator/configuration.ts'
import type { ImportLine } from '../support/orders.ts'

const MOST_LINES = 1_000
/** The most orders that a run of the pull reads; one that has read fewer has reached the feed's end. */
const MOST_PAGES = 20

/** What is used of D1Database here: its own types are those of the Workers. */
type Statement = { bind: (...values: (string | number | null)[]) => Statement; run: () => Promise<unknown> }
type Database = { prepare: (query: string) => Statement; batch: (statements: Statement[]) => Promise<unknown> }

type Cost = { roundTrips: number; rowsRead: number; rowsWritten: number }
/** What an act has cost in D1: in the app that was asked, and in ordering where billing asks it over the binding. */
export type Costs = { asked: Cost; service: Cost }
/** Both apps as their configuration files have them, empty, with the naive pull beside them. */
export type Apps = Awaited<ReturnType<typeof startApps>>

/**
 * Runs until who asked for them is done with them, whatever came of it.
 * @param logLevel `debug` lets `costOf` see what D1 counts; the apps' own level otherwise
 */
export async function startApps(logLevel = 'info') {
  const harness = createTestHarness({
    root: ROOT,
    workers: [
      { configPath: 'wrangler.billing.toml', vars: { LOG_LEVEL: logLevel } },
      { configPath: 'wrangler.ordering.toml', vars: { LOG_LEVEL: logLevel } },
      { config: NAIVE },
    ],
  })
  const { url } = await harness.listen()
  const workers = {
    ordering: harness.getWorker<{ DB: Database }>('ordering'),
    billing: harness.getWorker<{ DB: Database }>('billing'),
    naive: harness.getWorker('naive'),
  }
  const databases = { ordering: (await workers.ordering.getEnv()).DB, billing: (await workers.billing.getEnv()).DB }
  await migrate(databases.ordering, 'ordering')
  await migrate(databases.billing, 'billing')

  async function ask(name: keyof typeof workers, path: string, init: { method?: string; body?: string } = {}) {
    const origin = name === 'ordering' ? 'http://localhost:8787' : 'http://localhost:8788'
    const headers = init.body === undefined ? {} : { 'Content-Type': 'application/x-ndjson' }
    const response = await workers[name].fetch(origin + path, { redirect: 'manual', headers, ...init })
    const text = await response.text()
    if (response.status !== 200) throw new Error(`${name} answers ${path} with ${response.status}: ${text}`)
    return text
  }

  const pull = async (): Promise<RunResult> => readRun(await ask('billing', '/api/sync/run', { method: 'POST' }))

  return {
    /** Where billing answers over HTTP. */
    url,
    databases,
    ask,
    pull,

    /** Imports orders over HTTP, as many in one request as the app takes. */
    async importOrders(bodies: readonly string[]): Promise<void> {
      for (const body of bodies) await ask('ordering', '/api/orders/import', { method: 'POST', body })
    },

    /** Runs the pull until the feed's end, and returns how many orders came. */
    pullToEnd: () => pullToEnd(pull),

    /** What the act costs in D1, as the apps' debug logs tell. */
    async costOf(act: () => Promise<unknown>): Promise<Costs> {
      harness.clearLogs()
      await act()
      const lines = harness.getLogs().flatMap(({ message }) => readCost(message))
      const costs = (...events: string[]) => lines.filter(({ event }) => events.includes(event)).map(({ d1 }) => d1)
      return { asked: sum(costs('request')), service: sum(costs('service.request', 'feed.batch')) }
    },

    [Symbol.asyncDispose]: () => harness.close(),
  }
}

/** The run of the pull that billing has answered with; throws if it came to nothing. */
export function readRun(answer: string): RunResult {
  const run = JSON.parse(answer) as RunResult
  if (run.outcome !== 'ok') throw new Error(`A pull came to nothing: ${answer}`)
  return run
}

/** Pulls until the feed's end, and returns how many orders came. */
export async function pullToEnd(pull: () => Promise<RunResult>): Promise<number> {
  let came = 0
  for (;;) {
    const { created, changed, pages } = await pull()
    came += created + changed
    if (pages < MOST_PAGES) return came
  }
}

/** The pull as people write it: see naive-pull.ts. */
const NAIVE = {
  name: 'naive',
  main: join(import.meta.dirname, 'worker/naive-pull.ts'),
  compatibility_date: '2026-11-01',
  d1_databases: [{ binding: 'DB', database_name: 'naive', database_id: 'naive' }],
  services: [{ binding: 'ORDERING', service: 'ordering', entrypoint: 'OrderService' }],
}

async function migrate(database: Database, name: 'ordering' | 'billing'): Promise<void> {
  await database.batch(readMigrations(name).map((query) => database.prepare(query)))
}

function readCost(message: string): { event: string; d1: Cost }[] {
  try {
    const line = JSON.parse(message) as { event?: string; d1?: Cost }
    return line.event === undefined || line.d1 === undefined ? [] : [{ event: line.event, d1: line.d1 }]
  } catch {
    return [] // The platform's own lines are no JSON.
  }
}

function sum(costs: readonly Cost[]): Cost {
  const add = (member: keyof Cost): number => costs.reduce((total, cost) => total + cost[member], 0)
  return { roundTrips: add('roundTrips'), rowsRead: add('rowsRead'), rowsWritten: add('rowsWritten') }
}

/** The orders as bodies of imports. */
export function writeBodies(orders: readonly ImportLine[]): string[] {
  const bodies: string[] = []
  for (let from = 0; from < orders.length; from += MOST_LINES) {
    bodies.push(
      orders
        .slice(from, from + MOST_LINES)
        .map((order) => JSON.stringify(order))
        .join('\n'),
    )
  }
  return bodies
}
