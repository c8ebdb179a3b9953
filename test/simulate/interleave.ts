import { setTimeout as wait } from 'node:timers/promises'
import { waitUntil } from '../../shared/commands/support/waiting.ts'
import { restore } from './fault-steps.ts'
import { type Held, INTERRUPTIONS, type Place } from './interruptions.ts'
import { look } from '../../shared/simulator/look.ts'
import type { Strike } from '../../shared/simulator/strike.ts'
import type { World } from '../../shared/simulator/world.ts'

const LOOK_EVERY_MS = 3
/** What waits so long for what is held, waits for it. */
const STUCK_MS = 2_500

/** What may happen while something is held. */
export type InnerSteps = { anywhere: Step; ordering: Step }
type Step = (world: World) => Promise<unknown>

/** What to stop on its way, and where. */
export type Stop = { act: Step; what: string; place: Place; kind: 'hold-before' | 'hold-after' }

/** Holds something in the middle, lets other things happen meanwhile, and lets it go on. */
export async function interleave(world: World, inner: InnerSteps): Promise<void> {
  const { random } = world
  const { act, what, places } = random.choose(INTERRUPTIONS)
  const place = random.choose(places)
  const kind = random.choose(['hold-before', 'hold-after'])
  await hold(world, { act, what, place, kind }, () => meanwhile(world, place.held, inner))
}

/** Does what happens meanwhile while the act is stopped, unless it ends without coming by that place. */
export async function hold(
  world: World,
  { act, what, place, kind }: Stop,
  meanwhile: () => Promise<unknown>,
): Promise<void> {
  const { where, matching } = place
  const strike: Strike = { kind, matching }
  await world[where].strike(strike)
  const acting = { ended: false }
  const ended = act(world).finally(() => {
    acting.ended = true
  })
  await waitUntil(async () => acting.ended || (await world[where].isHolding()), { everyMs: LOOK_EVERY_MS })
  if (!acting.ended) {
    const when = `held ${kind === 'hold-before' ? 'before' : 'after'} ${matching}`
    world.inject(`${what} ${when}`)
    world.tell(`${what} is ${when}`)
    await meanwhile()
    // What is released may put it back to what was looked at before.
    await look(world)
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
