import { cpus, loadavg } from 'node:os'
import type { Figure, Goal, Measure } from './figure.ts'
import { isReached } from './figure.ts'

/** A whole run, as its JSON file holds it. */
export type Report = { kind: string; at: string; commit: string; machine: string; measures: Measure[] }

/** The machine in a line: figures are compared within one run, and this says on what it was made, beside what else. */
export function describeMachine(): string {
  const [load = 0] = loadavg()
  return `${cpus().length} cores at a load of ${load.toFixed(1)}, node ${process.version}`
}

/** The measures as a table for a terminal: every figure with its spread, every goal with what was reached. */
export function writeTable(measures: readonly Measure[]): string {
  return measures
    .map(({ name, unit, figures, goals }) =>
      [name, ...figureLines(figures, unit), ...goals.map(goalLine), ''].join('\n'),
    )
    .join('\n')
}

function figureLines(figures: readonly Figure[], unit: string): string[] {
  const width = Math.max(...figures.map(({ who }) => who.length))
  return figures.map(({ who, median, low, high, rounds }) => {
    const spread = rounds.length > 1 ? `  (${writeNumber(low)} to ${writeNumber(high)} in ${rounds.length} rounds)` : ''
    return `  ${who.padEnd(width)}  ${writeNumber(median).padStart(9)} ${unit}${spread}`
  })
}

function goalLine(goal: Goal): string {
  const { bound, goal: wanted, what, reached } = goal
  return `  ${isReached(goal) ? '✓' : '✗'} ${writeNumber(reached)}: ${bound} ${writeNumber(wanted)} ${what}`
}

/** Three digits that say something: 0.52, 21.4, 12,450. */
export function writeNumber(value: number): string {
  const digits = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}
