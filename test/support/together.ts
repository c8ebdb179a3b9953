import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTestHarness, experimental_readRawConfig, type TestHarness, unstable_splitSqlQuery } from 'wrangler'
import type { RunResult } from '../../workers/billing/pull-run.ts'
import { closeAtEnd } from './closing.ts'
import type { BindingFault } from './fault.ts'
import { type RunningWorker, runningWorker } from './running-worker.ts'

// Tests are offline: else the harness asks where in the world this machine is.
process.env['CLOUDFLARE_CF_FETCH_ENABLED'] = 'false'
process.env['WRANGLER_LOG'] = 'warn'

export const ORDERING_ORIGIN = 'http://localhost:8787'
export const BILLING_ORIGIN = 'http://localhost:8788'
const ROOT = join(import.meta.dirname, '../..')
const MINUTELY = '* * * * *'

/** One line of a Worker's log, as it was written. */
export type LogEvent = { level: string; event: string; time: string; [field: string]: unknown }
/** Vars that differ from the configuration files', by Worker. */
export type Options = { ordering?: Record<string, string | number>; billing?: Record<string, string | number> }
export type Together = Awaited<ReturnType<typeof start>>

type Started = { options: string; together: Promise<Together> }
let running: Started | undefined

/**
 * Both Workers from their configuration files, as if they had never run before. They start once for a test file and
 * are emptied for each test after the first; other vars start them anew. The file's end closes them.
 */
export async function startTogether(options: Options = {}): Promise<Together> {
  const asked = JSON.stringify(options)
  if (running?.options === asked) {
    const together = await running.together
    await together.reset()
    return together
  }
  if (running === undefined) closeAtEnd(closeRunning)
  await closeRunning()
  running = { options: asked, together: start(options) }
  return running.together
}

async function closeRunning(): Promise<void> {
  const closing = running
  running = undefined
  await (await closing?.together)?.close()
}

async function start(options: Options) {
  const harness = createTestHarness({ root: ROOT, workers: configure(options) })
  await harness.listen()
  const ordering = runningWorker(harness.getWorker('ordering'), ORDERING_ORIGIN)
  const billing = runningWorker(harness.getWorker('billing'), BILLING_ORIGIN)
  const relay = runningRelay(harness)
  const migrations = { ordering: readMigrations('ordering'), billing: readMigrations('billing') }

  /** Empties both databases and all Durable Objects, and ends every fault. */
  async function reset(): Promise<void> {
    await Promise.all([ordering.recreate(migrations.ordering), billing.recreate(migrations.billing), relay.fail()])
    harness.clearLogs()
  }

  await reset()
  return {
    ordering,
    billing,
    relay,
    harness,
    reset,

    /** One run of the pull, asked for by a person. */
    pull: () => pull(billing),

    /** One run of the pull, as the Cron Trigger starts it. */
    cron: () => harness.getWorker('billing').scheduled({ cron: MINUTELY, scheduledTime: new Date() }),

    /** What both have logged since the start or the last reset, oldest first; only this event's lines if it is named. */
    log: (event?: string): LogEvent[] => readLog(harness).filter((line) => event === undefined || line.event === event),

    close: () => harness.close(),
  }
}

async function pull(billing: RunningWorker): Promise<RunResult> {
  const response = await billing.send('POST', '/api/sync/run')
  if (response.status !== 200) throw new Error(`Cannot pull: ${response.status} ${await response.text()}`)
  return (await response.json()) as RunResult
}

function runningRelay(harness: TestHarness) {
  const handle = harness.getWorker('relay')
  return {
    /** Lets ordering fail billing over the binding, in this order, from now on; none ends it. */
    async fail(...faults: BindingFault[]): Promise<void> {
      await handle.fetch('/', { method: 'PUT', body: JSON.stringify(faults) })
    },

    /** What billing has asked ordering since the last time this was called: `GET /orders?limit=500`. */
    async calls(): Promise<string[]> {
      return (await (await handle.fetch('/')).json()) as string[]
    },
  }
}

/**
 * The Workers' configurations as their files have them, but for this: each runs with its control round it, billing
 * reaches ordering by way of the relay, and everything is logged.
 */
function configure(options: Options) {
  const ordering = readWorker('ordering', options.ordering)
  const billing = readWorker('billing', options.billing)
  const services = [{ binding: 'ORDERING', service: 'relay', entrypoint: 'OrderRelay' }]
  const relay = {
    name: 'relay',
    main: join(import.meta.dirname, 'workers/ordering-relay.ts'),
    compatibility_date: ordering.compatibility_date,
    services: [{ binding: 'ORDERING', service: 'ordering', entrypoint: 'OrderService' }],
  }
  return [{ config: ordering }, { config: { ...billing, services } }, { config: relay }]
}

/** What the configuration files hold that is read here; wrangler ships no types for them. */
type WorkerFile = {
  name: string
  compatibility_date: string
  vars: Record<string, string | number>
}

function readWorker(name: string, vars: Record<string, string | number> = {}) {
  const file = join(ROOT, `wrangler.${name}.toml`)
  // oxlint-disable-next-line typescript/no-unsafe-call -- wrangler's types for it are in a package that it does not ship
  const { rawConfig } = experimental_readRawConfig({ config: file }) as { rawConfig: WorkerFile }
  return {
    ...rawConfig,
    main: join(ROOT, 'test', name, 'under-test.ts'),
    vars: { ...rawConfig.vars, LOG_LEVEL: 'trace', ...vars },
  }
}

function readMigrations(name: string): string[] {
  const directory = join(ROOT, 'workers', name, 'migrations')
  const files = readdirSync(directory).filter((file) => file.endsWith('.sql'))
  return files.sort().flatMap((file) => unstable_splitSqlQuery(readFileSync(join(directory, file), 'utf8')))
}

function readLog(harness: TestHarness): LogEvent[] {
  return harness.getLogs().flatMap(({ message }) => {
    try {
      const line: unknown = JSON.parse(message)
      return isLogEvent(line) ? [line] : []
    } catch {
      return [] // The platform's own lines are no JSON.
    }
  })
}

function isLogEvent(line: unknown): line is LogEvent {
  return typeof line === 'object' && line !== null && 'event' in line && 'level' in line
}
