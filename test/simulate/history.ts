import { type GuaranteeCheck, checkGuarantees } from '../../shared/simulator/guarantees/check.ts'
import type { Harness } from '../../shared/simulator/harness.ts'
import { look } from '../../shared/simulator/look.ts'
import { settle } from '../../shared/simulator/settle.ts'
import { createWorld, moveClocks, type World } from '../../shared/simulator/world.ts'
import { compare, decide, decideLate, followLink, lookAtInvoices, pull, reset } from './billing-steps.ts'
import { failAtTheirPoint } from './aims.ts'
import { callClosely } from './close-calls.ts'
import { credit, reissueInvoice, lookAtCreditNotes } from './credit-steps.ts'
import {
  backUp,
  crashObject,
  double,
  endFaults,
  expireLease,
  failBinding,
  failDatabase,
  jumpClock,
  landLate,
  nameTarget,
  resizePages,
  restore,
  restoreOlder,
} from './fault-steps.ts'
import { interleave } from './interleave.ts'
import { amend, confirm, importLargest, importSome, lookAtOrders, place, remove } from './ordering-steps.ts'
import { restoreOrphans } from './orphan-steps.ts'
import {
  changeOrder,
  endRefusals,
  insertOrder,
  isAnythingUnfit,
  correctPoisoned,
  poison,
  refuseOrder,
  tamperWithCopy,
  tryForbidden,
} from './sql-steps.ts'

type Kind = { weight: number; steps: readonly [Step, ...Step[]] }
type Step = { weight: number; act: (world: World) => Promise<unknown> }

const SHORTEST = 14
const LONGEST = 28
/** How many of a hundred steps are held in the middle, and how many are close calls. */
const INTERLEAVED = 12
const CLOSE = 12

const ORDERING_STEPS: readonly [Step, ...Step[]] = [
  { weight: 9, act: place },
  { weight: 3, act: (world) => confirm(world) },
  { weight: 7, act: (world) => amend(world) },
  { weight: 3, act: (world) => remove(world) },
  { weight: 4, act: importSome },
  { weight: 1, act: importLargest },
  { weight: 2, act: insertOrder },
  { weight: 5, act: changeOrder },
  { weight: 2, act: (world) => poison(world) },
  { weight: 1, act: (world) => correctPoisoned(world) },
]
const BILLING_STEPS: readonly [Step, ...Step[]] = [
  { weight: 14, act: pull },
  { weight: 5, act: (world) => followLink(world) },
  { weight: 7, act: decide },
  { weight: 2, act: (world) => decideLate(world, (number) => amend(world, number).then(() => pull(world))) },
  { weight: 2, act: lookAtInvoices },
  { weight: 2, act: compare },
  { weight: 2, act: (world) => reset(world) },
  { weight: 3, act: credit },
  { weight: 1, act: reissueInvoice },
  { weight: 1, act: lookAtCreditNotes },
  { weight: 3, act: (world) => restoreOrphans(world) },
  { weight: 1, act: tamperWithCopy },
  { weight: 1, act: refuseOrder },
  { weight: 1, act: endRefusals },
  { weight: 1, act: tryForbidden },
]
const WORLD_STEPS: readonly [Step, ...Step[]] = [
  { weight: 3, act: failBinding },
  { weight: 4, act: failDatabase },
  { weight: 3, act: double },
  { weight: 3, act: landLate },
  { weight: 2, act: crashObject },
  { weight: 2, act: (world) => jumpClock(world) },
  { weight: 2, act: expireLease },
  { weight: 3, act: backUp },
  { weight: 2, act: restore },
  { weight: 3, act: restoreOlder },
  { weight: 1, act: resizePages },
  { weight: 1, act: endFaults },
]
const KINDS: readonly [Kind, ...Kind[]] = [
  { weight: 38, steps: ORDERING_STEPS },
  { weight: 36, steps: BILLING_STEPS },
  { weight: 26, steps: WORLD_STEPS },
]

/** What became of a history. `failures` is empty where all guarantees hold. */
export type HistoryResult = {
  seed: number
  steps: number
  failures: string[]
  injected: Map<string, number>
  /** What faults have struck, as `nameTarget` names it. */
  struck: Set<string>
  orders: number
  pulls: number
}

/** `steps`: how many, instead of as many as the seed says. `goOn` is asked before each. */
export type Length = { steps?: number; goOn?: () => boolean }

/**
 * Lives one history through, as the seed decides it: writes, pulls, decisions and faults; then the faults end, pulls
 * run to the end, and the guarantees are checked, first, where there are any, with the records that do not fit, then with all of them corrected.
 * `tell` is handed each step in words.
 */
export async function runHistory(
  harness: Harness,
  seed: number,
  tell: (line: string) => void,
  length: Length = {},
): Promise<HistoryResult> {
  await harness.reset()
  const world = createWorld(harness, seed, tell)
  const { random, memory } = world
  const drawn = random.between(SHORTEST, LONGEST)
  const { steps: most = drawn, goOn = () => true } = length
  await moveClocks(world, 0)
  await resizePages(world)
  if (world.random.percent(20)) await backUp(world)
  for (let count = world.random.between(1, 4); count > 0; count -= 1) await place(world)
  await pull(world)
  await backUp(world)
  const aimedAt = random.below(SHORTEST)
  let steps = 0
  while (steps < most && memory.violations.length === 0 && goOn()) {
    const chance = random.below(100)
    if (steps === aimedAt) await failAtTheirPoint(world, seed)
    else if (chance < INTERLEAVED) await interleave(world, { anywhere: actOnce, ordering: actInOrdering })
    else if (chance < INTERLEAVED + CLOSE) await callClosely(world)
    else await actOnce(world)
    await look(world)
    steps += 1
  }
  const orders = memory.orderNumbers().length
  const failures = memory.violations.length > 0 ? memory.violations : await end(world)
  const struck = await listStruck(world)
  return { seed, steps, failures, injected: world.injected, struck, orders, pulls: world.pulls }
}

async function listStruck(world: World): Promise<Set<string>> {
  const struck = new Set<string>()
  for (const where of ['relay', 'ordering', 'billing'] as const) {
    for (const text of await world[where].listStruck()) struck.add(nameTarget(where, text))
  }
  return struck
}

async function actOnce(world: World): Promise<void> {
  await world.random.weigh(world.random.weigh(KINDS).steps).act(world)
}

async function actInOrdering(world: World): Promise<void> {
  await world.random.weigh(ORDERING_STEPS).act(world)
}

async function end(world: World): Promise<string[]> {
  await endFaults(world)
  await lookAtOrders(world)
  if (await isAnythingUnfit(world)) {
    const failures = await settleAndCheck(world, { corrected: false })
    if (failures.length > 0) return failures
    await correctPoisoned(world, true)
    await endRefusals(world)
  }
  return settleAndCheck(world, { corrected: true })
}

async function settleAndCheck(world: World, check: GuaranteeCheck): Promise<string[]> {
  const unsettled = await settle(world, check)
  if (unsettled !== undefined) return [unsettled]
  await checkGuarantees(world, check)
  return world.memory.violations
}
