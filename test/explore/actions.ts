import { compareRecords } from '../../shared/handover/consumer/compare.ts'
import { followOne } from '../../shared/handover/consumer/deep-link.ts'
import { restoreOrphans } from '../../shared/handover/consumer/operator/restore-orphans.ts'
import { type Platform, runPull } from '../../shared/handover/consumer/pull/pull.ts'
import { retryOne } from '../../shared/handover/consumer/pull/quarantine.ts'
import { resetToken } from '../../shared/handover/consumer/operator/reset.ts'
import { type Action, isOfTheModule, type Kind } from './bounds.ts'
import { instantOf } from './database.ts'
import { type Content, recordCopies } from './feed.ts'
import type { Party, Side } from './scheduler.ts'
import type { World } from './world.ts'

/** What the sides' databases hold that an action concerns. */
const TOUCHED: Record<Kind, readonly Side[]> = {
  place: ['publisher'],
  change: ['publisher'],
  delete: ['publisher'],
  bad: ['publisher'],
  refuse: ['publisher'],
  republish: ['publisher'],
  tamper: ['consumer'],
  pull: ['publisher', 'consumer'],
  link: ['publisher', 'consumer'],
  compare: ['publisher', 'consumer'],
  retry: ['publisher', 'consumer'],
  reset: ['consumer'],
  'give-back': ['publisher', 'consumer'],
  'keep-publisher': ['publisher'],
  'keep-consumer': ['consumer'],
  'restore-publisher': ['publisher'],
  'restore-consumer': ['consumer'],
  forget: ['publisher'],
  land: ['publisher', 'consumer'],
}

/** Which sides an action reads or writes; one of a single side is independent of every step at the other side. */
export function touchedBy({ kind }: Action): readonly Side[] {
  return TOUCHED[kind]
}

/** The actions that can be taken now, of these kinds; what would change nothing is left out. */
export function listActions(world: World, kinds: readonly Kind[], records: number): Action[] {
  const rows = world.databases.publisher.rows<{ id: number; state: string; content: Content }>(
    'SELECT id, state, content FROM records ORDER BY id',
  )
  const live = rows.filter(({ state }) => state === 'Live')
  const ids = (some: readonly { id: number }[]): number[] => some.map(({ id }) => id)
  const of: Record<Kind, () => number[]> = {
    place: () => (world.placed < records ? [world.placed + 1] : []),
    change: () => ids(live),
    delete: () => ids(live),
    bad: () => ids(live.filter(({ content }) => content === 'good')),
    refuse: () => ids(live.filter(({ content }) => content === 'good')),
    republish: () => (rows.length > 0 ? [0] : []),
    tamper: () =>
      ids(world.databases.consumer.rows<{ id: number }>('SELECT id FROM record_copies WHERE fingerprint IS NOT NULL')),
    pull: () => [0],
    link: () => Array.from({ length: world.placed }, (_, index) => index + 1),
    compare: () => (hasToken(world) ? [0] : []),
    retry: () =>
      ids(world.databases.consumer.rows<{ id: number }>('SELECT id FROM record_quarantine WHERE closed_at IS NULL')),
    reset: () => (hasToken(world) ? [0] : []),
    'give-back': () =>
      ids(
        world.databases.consumer.rows<{ id: number }>('SELECT 0 AS id FROM record_copies WHERE orphaned = 1 LIMIT 1'),
      ),
    'keep-publisher': () => (world.databases.publisher.dump() === world.kept.publisher ? [] : [0]),
    'keep-consumer': () => (world.databases.consumer.dump() === world.kept.consumer ? [] : [0]),
    'restore-publisher': () =>
      tellsTheHistory(world) && world.databases.publisher.dump() !== world.kept.publisher ? [0] : [],
    'restore-consumer': () => (world.databases.consumer.dump() === world.kept.consumer ? [] : [0]),
    forget: () => (tellsTheHistory(world) ? [0] : []),
    land: () => world.held.map((_, place) => place),
  }
  return [...kinds, 'land' as const].flatMap((kind) => of[kind]().map((one) => ({ kind, of: one })))
}

/**
 * Whether the witness tells of the database's history. Where it does not, the publisher is restored or has lost its witness, and
 * no batch was read since: losing the other as well is a second disaster in one, against which nothing is promised.
 */
function tellsTheHistory({ databases: { publisher }, storage }: World): boolean {
  const witness = storage.get('witness') as { epoch: string; highest: number } | undefined
  const [feed] = publisher.rows<{ epoch: string; highest: number }>('SELECT epoch, highest FROM records_feed_state')
  return witness !== undefined && witness.epoch === feed?.epoch && witness.highest <= feed.highest
}

function hasToken({ databases: { consumer } }: World): boolean {
  return consumer.rows('SELECT 1 FROM record_pull WHERE token IS NOT NULL').length > 0
}

/** Takes an action. What the module's code does for it comes to the scheduler step by step; the rest is done at once. */
export async function act(world: World, caller: Party, { kind, of }: Action): Promise<void> {
  const { databases, fate, watch, kept } = world
  const { publisher, consumer } = databases
  const context = world.contextOf(caller)
  switch (kind) {
    case 'place':
      world.placed = of
      publisher.write(
        `INSERT INTO records (id, state, published_at, content) VALUES (?, 'Live', ?, 'good')`,
        of,
        instantOf(fate),
      )
      break
    case 'change':
      publisher.write(`UPDATE records SET content = 'good' WHERE id = ?`, of)
      break
    case 'bad':
      publisher.write(`UPDATE records SET content = 'bad' WHERE id = ?`, of)
      break
    case 'refuse':
      publisher.write(`UPDATE records SET content = 'refused' WHERE id = ?`, of)
      break
    case 'delete':
      publisher.write(`UPDATE records SET state = 'Deleted' WHERE id = ?`, of)
      break
    case 'republish':
      publisher.write('UPDATE records SET sequence_nr = -1')
      break
    case 'tamper':
      consumer.write(`UPDATE record_copies SET record = json_set(record, '$.state', 'Tampered') WHERE id = ?`, of)
      watch.tampered = true
      break
    case 'pull':
      await runPull(recordCopies, context, platformOf(world))
      break
    case 'link':
      await followOne(recordCopies, context, of, {})
      break
    case 'compare':
      await compareRecords(recordCopies, context)
      break
    case 'retry':
      await retryOne(recordCopies, context, `record:${of}`)
      break
    case 'reset':
      await resetToken(recordCopies, context, null)
      break
    case 'give-back':
      await restoreOrphans(recordCopies, context, false)
      break
    case 'keep-publisher':
      world.kept = { ...kept, publisher: publisher.dump() }
      break
    case 'keep-consumer':
      world.kept = { ...kept, consumer: consumer.dump() }
      break
    case 'restore-publisher':
      publisher.load(kept.publisher)
      endCallsTo(world, 'publisher')
      break
    case 'restore-consumer':
      consumer.load(kept.consumer)
      endCallsTo(world, 'consumer')
      break
    case 'forget':
      world.storage.clear()
      break
    case 'land': {
      const [call] = world.held.splice(of, 1)
      if (call !== undefined) await world.land(call, caller)
      return
    }
  }
  if (!isOfTheModule(kind)) watch.accept()
}

/**
 * A restore cancels what is under way in its database, and what was held there never lands:
 * https://developers.cloudflare.com/d1/reference/time-travel/, "Queries in flight will be cancelled".
 */
function endCallsTo(world: World, side: Side): void {
  world.held = world.held.filter(({ to }) => to !== side)
}

function platformOf(world: World): Platform {
  return { newId: () => world.newId(), elapsedMs: () => 0, letGo: () => Promise.resolve() }
}
