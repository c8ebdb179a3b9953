import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { startHarness } from '../../shared/simulator/harness.ts'
import { type HistoryResult, runHistory } from './history.ts'
import { readWhole } from '../../shared/commands/support/arguments.ts'
import { CommandFailure, defineCommand } from '../../shared/commands/support/command.ts'
import { count, spell } from '../../shared/commands/support/output.ts'
import { runShipmentHistory } from '../shipments/history.ts'
import { startShipments } from '../shipments/world.ts'
import { startTally } from './tally.ts'
import { replayTrace } from './replay.ts'
import type { Trace } from '../explore/trace.ts'

const USAGE = `npm run simulate -- [options]

Runs seeded histories on the real Workers, in a world that fails: lost, late, doubled and torn answers, crashes,
clock jumps, restores, records out of contract. After each, the guarantees are checked. One that fails is named by its
seed, by which it comes again. Ctrl-C ends it with the figures so far.

  --of shipments  those of the example in test/examples/shipments (orders)
  --histories N   the number of histories (100)
  --seed N        the seed of the first; each next one is one higher (1)
  --minutes N     begin none after this many minutes (60)
  --first-failure end with the first history that fails
  --replay SEED   run one history and print each step
  --trace PATH    instead: live histories of the explorer through (npm run explore -- --out FOLDER), one file or a folder of
                  them; each must end as the explorer has said`

/** Runs the histories; any that fails makes the exit code 1. */
export const command = defineCommand({
  usage: USAGE,
  options: {
    of: { type: 'string', default: 'orders' },
    histories: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '60' },
    'first-failure': { type: 'boolean', default: false },
    replay: { type: 'string' },
    trace: { type: 'string' },
  },
  async act(values) {
    if (values.trace !== undefined) {
      if ((await replayTraces(values.trace, readWhole('--minutes', values.minutes))) > 0) process.exitCode = 1
      return
    }
    const { live, close } = await openWorld(values.of)
    try {
      const failed =
        values.replay === undefined
          ? await runMany(live, {
              histories: readWhole('--histories', values.histories),
              first: readWhole('--seed', values.seed),
              minutes: readWhole('--minutes', values.minutes),
              toFirstFailure: values['first-failure'],
            })
          : await replay(live, readWhole('--replay', values.replay))
      if (failed > 0) process.exitCode = 1
    } finally {
      await close()
    }
  },
})

type Plan = { histories: number; first: number; minutes: number; toFirstFailure: boolean }

/** Returns how many failed. */
async function runMany(live: Live, { histories, first, minutes, toFirstFailure }: Plan): Promise<number> {
  const deadline = performance.now() + minutes * 60_000
  const tally = startTally(histories, process.stdout)
  // The harness ends this process itself once a signal tells it to.
  process.once('exit', () => console.log(tally.end()))
  for (let done = 0; done < histories && performance.now() < deadline; done += 1) {
    const result = await live(first + done, () => undefined)
    tally.add(result)
    if (result.failures.length === 0) continue
    tally.tell(describeFailure(result))
    if (toFirstFailure) break
  }
  return tally.failed()
}

async function replay(live: Live, seed: number): Promise<number> {
  let step = 0
  const result = await live(seed, (line) => console.log(`${String((step += 1)).padStart(4)}  ${line}`))
  if (result.failures.length === 0) {
    console.log(`\nSeed ${seed}: all guarantees hold after ${count(result.steps, 'step')}.`)
    return 0
  }
  console.log(`\n${describeFailure(result)}`)
  return 1
}

/** After how many histories of the explorer a line says how far it is. */
const TOLD_EACH = 50

/** Replays the traces in a file or in a folder, and begins none after so many minutes; returns how many ended otherwise. */
async function replayTraces(path: string, minutes: number): Promise<number> {
  const traces = await readTraces(path)
  const harness = await startHarness()
  const begunAt = performance.now()
  let done = 0
  let otherwise = 0
  // The harness ends this process itself once a signal tells it to.
  process.once('exit', () => {
    const seconds = spell(Math.round((performance.now() - begunAt) / 1000))
    console.log(
      `${spell(done)} histories replayed in ${seconds} s: ${spell(done - otherwise)} ended as the explorer said.`,
    )
  })
  try {
    for (const trace of traces) {
      if (performance.now() - begunAt > minutes * 60_000) break
      // One that throws has failed as well.
      const found = await replayTrace(harness, trace).catch((error: unknown) => [String(error)])
      done += 1
      if (done % TOLD_EACH === 0) console.log(`${spell(done)} of ${spell(traces.length)} histories replayed`)
      if (found.length === 0) continue
      otherwise += 1
      console.log([`OTHERWISE  ${trace.name}`, ...trace.story, ...found].join('\n    '))
    }
  } finally {
    await harness.close()
  }
  return otherwise
}

async function readTraces(path: string): Promise<Trace[]> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) throw new CommandFailure(`--trace needs a file or a folder; there is no ${path}.`)
  const names = found.isDirectory() ? (await readdir(path)).sort().map((name) => join(path, name)) : [path]
  return Promise.all(names.map(async (name) => JSON.parse(await readFile(name, 'utf8')) as Trace))
}

/** Lives one history through. One that throws has failed as well: no step may. */
type Live = (seed: number, tell: (line: string) => void) => Promise<HistoryResult>

async function openWorld(of: string): Promise<{ live: Live; close: () => Promise<void> }> {
  switch (of) {
    case 'orders': {
      const harness = await startHarness()
      return { live: caught((seed, tell) => runHistory(harness, seed, tell)), close: harness.close }
    }
    case 'shipments': {
      const shipments = await startShipments()
      return { live: caught((seed, tell) => runShipmentHistory(shipments, seed, tell)), close: shipments.close }
    }
    default:
      throw new CommandFailure(`--of is orders or shipments, not ${of}`)
  }
}

function caught(live: Live): Live {
  return async (seed, tell) => {
    try {
      return await live(seed, tell)
    } catch (error) {
      const why = error instanceof Error ? (error.stack ?? error.message) : String(error)
      return { seed, steps: 0, orders: 0, pulls: 0, failures: [why], injected: new Map(), struck: new Set() }
    }
  }
}

function describeFailure({ seed, failures }: HistoryResult): string {
  const shown = failures.slice(0, 5).map((failure) => `    ${failure}`)
  const more = failures.length > shown.length ? [`    and ${spell(failures.length - shown.length)} more`] : []
  return [`FAILED  seed ${seed}; again with: npm run simulate -- --replay ${seed}`, ...shown, ...more].join('\n')
}
