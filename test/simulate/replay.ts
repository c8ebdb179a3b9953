import { setTimeout as wait } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { type Fault, isOfTheModule, type Kind } from '../explore/bounds.ts'
import {
  placeNamed,
  SETTLING,
  type Standing,
  type Trace,
  type TracedAction,
  type TracedEvent,
  type Where,
} from '../explore/trace.ts'
import { insertBySql } from '../together/sql-orders.ts'
import type { BindingFault, DatabaseFault } from '../../shared/simulator/fault.ts'
import type { Harness, SimulatedWorker } from '../../shared/simulator/harness.ts'
import { dropMoment, keepMoment, putMomentBack } from '../../shared/simulator/moment.ts'
import type { Strike } from '../../shared/simulator/strike.ts'
import { createWorld, moveClocks, type World } from '../../shared/simulator/world.ts'

const LOOK_EVERY_MS = 2
/** As long as the explorer lets go by before each action: every lease has run out, every pause is over. */
const BETWEEN_ACTIONS_MS = 61 * 60_000
/** A comparison is an action of its own: no run makes one unasked, as in the explorer. */
const NEVER_COMPARE = { COMPARE_EVERY_MINUTES: 1_000_000_000 }
/** The names of the sides in the Workers. */
const WORKERS = { publisher: 'ordering', consumer: 'billing', binding: 'relay' } as const

/** What the explorer's contents of a record are as an order: what billing cannot read, and what its database refuses. */
const UNREADABLE_CURRENCY = 'ZZZ'
const REFUSED_NOTE = 'refused'
const REFUSALS = ['INSERT', 'UPDATE'].map(
  (event) => `CREATE TRIGGER refused_by_replay_${event.toLowerCase()} BEFORE ${event} ON orders
WHEN NEW.record ->> 'note' = '${REFUSED_NOTE}'
BEGIN
  SELECT RAISE(ABORT, 'the replay refuses this order');
END`,
)

/**
 * Lives a history of the explorer through on both Workers, its records as orders, and returns in what it ends otherwise
 * than the explorer has said; nothing where it ends as it said.
 */
export async function replayTrace(harness: Harness, trace: Trace): Promise<string[]> {
  const world = createWorld(harness, 0, () => undefined)
  await Promise.all([harness.ordering, harness.billing, harness.relay].map((worker) => worker.listStruck()))
  const replay = new Replay(world)
  await replay.begin(trace.actions.some(restores))
  for (const action of trace.actions) {
    await replay.take(action)
    // What never came to its call must not hold a later action, for good.
    if (action.events.length > 0) await replay.arm([])
  }
  await replay.lookForMissed(trace.actions)
  const end = await look(world)
  for (const kind of SETTLING) await replay.take({ kind, of: 0, events: [] })
  const settled = await look(world)
  await replay.end()
  return [
    ...replay.missed,
    ...differences('at its end', trace.end, end),
    ...differences('later', trace.settled, settled),
  ]
}

class Replay {
  /** What was to happen and did not, in sentences. */
  readonly missed: string[] = []
  readonly #world: World
  /** The last backup of each, counted from 0; -1 while there is none. */
  readonly #kept = { ordering: -1, billing: -1 }

  constructor(world: World) {
    this.#world = world
  }

  /** @param restores whether a database may be put back to how it is now */
  async begin(restores: boolean): Promise<void> {
    const { ordering, billing, relay } = this.#world
    await Promise.all([ordering, billing, relay].map((worker) => worker.strike()))
    await Promise.all([
      relay.fail(),
      relay.command('/page-size', { most: 1 }),
      ordering.empty(ordering.migrations),
      billing.empty([...billing.migrations, ...REFUSALS], NEVER_COMPARE),
    ])
    await moveClocks(this.#world, 0)
    if (!restores) return
    await Promise.all([keepMoment(ordering, 0), keepMoment(billing, 0)])
    this.#kept.ordering = 0
    this.#kept.billing = 0
  }

  /** Ends what is held, and drops the backups: a database without them is emptied in a tenth of the time. */
  async end(): Promise<void> {
    const { ordering, billing, relay } = this.#world
    await Promise.all([ordering, billing, relay].map((worker) => worker.strike()))
    await Promise.all([dropMoments(ordering, this.#kept.ordering), dropMoments(billing, this.#kept.billing)])
  }

  /** Takes an action, with what happens at its calls. */
  async take({ kind, of, events }: TracedAction): Promise<void> {
    const world = this.#world
    // To the others no lease, pause or clock makes a difference; a call that lands may look at a lease.
    if (isOfTheModule(kind) || kind === 'land') {
      await Promise.all([
        moveClocks(world, BETWEEN_ACTIONS_MS),
        world.billing.sql('UPDATE order_pull SET lease_until = 1 WHERE lease_until > 1'),
      ])
    }
    let { near, first, later } = nearest(events)
    if (near.length > 0) await this.arm(near)
    const acting = { ended: false }
    const crashes = events.some((event) => 'fault' in event && event.fault === 'crashed')
    const ended = this.#act(kind, of)
      // An invocation that was ended has no answer.
      .then(
        () => undefined,
        (error: unknown) => (crashes ? undefined : asError(error)),
      )
      .finally(() => {
        acting.ended = true
      })
    while (first !== undefined) {
      const worker = world[WORKERS[placeNamed(first.at).where]]
      while (!acting.ended && !(await worker.isHolding())) await wait(LOOK_EVERY_MS)
      if (acting.ended) break
      await this.take(first.first)
      ;({ near, first, later } = nearest(later))
      // What is held goes on with this.
      await this.arm(near)
    }
    const failed = await ended
    if (failed !== undefined) throw failed
  }

  /** Lets happen from now on what these events say; a call before which another action is taken is held. */
  async arm(events: readonly TracedEvent[]): Promise<void> {
    const { ordering, billing, relay } = this.#world
    await Promise.all([
      ordering.failDatabase(...databaseFaults(events, 'publisher')),
      billing.failDatabase(...databaseFaults(events, 'consumer')),
      relay.fail(...bindingFaults(events)),
    ])
    await Promise.all([
      ordering.strike(...strikes(events, 'publisher')),
      billing.strike(...strikes(events, 'consumer')),
      relay.strike(...strikes(events, 'binding')),
    ])
  }

  /** Each event has to strike once: one that did not would be another history. */
  async lookForMissed(actions: readonly TracedAction[]): Promise<void> {
    const expected = actions.flatMap(placesIn)
    for (const [where, name] of Object.entries(WORKERS)) {
      const struck = await this.#world[name].listStruck()
      for (const text of struck) {
        const place = expected.findIndex((at) => placeNamed(at).where === where && placeNamed(at).inWorkers === text)
        if (place >= 0) expected.splice(place, 1)
      }
    }
    for (const at of expected) this.missed.push(`nothing happens at ${at}: it is not called`)
  }

  async #act(kind: Kind, of: number): Promise<unknown> {
    const { ordering, billing } = this.#world
    switch (kind) {
      case 'place':
        return insertBySql(ordering, of)
      case 'change':
        return ordering.sql(`UPDATE orders SET note = NULL, currency = 'EUR' WHERE number = ?`, of)
      case 'delete':
        return ordering.sql(`UPDATE orders SET state = 'Deleted' WHERE number = ?`, of)
      case 'bad':
        return ordering.sql(`UPDATE orders SET currency = '${UNREADABLE_CURRENCY}' WHERE number = ?`, of)
      case 'refuse':
        return ordering.sql(`UPDATE orders SET note = '${REFUSED_NOTE}' WHERE number = ?`, of)
      case 'republish':
        return ordering.sql('UPDATE orders SET confirmed_sequence_nr = -1')
      case 'tamper':
        return billing.sql(
          `UPDATE orders SET record = json_set(record, '$.updatedBy', 'tampered') WHERE number = ?`,
          of,
        )
      case 'pull':
        return billing.send('POST', '/api/sync/run')
      case 'link':
        return billing.fetch(`/link/new_order/${of}`)
      case 'compare':
        return billing.send('POST', '/api/sync/compare')
      case 'retry':
        return billing.send('POST', '/api/sync/quarantine/retry', { number: of })
      case 'reset':
        return billing.send('POST', '/api/sync/reset', { token: null, preview: false })
      case 'give-back':
        return billing.send('POST', '/api/sync/orphans/restore', { preview: false })
      case 'keep-publisher':
        return keepMoment(ordering, (this.#kept.ordering += 1))
      case 'keep-consumer':
        return keepMoment(billing, (this.#kept.billing += 1))
      case 'restore-publisher':
        return putMomentBack(ordering, this.#kept.ordering)
      case 'restore-consumer':
        return putMomentBack(billing, this.#kept.billing)
      case 'forget':
        return ordering.forgetObjects()
      case 'land':
        return Promise.all([ordering.landLate(), billing.landLate()])
    }
  }
}

async function dropMoments(worker: SimulatedWorker, last: number): Promise<void> {
  for (let moment = last; moment >= 0; moment -= 1) await dropMoment(worker, moment)
}

/** Whether the action, or one that is taken before one of its calls, puts a database back. */
function restores({ kind, events }: TracedAction): boolean {
  return kind.startsWith('restore') || events.some((event) => 'first' in event && restores(event.first))
}

function placesIn({ events }: TracedAction): string[] {
  return events.flatMap((event) => ('first' in event ? [event.at, ...placesIn(event.first)] : [event.at]))
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}

type First = TracedEvent & { first: TracedAction }
type Nearest = { near: readonly TracedEvent[]; first: First | undefined; later: readonly TracedEvent[] }

/** The events up to the next call that is held, and those after it, which are counted from there. */
function nearest(events: readonly TracedEvent[]): Nearest {
  const place = events.findIndex((event) => 'first' in event)
  const first = events[place]
  if (first === undefined || !('first' in first)) return { near: events, first: undefined, later: [] }
  return { near: events.slice(0, place + 1), first, later: events.slice(place + 1) }
}

const DATABASE_FAULTS: Partial<Record<Fault, DatabaseFault['kind']>> = {
  failed: 'refuse',
  lost: 'lose-answer',
  crashed: 'crash-sender',
  held: 'land-late',
}
const BINDING_FAULTS: Partial<Record<Fault, 'throw' | 'lose-answer'>> = { failed: 'throw', lost: 'lose-answer' }

function databaseFaults(events: readonly TracedEvent[], where: 'publisher' | 'consumer'): DatabaseFault[] {
  return eventsAt(events, where).flatMap(({ matching, ...event }) => {
    const kind = 'fault' in event ? DATABASE_FAULTS[event.fault] : undefined
    return kind === undefined ? [] : [{ kind, matching, after: event.after }]
  })
}

function bindingFaults(events: readonly TracedEvent[]): BindingFault[] {
  return eventsAt(events, 'binding').flatMap(({ matching, ...event }) => {
    const kind = 'fault' in event ? BINDING_FAULTS[event.fault] : undefined
    return kind === undefined ? [] : [{ kind, matching, after: event.after }]
  })
}

function strikes(events: readonly TracedEvent[], where: Where): Strike[] {
  return eventsAt(events, where).flatMap(({ matching, ...event }): Strike[] => {
    if ('first' in event) return [{ kind: 'hold-before', matching, after: event.after }]
    return event.fault === 'doubled' ? [{ kind: 'twice', matching, after: event.after }] : []
  })
}

function eventsAt(events: readonly TracedEvent[], where: Where): (TracedEvent & { matching: string })[] {
  return events.flatMap((event) => {
    const place = placeNamed(event.at)
    return place.where === where ? [{ ...event, matching: place.inWorkers }] : []
  })
}

type TheirOrder = { number: number; revision: number; nr: number; state: string; note: string | null; currency: string }
type OurCopy = { number: number; revision: number; deleted: 0 | 1; orphaned: 0 | 1; epoch: string }

async function look({ ordering, billing }: World): Promise<Standing> {
  const [orders, [feed], copies, quarantined, [pull]] = await Promise.all([
    ordering.sql<TheirOrder>(
      'SELECT number, revision, confirmed_sequence_nr AS nr, state, note, currency FROM orders ORDER BY number',
    ),
    ordering.sql<{ epoch: string; highest: number }>('SELECT epoch, highest FROM feed'),
    billing.sql<OurCopy>('SELECT number, revision, deleted, orphaned, epoch FROM orders ORDER BY number'),
    billing.sql<{ number: number }>('SELECT number FROM quarantine WHERE closed_at IS NULL ORDER BY number'),
    billing.sql<{ token: string | null; repair: string | null }>('SELECT token, repair FROM order_pull'),
  ])
  if (feed === undefined || pull === undefined) throw new Error('Cannot look: a row of either side is missing')
  const [epoch, number] = pull.token?.split('.') ?? []
  return {
    records: orders.map((order) => ({
      key: order.number,
      revision: order.revision,
      number: order.nr,
      isDeleted: order.state === 'Deleted',
      content: contentOf(order),
    })),
    highest: feed.highest,
    copies: copies.map((copy) => ({
      key: copy.number,
      revision: copy.revision,
      isDeleted: copy.deleted === 1,
      isOrphan: copy.orphaned === 1,
      isCurrent: copy.epoch === feed.epoch,
    })),
    setAside: quarantined.map((row) => row.number),
    token: number === undefined ? null : { number: Number(number), isCurrent: epoch === feed.epoch },
    repair: pull.repair,
  }
}

function contentOf({ note, currency }: TheirOrder): string {
  if (currency === UNREADABLE_CURRENCY) return 'bad'
  return note === REFUSED_NOTE ? 'refused' : 'good'
}

function differences(when: string, said: Standing, found: Standing): string[] {
  return (Object.keys(said) as (keyof Standing)[])
    .filter((what) => !isDeepStrictEqual(said[what], found[what]))
    .map(
      (what) =>
        `${when}: ${what} are ${JSON.stringify(found[what])}, and the explorer said ${JSON.stringify(said[what])}`,
    )
}
