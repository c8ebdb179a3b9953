import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MODEL_SCENARIOS } from '../../shared/commands/scenario/models.ts'
import { OUTAGE_SCENARIOS } from '../../shared/commands/scenario/outages.ts'
import { RECOVERY_SCENARIOS } from '../../shared/commands/scenario/recoveries.ts'
import { checkStage, createStage } from '../../shared/commands/scenario/stage.ts'
import { type Harness, startHarness } from '../../shared/simulator/harness.ts'

const SCENARIOS = { ...OUTAGE_SCENARIOS, ...RECOVERY_SCENARIOS }

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.close())

describe('a scenario on both apps', () => {
  it.each([
    ['ordering-away', 'The link of order 2 answers 503: Ordering is unavailable'],
    ['billing-away', 'Billing pulls: ok, 3 new.'],
    ['ordering-erring', 'Billing pulls: failed. Ordering does not answer: It answered 500.'],
    ['billing-database-erring', 'It changed nothing: the token was no longer the one that it began at.'],
    ['ordering-restored', 'Approving the invoice of order 2 answers 409: Ordering no longer has order 2.'],
    ['billing-restored', 'The invoice of order 1 is Approved, 2026-000001.'],
    ['poison-record', 'Billing pulls: ok, 1 new, 1 set aside.'],
    ['overlapping-crons', 'Billing pulls: skipped.'],
  ])('%s shows: %s', async (name, shown) => {
    await harness.reset()
    const told: string[] = []
    const stage = createStage(harness, (line) => told.push(line))
    await SCENARIOS[name]?.play(stage)
    expect(await checkStage(stage)).toEqual([])
    // The year of an invoice number is that of the machine's clock.
    expect(told.map((line) => line.replace(/ \d{4}-(?=\d{6})/, ' 2026-'))).toContain(shown)
  })

  it('is played here, whichever there is', () => {
    expect(Object.keys(SCENARIOS)).toHaveLength(8)
  })
})

describe('a design that loses an order', () => {
  it.each(Object.entries(MODEL_SCENARIOS))('%s loses one before one’s eyes', (_, { play }) => {
    const told: string[] = []
    play((line) => told.push(line))
    expect(told).toContainEqual(expect.stringContaining('is LOST: no later read will bring it.'))
  })
})
