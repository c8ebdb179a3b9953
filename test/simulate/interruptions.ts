import { compare, decide, followLink } from './billing-steps.ts'
import { credit } from './credit-steps.ts'
import { restoreOrphans } from './orphan-steps.ts'
import type { World } from '../../shared/simulator/world.ts'

/** What is held. Where it is the ledger or the sequencer, whatever asks it would wait for ever. */
export type Held = 'ledger' | 'sequencer' | 'billing' | 'binding'
/** A call or a batch that contains this text. */
export type Place = { where: 'relay' | 'billing' | 'ordering'; held: Held; matching: string }
/** What can be stopped on its way, in words, and where. */
export type Interruption = {
  act: (world: World) => Promise<unknown>
  what: string
  places: readonly [Place, ...Place[]]
}

export const PAGE: Place = { where: 'relay', held: 'binding', matching: '/orders?' }
export const ONE_ORDER: Place = { where: 'relay', held: 'binding', matching: '/orders/' }
export const NUMBERING: Place = { where: 'ordering', held: 'sequencer', matching: 'numbering = 1' }
export const STORED_PAGE: Place = { where: 'billing', held: 'billing', matching: 'SET token = ?, batch_id = ?' }
const DECISION: Place = { where: 'billing', held: 'ledger', matching: 'INSERT INTO decisions' }

/** One run of the pull; what becomes of it is seen by the runs after it. */
export async function cron(world: World): Promise<void> {
  world.pulls += 1
  await world.cron().catch(() => undefined)
}

/** What is held in the middle now and then, while any other things happen. */
export const INTERRUPTIONS: readonly [Interruption, ...Interruption[]] = [
  {
    act: cron,
    what: 'a pull',
    places: [
      PAGE,
      PAGE,
      NUMBERING,
      STORED_PAGE,
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
    places: [ONE_ORDER, { where: 'billing', held: 'billing', matching: 'INSERT INTO epochs' }],
  },
  { act: decide, what: 'a decision', places: [DECISION] },
  { act: credit, what: 'a credit note', places: [DECISION] },
  {
    act: compare,
    what: 'a comparison',
    places: [
      { where: 'relay', held: 'binding', matching: '/digest' },
      { where: 'relay', held: 'binding', matching: '/fingerprints' },
      ONE_ORDER,
      { where: 'billing', held: 'billing', matching: 'INSERT INTO repairs' },
    ],
  },
  {
    act: (world) => restoreOrphans(world),
    what: 'restoring orphans',
    places: [{ where: 'relay', held: 'binding', matching: '/restore' }],
  },
]
