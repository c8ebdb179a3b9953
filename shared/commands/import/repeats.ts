import { createHash } from 'node:crypto'
import { readId } from '../../files/ndjson.ts'
import { readRecords } from './batch.ts'
import type { Kind } from './kind.ts'

/** The member that names a record of each kind. */
const ID_MEMBERS = { orders: 'externalId', customers: 'id', products: 'sku' } as const

/** For each id that the file has in several lines, the number of the last of them: that one counts. */
export type LastLines = ReadonlyMap<string, number>

/**
 * Looks over the whole file for ids that stand in several lines. It holds 8 bytes for each line, a digest of its id, and
 * only the ids themselves that are there more than once: two ids of one digest are told apart on a second reading.
 */
export async function findLastLines(file: string, kind: Kind): Promise<LastLines> {
  const digests = new Digests()
  for await (const { record } of readRecords(file)) {
    const id = readId(record, ID_MEMBERS[kind])
    if (id !== null) digests.add(digest(id))
  }
  const repeated = digests.listRepeated()
  if (repeated.size === 0) return new Map()
  const last = new Map<string, number>()
  const several = new Set<string>()
  for await (const { nr, record } of readRecords(file)) {
    const id = readId(record, ID_MEMBERS[kind])
    if (id === null || !repeated.has(digest(id))) continue
    if (last.has(id)) several.add(id)
    last.set(id, nr)
  }
  return new Map([...last].filter(([id]) => several.has(id)))
}

/** Whether a later line of the file has the record's id. */
export function isSuperseded(record: unknown, nr: number, kind: Kind, last: LastLines): boolean {
  const id = last.size === 0 ? null : readId(record, ID_MEMBERS[kind])
  return id !== null && nr < (last.get(id) ?? 0)
}

function digest(id: string): bigint {
  return createHash('sha256').update(id).digest().readBigUInt64LE()
}

/** Numbers of 64 bits, in an array that grows. */
class Digests {
  #kept = new BigUint64Array(1_024)
  #count = 0

  add(value: bigint): void {
    if (this.#count === this.#kept.length) {
      const grown = new BigUint64Array(2 * this.#count)
      grown.set(this.#kept)
      this.#kept = grown
    }
    this.#kept[this.#count] = value
    this.#count += 1
  }

  listRepeated(): Set<bigint> {
    const sorted = this.#kept.subarray(0, this.#count).sort()
    return new Set(sorted.filter((value, index) => index > 0 && value === sorted[index - 1]))
  }
}
