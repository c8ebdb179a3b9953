import type { Answer } from './running-worker.ts'
import type { Harness } from './harness.ts'
import { createMemory, type Memory } from './memory.ts'
import { type Random, seededRandom } from './random.ts'

/** One history: both apps, the chances that drive it, and what was seen and injected in it. */
export type World = Harness & {
  random: Random
  memory: Memory
  /** What was injected, by kind. */
  injected: Map<string, number>
  /** Since faults were planted last, an app may answer 5xx. */
  mayFail: boolean
  /** How many runs of the pull were begun. */
  pulls: number
  /** The moments that either database can be put back to, and how often one was. */
  moments: number
  restores: number
  /** The Workers' clocks are so far ahead of the machine's. */
  clockMs: number
  /** Something was done to a database that only a comparison can find. */
  driftExpected: boolean
  /** What waits for something held to be released. */
  pending: Promise<unknown>[]
  /** Texts that the imports and amendments write, each its own. */
  nextText: () => string
  tell: (line: string) => void
  inject: (kind: string) => void
}

/** Every history begins at this instant by the Workers' clocks. */
const BEGINNING = Date.parse('2026-10-05T08:00:00Z')

/** A world as it is before anything has happened. `tell` is handed each step in words. */
export function createWorld(harness: Harness, seed: number, tell: (line: string) => void): World {
  const injected = new Map<string, number>()
  let texts = 0
  return {
    ...harness,
    random: seededRandom(seed),
    memory: createMemory(),
    injected,
    mayFail: false,
    pulls: 0,
    moments: 0,
    restores: 0,
    clockMs: BEGINNING - Date.now(),
    driftExpected: false,
    pending: [],
    nextText: () => `text ${(texts += 1)}`,
    tell,
    inject: (kind) => injected.set(kind, (injected.get(kind) ?? 0) + 1),
  }
}

/** Moves the Workers' clocks on by so much, or back. */
export async function moveClocks(world: World, ms: number): Promise<void> {
  world.clockMs += ms
  const offset = { offsetMs: world.clockMs }
  await Promise.all([world.ordering, world.billing].map((worker) => worker.command('/clock', offset)))
}

/**
 * The answer's status. One that is not right here is a violation, but for a 5xx after faults, and a 409 or 412 where a
 * write was done whose answer was lost.
 */
export function expectStatus(world: World, what: string, { status }: Answer, ...right: number[]): number {
  const failed = world.mayFail && (status >= 500 || status === 409 || status === 412)
  if (!failed && !right.includes(status)) world.memory.violations.push(`${what} answered ${status}`)
  return status
}

/** An order number that somebody knows, most often one that exists. */
export function pickOrderNumber({ memory, random }: World): number {
  const known = memory.orderNumbers()
  // Late orders are the ones that things still happen to.
  const recent = random.percent(60) ? known.slice(-6) : known
  return random.pick(recent) ?? 1
}
