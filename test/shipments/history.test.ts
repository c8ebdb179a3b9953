import { afterAll, expect, it } from 'vitest'
import { runShipmentHistory, TARGETS } from './history.ts'
import { startShipments } from './world.ts'

const SEEDS = Array.from({ length: 25 }, (_, index) => index + 1)
const shipments = await startShipments()
const struckInAll = new Set<string>()
afterAll(() => shipments.close())

it.each(SEEDS)(
  'after a history of shipments, parcels, pulls and faults both sides agree (seed %i)',
  async (seed) => {
    const steps: string[] = []
    const { failures, struck } = await runShipmentHistory(shipments, seed, (line) => steps.push(line))
    for (const target of struck) struckInAll.add(target)
    if (failures.length > 0) console.log(steps.join('\n'))
    expect(failures).toEqual([])
  },
  60_000,
)

it('faults have struck each target that they are aimed at', () => {
  expect(TARGETS.filter((target) => !struckInAll.has(target))).toEqual([])
})
