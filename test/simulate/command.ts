import { startHarness } from '../../shared/simulator/harness.ts'
import { type HistoryResult, runHistory } from './history.ts'
import { readWhole } from '../../shared/commands/support/arguments.ts'
import { CommandFailure, defineCommand } from '../../shared/commands/support/command.ts'
import { count, spell } from '../../shared/commands/support/output.ts'
import { runShipmentHistory } from '../shipments/history.ts'
import { startShipments } from '../shipments/world.ts'
import { startTally } from './tally.ts'

const USAGE = `npm run simulate -- [options]

Runs seeded histories on the real Workers, in a world that fails: lost, late, doubled and torn answers, crashes,
clock jumps, restores, records out of contract. After each, the guarantees are checked. One that fails is named by its
seed, by which it comes again. Ctrl-C ends it with the figures so far.

  --of shipments  those of the example in test/examples/shipments (orders)
  --histories N   the number of histories (100)
  --seed N        the seed of the first; each next one is one higher (1)
  --minutes N     begin none after this many minutes (60)
  --first-failure end with the first history that fails
  --replay SEED   run one history and print each step`

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
  },
  async act(values) {
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
