import { setTimeout as wait } from 'node:timers/promises'
import { createTestHarness, type WorkerHandle } from 'wrangler'
import { ROOT } from '../project/project.ts'
import { BILLING_ORIGIN, configureWorkers, MINUTELY, ORDERING_ORIGIN, readMigrations } from './configuration.ts'
import type { BindingFault } from './fault.ts'
import { type RunningWorker, runningWorker } from './running-worker.ts'
import { SIMULATION_ORIGIN, type SimulationControl, type Strike } from './strike.ts'

const LOOK_EVERY_MS = 4

/** Both Workers with a faulty world between and below them. It starts once and is emptied for each history. */
export type Harness = Awaited<ReturnType<typeof startHarness>>
/** A Worker that also obeys the simulator. */
export type SimulatedWorker = RunningWorker & Simulated
type Simulated = ReturnType<typeof simulated>

/**
 * Starts both Workers and the relay between them. Their answers are not judged: rows that SQL has spoiled, and databases
 * that fail, are not what the documents of the APIs describe.
 * @param logLevel the least that they log
 */
export async function startHarness(logLevel = 'error') {
  const vars = { LOG_LEVEL: logLevel }
  const workers = await configureWorkers({ ordering: vars, billing: vars })
  const harness = createTestHarness({ root: ROOT, workers })
  await harness.listen()
  const [ordering, billing] = (['ordering', 'billing'] as const).map((name) => {
    const handle = harness.getWorker(name)
    const worker = runningWorker(handle, name === 'ordering' ? ORDERING_ORIGIN : BILLING_ORIGIN)
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
        ...workers.map((worker) => worker.empty(worker.migrations)),
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

/** What the simulator tells a Worker. */
export function simulated(handle: WorkerHandle) {
  async function command<Path extends keyof SimulationControl>(
    path: Path,
    what: SimulationControl[Path],
  ): Promise<unknown> {
    const response = await handle.fetch(SIMULATION_ORIGIN + path, { method: 'POST', body: JSON.stringify(what) })
    if (!response.ok) throw new Error(`Cannot simulate ${path}: ${response.status} ${await response.text()}`)
    return response.json()
  }

  /** Whether anything is held. */
  const isHolding = async (): Promise<boolean> => (await command('/held', null)) !== 0

  return {
    command,

    /** Lets what is held go on, and strikes what comes next. */
    async strike(...strikes: Strike[]): Promise<void> {
      await command('/strikes', strikes)
    },

    /** The texts that faults and strikes have matched since the last time. */
    listStruck: async (): Promise<string[]> => (await command('/struck', null)) as string[],

    isHolding,

    /** Resolves once something is held. */
    async untilHolding(): Promise<void> {
      while (!(await isHolding())) await wait(LOOK_EVERY_MS)
    },
  }
}
