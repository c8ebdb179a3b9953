import { setTimeout as wait } from 'node:timers/promises'
import { compare, decide, followLink } from './billing-steps.ts'
import { restore } from './fault-steps.ts'
import type { Strike } from './strike.ts'
import type { World } from './world.ts'

const LOOK_EVERY_MS = 3
/** What waits so long for what is held, waits for it. */
const STUCK_MS = 2_500

/** What is held. Where it is the ledger or the sequencer, whatever asks it would wait for ever. */
type Held = 'ledger' | 'sequencer' | 'billing' | 'binding'
type Place = { where: 'relay' | 'billing' | 'ordering'; held: Held; matching: string }
type Interruption = { act: (world: World) => Promise<unknown>; what: string; places: readonly [Place, ...Place[]] }
/** What may happen while something is held. */
export type InnerSteps = { anywhere: Step; ordering: Step }
type Step = (world: World) => Promise<void>

const PAGE: Place = { where: 'relay', held: 'binding', matching: '/orders?' }
const SEQUENCER: Place = { where: 'ordering', held: 'sequencer', matching: 'numbering = 1' }
const INTERRUPTIONS: readonly [Interruption, ...Interruption[]] = [
  {
    act: async ({ cron }) => cron().catch(() => undefined),
    what: 'a pull',
    places: [
      PAGE,
      PAGE,
      SEQUENCER,
      { where: 'billing', held: 'billing', matching: 'UPDATE order_pull SET token' },
      { where: 'billing', held: 'billing', matching: `repair = 'reading'` },
      { where: 'billing', held: 'billing', matching: 'INSERT INTO epochs' },
      { where: 'billing', held: 'billing', matching: 'INSERT INTO pull_runs' },
      { where: 'relay', held: 'binding', matching: '/digest' },
    ],
  },
  {
    act: (world) => followLink(world),
    what: 'a deep link',
    places: [
      { where: 'relay', held: 'binding', matching: '/orders/' },
      { where: 'billing', held: 'billing', matching: 'INSERT INTO epochs' },
    ],
  },
  {
    act: (world) => decide(world),
    what: 'a decision',
    places: [{ where: 'billing', held: 'ledger', matching: 'INSERT INTO decisions' }],
  },
  {
    act: (world) => compare(world),
    what: 'a comparison',
    places: [
      { where: 'relay', held: 'binding', matching: '/digest' },
      { where: 'relay', held: 'binding', matching: '/fingerprints' },
      { where: 'relay', held: 'binding', matching: '/orders/' },
      { where: 'billing', held: 'billing', matching: 'INSERT INTO repairs' },
    ],
  },
]

/** Holds something in the middle, lets other things happen meanwhile, and lets it go on. */
export async function interleave(world: World, inner: InnerSteps): Promise<void> {
  const { random } = world
  const { act, what, places } = random.choose(INTERRUPTIONS)
  const { where, held, matching } = random.choose(places)
  const kind: Strike['kind'] = random.choose(['hold-before', 'hold-after'])
  await world[where].strike({ kind, matching })
  const acting = { ended: false }
  const ended = act(world).finally(() => {
    acting.ended = true
  })
  while (!acting.ended && !(await world[where].isHolding())) await wait(LOOK_EVERY_MS)
  if (!acting.ended) {
    world.inject(`${what} held (${kind === 'hold-before' ? 'before' : 'after'} ${matching})`)
    world.tell(`${what} is held ${kind === 'hold-before' ? 'before' : 'after'} ${matching}`)
    await meanwhile(world, held, inner)
    world.tell(`${what} goes on`)
  }
  await world[where].strike()
  await ended
}

async function meanwhile(world: World, held: Held, inner: InnerSteps): Promise<void> {
  // What asks the ledger or the sequencer would wait for what is held there.
  const step = held === 'ledger' || held === 'sequencer' ? inner.ordering : inner.anywhere
  for (let count = world.random.between(1, 4); count > 0; count -= 1) {
    const stuck = wait(STUCK_MS, 'stuck' as const)
    const done = world.random.percent(10) ? restore(world) : step(world)
    if ((await Promise.race([done, stuck])) === 'stuck') {
      world.tell('what happens meanwhile waits for what is held')
      // It goes on once that is released, and is over before the next step begins.
      world.pending.push(done)
      return
    }
  }
}
