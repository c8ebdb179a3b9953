import type { HistoryResult } from '../simulate/history.ts'
import { formatTime } from '../../shared/commands/support/progress.ts'
import { spell } from '../../shared/commands/support/output.ts'
import type { MemoryByProcess } from './memory.ts'

const MOST_SHOWN = 5

/** What the rounds of a soak have come to. `failures` are those of the last one; its seed lives it through again. */
export type SoakFigures = {
  orders: number
  pulls: number
  steps: number
  injected: Map<string, number>
  failures: string[]
  seed: number
}

export function noFigures(seed: number): SoakFigures {
  return { orders: 0, pulls: 0, steps: 0, injected: new Map(), failures: [], seed }
}

/** Adds what a round has come to. */
export function addRound(
  figures: SoakFigures,
  { seed, orders, pulls, steps, injected, failures }: HistoryResult,
): void {
  figures.orders += orders
  figures.pulls += pulls
  figures.steps += steps
  figures.failures = failures
  figures.seed = seed
  for (const [kind, times] of injected) figures.injected.set(kind, (figures.injected.get(kind) ?? 0) + times)
}

/** One line after a round. */
export function describeProgress(figures: SoakFigures, memory: MemoryByProcess, seconds: number): string {
  const outcome = figures.failures.length === 0 ? 'all checked' : `BROKEN in the round of seed ${figures.seed}`
  const done = `${spell(figures.steps)} steps, ${spell(figures.orders)} orders`
  return `${formatTime(seconds)}  ${done}, ${spell(megabytes(sum(memory)))} MB, ${outcome}`
}

/** The figures of a soak that has ended, in lines. */
export function describeSoak(
  figures: SoakFigures,
  memory: { before: MemoryByProcess; after: MemoryByProcess },
  seconds: number,
): string {
  const { orders, pulls, steps, injected, failures, seed } = figures
  const kinds = [...injected].sort(([one], [other]) => one.localeCompare(other))
  return [
    ...kinds.map(([kind, times]) => `${spell(times).padStart(8)}  ${kind}`),
    `${spell(orders)} orders, ${spell(pulls)} pulls, ${spell(steps)} steps in ${formatTime(seconds)} min.`,
    `Memory at the start: ${describeMemory(memory.before)}.`,
    `Memory at the end: ${describeMemory(memory.after)}.`,
    ...(failures.length === 0
      ? ['Nothing is lost.']
      : [
          `BROKEN; again with: npm run soak -- --seed ${seed}`,
          ...failures.slice(0, MOST_SHOWN).map((failure) => `    ${failure}`),
        ]),
  ].join('\n')
}

function describeMemory(memory: MemoryByProcess): string {
  const processes = [...memory].sort(([one], [other]) => one.localeCompare(other))
  const each = processes.map(([name, bytes]) => `${name} ${spell(megabytes(bytes))} MB`)
  return `${spell(megabytes(sum(memory)))} MB (${each.join(', ')})`
}

function sum(memory: MemoryByProcess): number {
  return [...memory.values()].reduce((total, bytes) => total + bytes, 0)
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6)
}
