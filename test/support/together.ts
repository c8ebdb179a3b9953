import { createTestHarness, type TestHarness } from 'wrangler'
import type { RunResult } from '../../workers/billing/sync/answers.ts'
import { ROOT } from '../../shared/project/project.ts'
import {
  BILLING_ORIGIN,
  configureWorkers,
  MINUTELY,
  ORDERING_ORIGIN,
  readMigrations,
} from '../../shared/simulator/configuration.ts'
import type { Vars } from '../../shared/simulator/control.ts'
import type { BindingFault } from '../../shared/simulator/fault.ts'
import { type RunningWorker, runningWorker } from '../../shared/simulator/running-worker.ts'
import { refuseUndescribed } from '../api/answer-check.ts'

export { BILLING_ORIGIN, ORDERING_ORIGIN }

/** One line of a Worker's log, as it was written. */
export type LogEvent = { level: string; event: string; time: string; [field: string]: unknown }
/** Vars that differ from the configuration files', by Worker, who asks, if not the development identity, and how often. */
export type Options = { ordering?: Vars; billing?: Vars; as?: string; writesAMinute?: number }
export type Together = Awaited<ReturnType<typeof start>>
type AppVars = { ordering: Vars; billing: Vars }

/** What the Workers read as they start; they read all other vars with each request. */
const READ_AT_START = new Set(['ROLES', 'SIGN_IN_ORIGINS'])
const PLAIN = JSON.stringify(splitOptions({}).atStart)
const running = new Map<string, Promise<Together>>()

/**
 * Both Workers from their configuration files, as if they had never run before. They start once for all test files of a
 * process; each test after the first finds them emptied, and with its vars. What a Worker reads as it starts, and who asks,
 * and how often, starts others beside them. The process's end closes all.
 */
export async function startTogether(options: Options = {}): Promise<Together> {
  const { atStart, vars } = splitOptions(options)
  const key = JSON.stringify(atStart)
  for (const other of running.keys()) if (other !== key && other !== PLAIN) await close(other)
  const starting = running.get(key) ?? start(atStart)
  running.set(key, starting)
  const together = await starting
  await together.reset(vars)
  return together
}

/** Ends all Workers, where a process started them that lives on. */
export async function closeRunning(): Promise<void> {
  for (const key of running.keys()) await close(key)
}

async function close(key: string): Promise<void> {
  const closing = running.get(key)
  running.delete(key)
  await (await closing)?.close()
}

/** Those of this harness run by other options from now on. */
async function keepAs(key: string, harness: TestHarness): Promise<void> {
  for (const [former, starting] of running) {
    if ((await starting).harness !== harness || former === key) continue
    if (running.has(key)) await close(key)
    running.delete(former)
    running.set(key, starting)
  }
}

function splitOptions({ ordering = {}, billing = {}, ...asking }: Options): { atStart: Options; vars: AppVars } {
  const isReadAtStart = ([name]: [string, unknown]): boolean => READ_AT_START.has(name)
  const pick = (vars: Vars): Vars => Object.fromEntries(Object.entries(vars).filter(isReadAtStart))
  return {
    atStart: { ordering: pick(ordering), billing: pick(billing), ...asking },
    vars: { ordering, billing },
  }
}

async function start(options: Options) {
  const harness = createTestHarness({ root: ROOT, workers: await configure(options) })
  await harness.listen()
  const ordering = runningWorker(harness.getWorker('ordering'), ORDERING_ORIGIN, refuseUndescribed('ordering'))
  const billing = runningWorker(harness.getWorker('billing'), BILLING_ORIGIN, refuseUndescribed('billing'))
  const relay = runningRelay(harness)
  const migrations = { ordering: readMigrations('ordering'), billing: readMigrations('billing') }

  /** Empties both databases and all Durable Objects, sets the vars, and ends every fault. */
  async function reset(vars: Partial<AppVars> = {}): Promise<void> {
    await Promise.all([
      ordering.empty(migrations.ordering, vars.ordering),
      billing.empty(migrations.billing, vars.billing),
      relay.fail(),
    ])
    harness.clearLogs()
  }

  return {
    ordering,
    billing,
    relay,
    harness,
    reset,

    /** Ends both Workers and starts them with these vars and as this person, over what they have stored. */
    async restart(others: Options): Promise<void> {
      const { atStart, vars } = splitOptions(others)
      await harness.update({ root: ROOT, workers: await configure(atStart) })
      await Promise.all([ordering.setVars(vars.ordering), billing.setVars(vars.billing)])
      await keepAs(JSON.stringify(atStart), harness)
    },

    /** One run of the pull, asked for by a person. */
    pull: () => pull(billing),

    /** One run of the pull, as the Cron Trigger starts it. */
    cron: () => harness.getWorker('billing').scheduled({ cron: MINUTELY, scheduledTime: new Date() }),

    /** Ordering's retention and refolding, as its Cron Trigger starts them. */
    runOrderingCron: () => harness.getWorker('ordering').scheduled({ cron: '17 * * * *', scheduledTime: new Date() }),

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

/** Everything is logged. */
function configure({ ordering = {}, billing = {}, ...asking }: Options) {
  const traced = { LOG_LEVEL: 'trace' }
  return configureWorkers({ ordering: { ...traced, ...ordering }, billing: { ...traced, ...billing }, ...asking })
}

/** What the Workers of a harness have logged, oldest first. */
export function readLog(harness: TestHarness): LogEvent[] {
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
