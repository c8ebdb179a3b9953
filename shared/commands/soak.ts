import { parseArgs } from 'node:util'
import type { Harness } from '../../test/simulate/harness.ts'
import { startHarness } from '../../test/simulate/harness.ts'
import { runHistory } from '../../test/simulate/history.ts'
import { CommandFailure } from './command.ts'
import { formatTime } from './import-progress.ts'
import { spell } from './output.ts'
import { measureMemory } from './soak-memory.ts'

const USAGE = `npm run soak -- [options]

Keeps both apps under mixed load for a while, with faults: writes, imports, pulls, links, decisions, crashes, restores.
Every few hundred steps everything is checked: nothing may be lost. Figures are printed at the end.

  --minutes N   for so long (30)
  --seed N      decides what happens (1)`

/** So many steps are lived through before the faults end and everything is checked. */
const STEPS = 300
const MOST_SHOWN = 5

type Figures = { orders: number; pulls: number; steps: number; injected: Map<string, number>; failures: string[] }

/** Runs the soak; anything that is lost makes the exit code 1. */
export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: 'string', default: '30' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(USAGE)
    return
  }
  const [minutes, seed] = [Number(values.minutes), Number(values.seed)]
  if (!(minutes > 0) || !Number.isInteger(seed) || seed < 1) throw new CommandFailure(USAGE)
  const harness = await startHarness()
  try {
    const figures = await soak(harness, minutes * 60_000, seed)
    if (figures.failures.length > 0) process.exitCode = 1
  } finally {
    await harness.close()
  }
}

async function soak(harness: Harness, ms: number, seed: number): Promise<Figures> {
  const startedAt = performance.now()
  const figures: Figures = { orders: 0, pulls: 0, steps: 0, injected: new Map(), failures: [] }
  const before = measureMemory()
  for (let round = 0; performance.now() - startedAt < ms && figures.failures.length === 0; round += 1) {
    const left = (): boolean => performance.now() - startedAt < ms
    const result = await runHistory(harness, seed + round, () => undefined, { steps: STEPS, goOn: left })
    figures.orders += result.orders
    figures.pulls += result.pulls
    figures.steps += result.steps
    figures.failures.push(...result.failures)
    for (const [kind, times] of result.injected) figures.injected.set(kind, (figures.injected.get(kind) ?? 0) + times)
    const elapsed = (performance.now() - startedAt) / 1_000
    console.log(`${formatTime(elapsed)}  ${spell(figures.steps)} steps, ${spell(figures.orders)} orders, all checked`)
  }
  report(figures, before, (performance.now() - startedAt) / 1_000)
  return figures
}

function report({ orders, pulls, steps, injected, failures }: Figures, before: number, seconds: number): void {
  const kinds = [...injected].sort(([one], [other]) => one.localeCompare(other))
  for (const [kind, times] of kinds) console.log(`${spell(times).padStart(8)}  ${kind}`)
  const done = `${spell(orders)} orders, ${spell(pulls)} pulls, ${spell(steps)} steps in ${formatTime(seconds)} min`
  console.log(
    `${done}. Memory of all processes: ${megabytes(before)} at the start, ${megabytes(measureMemory())} at the end.`,
  )
  console.log(failures.length === 0 ? 'Nothing is lost.' : `BROKEN:\n${failures.slice(0, MOST_SHOWN).join('\n')}`)
}

function megabytes(bytes: number): string {
  return `${spell(Math.round(bytes / 1e6))} MB`
}
