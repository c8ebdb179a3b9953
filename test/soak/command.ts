import { type Harness, startHarness } from '../../shared/simulator/harness.ts'
import { type HistoryResult, runHistory } from '../simulate/history.ts'
import { readWhole } from '../../shared/commands/support/arguments.ts'
import { CommandFailure, defineCommand } from '../../shared/commands/support/command.ts'
import { measureMemory } from './memory.ts'
import { addRound, describeProgress, describeSoak, noFigures, type SoakFigures } from './report.ts'

const USAGE = `npm run soak -- [options]

Keeps both apps under mixed load for a while, with faults: writes, imports, pulls, links, decisions, crashes, restores.
Every few hundred steps everything is checked: nothing may be lost. Figures are printed at the end. Memory rises at
first: workerd collects garbage late. A Worker that runs one statement of D1 levels off at about 20,000 requests.

  --minutes N   for so long (30)
  --seed N      decides what happens (1)`

/** How many steps run before the faults end and everything is checked. */
const STEPS = 300

/** Runs the soak; anything that is lost makes the exit code 1. */
export const command = defineCommand({
  usage: USAGE,
  options: {
    minutes: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
  },
  async act(values) {
    const [minutes, seed] = [Number(values.minutes), readWhole('--seed', values.seed)]
    // A part of a minute is a length, too.
    if (!(minutes > 0)) throw new CommandFailure(USAGE)
    const harness = await startHarness()
    try {
      const figures = await soak(harness, minutes * 60_000, seed)
      if (figures.failures.length > 0) process.exitCode = 1
    } finally {
      await harness.close()
    }
  },
})

async function soak(harness: Harness, ms: number, seed: number): Promise<SoakFigures> {
  const startedAt = performance.now()
  const elapsed = (): number => performance.now() - startedAt
  const figures = noFigures(seed)
  const before = measureMemory()
  for (let round = 0; elapsed() < ms && figures.failures.length === 0; round += 1) {
    addRound(figures, await live(harness, seed + round, () => elapsed() < ms))
    console.log(describeProgress(figures, measureMemory(), elapsed() / 1_000))
  }
  console.log(describeSoak(figures, { before, after: measureMemory() }, elapsed() / 1_000))
  return figures
}

/** A round that throws has failed as well: the figures of those before it are told all the same. */
async function live(harness: Harness, seed: number, goOn: () => boolean): Promise<HistoryResult> {
  try {
    return await runHistory(harness, seed, () => undefined, { steps: STEPS, goOn })
  } catch (error) {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { seed, steps: 0, orders: 0, pulls: 0, failures: [why], injected: new Map(), struck: new Set() }
  }
}
