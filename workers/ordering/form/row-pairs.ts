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
  const partners = new Map<number, number>()
  const free = new Set(theirs.keys())
  for (const isSame of [sameRow, (one: Row, other: Row) => nameOf(list, one) === nameOf(list, other)]) {
    for (const [place, row] of yours.entries()) {
      if (partners.has(place)) continue
      const partner = [...free].find((candidate) => isSame(row, theirs[candidate] ?? row))
      if (partner === undefined) continue
      partners.set(place, partner)
      free.delete(partner)
    }
  }
  return [
    ...[...yours.keys()].map((place) => ({ yours: place, theirs: partners.get(place) })),
    ...[...free].map((place) => ({ yours: undefined, theirs: place })),
  ]
}

function sameRow(one: Row, other: Row): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function nameOf(list: List, row: Row): string {
  return new Map(Object.entries(row)).get(NAMES[list]) ?? ''
}
