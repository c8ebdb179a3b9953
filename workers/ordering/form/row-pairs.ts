import { pairItems } from '../../../shared/contract/paired-items.ts'
import type { ChargeFields, LineFields } from './form.ts'

export type Row = LineFields | ChargeFields
export type List = 'lines' | 'charges'
/** A row of yours and the row of theirs that it stands for, by their places; undefined where there is none. */
export type Pair = { yours: number | undefined; theirs: number | undefined }

/** What makes two rows the same one although somebody changed it. */
const NAMES = { lines: 'sku', charges: 'description' } as const

/**
 * Which row stands for which: first those that say the same, then those of the same product or name. Yours in their
 * order, then those of theirs that stand for none of yours.
 */
export function pairRows(list: List, yours: readonly Row[], theirs: readonly Row[]): Pair[] {
  const partners = pairItems(yours, theirs, [JSON.stringify, (row) => nameOf(list, row)])
  const taken = new Set(partners.values())
  return [
    ...[...yours.keys()].map((place) => ({ yours: place, theirs: partners.get(place) })),
    ...[...theirs.keys()].filter((place) => !taken.has(place)).map((place) => ({ yours: undefined, theirs: place })),
  ]
}

function nameOf(list: List, row: Row): string {
  return new Map(Object.entries(row)).get(NAMES[list]) ?? ''
}
