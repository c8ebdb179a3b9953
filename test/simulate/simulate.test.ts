import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TARGETS } from './fault-steps.ts'
import { type Harness, startHarness } from '../../shared/simulator/harness.ts'
import { runHistory } from './history.ts'

/** Fixed, so that the same histories are lived through each time; more by `npm run simulate`. */
const SEEDS = Array.from({ length: 25 }, (_, index) => index + 1)
const TIMEOUT_MS = 60_000

let harness: Harness
const struckInAll = new Set<string>()
beforeAll(async () => {
  harness = await startHarness()
}, TIMEOUT_MS)
afterAll(() => harness.close())

describe('after a history of writes, pulls, decisions and faults, once the faults have ended', () => {
  it.each(SEEDS)('all guarantees hold (seed %i)', { timeout: TIMEOUT_MS }, async (seed) => {
    const steps: string[] = []
    const { failures, struck } = await runHistory(harness, seed, (line) => steps.push(line))
    for (const target of struck) struckInAll.add(target)
    expect(failures, `npm run simulate -- --replay ${seed}\n${steps.join('\n')}`).toEqual([])
  })

  // A fault that is aimed at a statement or a path that is no longer there strikes nothing, and shows nothing.
  it('has been struck by a fault at each target that faults have', () => {
    expect(TARGETS.filter((target) => !struckInAll.has(target))).toEqual([])
  })
})
