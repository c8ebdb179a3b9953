import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { seededRandom } from '../../shared/simulator/random.ts'
import type { Bounds, Explorer, Move } from './bounds.ts'
import type { Trace } from './trace.ts'

/** A history of some bounds, by a name. */
export type Found = { name: string; moves: readonly Move[]; bounds: Bounds }

/** Some of all that is offered, each with the same chance, drawn by a seed. */
export class Drawn<T> {
  readonly #most: number
  readonly #random
  readonly #kept: T[] = []
  #offered = 0

  constructor(most: number, seed: number) {
    this.#most = most
    this.#random = seededRandom(seed)
  }

  /** Offers one more; it is only made where it is kept, at least for now. */
  offer(make: () => T): void {
    this.#offered += 1
    const place = this.#kept.length < this.#most ? this.#kept.length : this.#random.below(this.#offered)
    if (place < this.#most) this.#kept[place] = make()
  }

  /** Those that were drawn, in an order that says nothing. */
  get all(): readonly T[] {
    const left = [...this.#kept]
    return this.#kept.flatMap(() => left.splice(this.#random.below(left.length), 1))
  }
}

/** What was written down, and why what was not was left out, with how often. */
export type Written = { traces: number; left: Map<string, number> }

/**
 * Writes histories into a folder as traces, a file each, until there are `most`. `found` is what they were found with; how
 * they end is what the module as it is says.
 */
export async function writeTraces(
  folder: string,
  histories: readonly Found[],
  most: number,
  { found, asItIs }: { found: Explorer; asItIs: Explorer },
): Promise<Written> {
  const left = new Map<string, number>()
  let traces = 0
  await mkdir(folder, { recursive: true })
  for (const { name, moves, bounds } of histories) {
    if (traces === most) break
    const actions = await found.recordActions(moves, bounds)
    const ends = 'notTraceable' in actions ? actions : await asItIs.followActions(actions)
    if ('notTraceable' in actions || 'notTraceable' in ends) {
      const why = 'notTraceable' in actions ? actions.notTraceable : 'notTraceable' in ends ? ends.notTraceable : ''
      left.set(why, (left.get(why) ?? 0) + 1)
      continue
    }
    const { end, settled, broken } = ends
    if (broken.length > 0) throw new Error(`The module as it is falls by ${name}: ${broken.join(' ')}`)
    const story = await found.tell({ moves, broken: [], showsLater: false }, bounds)
    traces += 1
    const trace: Trace = { name, story, actions, end, settled }
    await writeFile(join(folder, `${name.replaceAll(/\W+/g, '-')}.json`), `${JSON.stringify(trace, null, 1)}\n`)
  }
  return { traces, left }
}
