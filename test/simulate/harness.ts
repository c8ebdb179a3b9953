import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTestHarness, experimental_readRawConfig, unstable_splitSqlQuery, type WorkerHandle } from 'wrangler'
import type { BindingFault } from '../support/fault.ts'
import { type RunningWorker, runningWorker } from '../support/running-worker.ts'
import { BILLING_ORIGIN, ORDERING_ORIGIN } from '../support/together.ts'
import { SIMULATION_ORIGIN, type SimulationControl, type Strike } from './strike.ts'

const ROOT = join(import.meta.dirname, '../..')
const MINUTELY = '* * * * *'

/** Both Workers with a faulty world between and below them. It starts once and is emptied for each history. */
export type Harness = Awaited<ReturnType<typeof startHarness>>
/** A Worker that also obeys the simulator. */
export type SimulatedWorker = RunningWorker & Simulated
type Simulated = ReturnType<typeof simulated>

/** Rows that SQL has spoiled, and databases that fail, are not what the documents of the APIs describe. */
const judgeNothing = (): Promise<void> => Promise.resolve()

/** Starts both Workers and the relay between them. `logLevel`: the least that they log. */
export async function startHarness(logLevel = 'error') {
  const harness = createTestHarness({ root: ROOT, workers: configure(logLevel) })
  await harness.listen()
  const [ordering, billing] = (['ordering', 'billing'] as const).map((name) => {
    const handle = harness.getWorker(name)
    const worker = runningWorker(handle, name === 'ordering' ? ORDERING_ORIGIN : BILLING_ORIGIN, judgeNothing)
    return { ...worker, ...simulated(handle), migrations: readMigrations(name) }
  }) as [SimulatedWorker & { migrations: string[] }, SimulatedWorker & { migrations: string[] }]
  const relayHandle = harness.getWorker('relay')
  const relay = {
    ...simulated(relayHandle),

    /** Lets ordering fail billing over the binding, in this order, from now on; none ends it. */
    async fail(...faults: BindingFault[]): Promise<void> {
      await relayHandle.fetch('/', { method: 'PUT', body: JSON.stringify(faults) })
    },
  }

  return {
    ordering,
    billing,
    relay,

    /** Empties both databases and all Durable Objects, ends every fault and sets the clocks. */
    async reset(): Promise<void> {
      const workers = [ordering, billing]
      await Promise.all([...workers, relay].map((worker) => worker.strike()))
      await Promise.all([
        ...workers.map((worker) => worker.recreate(worker.migrations)),
        ...workers.map((worker) => worker.command('/clock', { offsetMs: 0 })),
        relay.fail(),
        relay.command('/shown', null),
      ])
      harness.clearLogs()
    },

    /** One run of the pull, as the Cron Trigger starts it. */
    cron: async (): Promise<void> => {
      await harness.getWorker('billing').scheduled({ cron: MINUTELY, scheduledTime: new Date() })
    },

    /** What the Workers have logged since the start of the history. */
    log: (): string[] => harness.getLogs().map(({ message }) => message),

    close: () => harness.close(),
  }
}

function simulated(handle: WorkerHandle) {
  async function command<Path extends keyof SimulationControl>(
    path: Path,
    what: SimulationControl[Path],
  ): Promise<unknown> {
    const response = await handle.fetch(SIMULATION_ORIGIN + path, { method: 'POST', body: JSON.stringify(what) })
    if (!response.ok) throw new Error(`Cannot simulate ${path}: ${response.status} ${await response.text()}`)
    return response.json()
  }

  return {
    command,

    /** Lets what is held go on, and strikes what comes next. */
    async strike(...strikes: Strike[]): Promise<void> {
      await command('/strikes', strikes)
    },

    /** Whether anything is held. */
    isHolding: async (): Promise<boolean> => (await command('/held', null)) !== 0,
  }
}

function configure(logLevel: string) {
  const ordering = readWorker('ordering', logLevel)
  const billing = readWorker('billing', logLevel)
  const relay = {
    name: 'relay',
    main: join(ROOT, 'test/support/workers/simulated-relay.ts'),
    compatibility_date: ordering.compatibility_date,
    services: [{ binding: 'ORDERING', service: 'ordering', entrypoint: 'OrderService' }],
  }
  const services = [{ binding: 'ORDERING', service: 'relay', entrypoint: 'SimulatedRelay' }]
  return [{ config: ordering }, { config: { ...billing, services } }, { config: relay }]
}

/** What the configuration files hold that is read here; wrangler ships no types for them. */
type WorkerFile = { name: string; compatibility_date: string; vars: Record<string, string | number> }

function readWorker(name: string, logLevel: string) {
  const file = join(ROOT, `wrangler.${name}.toml`)
  // oxlint-disable-next-line typescript/no-unsafe-call -- wrangler's types for it are in a package that it does not ship
  const { rawConfig } = experimental_readRawConfig({ config: file }) as { rawConfig: WorkerFile }
  const main = join(ROOT, 'test', name, 'in-simulation.ts')
  return { ...rawConfig, main, vars: { ...rawConfig.vars, LOG_LEVEL: logLevel } }
}

function readMigrations(name: string): string[] {
  const directory = join(ROOT, 'workers', name, 'migrations')
  const files = readdirSync(directory).filter((file) => file.endsWith('.sql'))
  return files.sort().flatMap((file) => unstable_splitSqlQuery(readFileSync(join(directory, file), 'utf8')))
}
