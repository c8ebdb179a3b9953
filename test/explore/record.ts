import { type Action, type Bounds, budgetOf, type Fault, isOfTheModule, type Move } from './bounds.ts'
import { choiceOf, type Decide, play, playWithoutFaults } from './play.ts'
import type { Step } from './scheduler.ts'
import { checkAtRest, disagreements } from './promises.ts'
import { listBetween } from './search.ts'
import {
  type Ends,
  type NotTraceable,
  PLACES,
  SETTLING,
  type Standing,
  type TracedAction,
  type TracedEvent,
} from './trace.ts'
import { World } from './world.ts'

class NotTraceableError extends Error {}

async function unlessNotTraceable<T>(act: () => Promise<T>): Promise<T | NotTraceable> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof NotTraceableError) return { notTraceable: error.message }
    throw error
  }
}

/** `held`: the call before which another action was taken last. */
type Frame = { action: TracedAction; calls: CallCount; held?: Step }

/** Writes down a history that was found by the explorer. */
export function recordActions(moves: readonly Move[], bounds: Bounds): Promise<TracedAction[] | NotTraceable> {
  return unlessNotTraceable(() => record(moves, bounds))
}

async function record(moves: readonly Move[], bounds: Bounds): Promise<TracedAction[]> {
  const world = new World()
  const actions: TracedAction[] = (bounds.begin ?? []).map((action) => ({ ...action, events: [] }))
  let left = budgetOf(bounds)
  let taken = 0
  try {
    world.rewind()
    for (const action of bounds.begin ?? []) await playWithoutFaults(world, action)
    for (const { action, choices } of moves) {
      const begun = taken
      const between = Math.min(left.between, bounds.actions - taken - 1)
      const frames: Frame[] = []
      let place = 0
      const spent = await play(
        world,
        action,
        { ...left, between },
        {
          decide(offered, step, running) {
            const choice = choiceOf(offered(), choices[place] ?? 0)
            place += 1
            const frame = frames[running]
            if ('turn' in choice) throw new NotTraceableError('two actions take turns')
            if ('first' in choice) writeFirst(step, choice.first, running, frame)
            else {
              if (choice.fault !== null) {
                if (frame?.held === step) throw new NotTraceableError('something happens to the call that was held')
                const at = nameFor(step, choice.fault)
                frameOf(frame).action.events.push({ at, after: frameOf(frame).calls.made(at), fault: choice.fault })
              }
              // What was held has been counted before it was: faults strike, and are counted, before a call is held.
              if (frame?.held !== step) frame?.calls.add(step, choice.fault)
            }
            return choice
          },
          list: () => listBetween(world, bounds, action),
          only: bounds.only,
          unreduced: bounds.unreduced,
          started(started, isBetween) {
            taken += 1
            const traced: TracedAction = { ...started, events: [] }
            frames.push({ action: traced, calls: new CallCount() })
            if (!isBetween) actions.push(traced)
            else {
              const event = frames[0]?.action.events.at(-1)
              if (event !== undefined && 'first' in event) event.first = traced
            }
          },
        },
      )
      left = { ...spent, between: left.between - (taken - begun - 1) }
    }
  } finally {
    world.close()
  }
  return actions
}

function writeFirst(step: Step, first: Action, running: number, frame: Frame | undefined): void {
  const [at] = namesOf(step)
  if (frame?.held === step) throw new NotTraceableError('two actions are taken before one call')
  if (running > 0) throw new NotTraceableError('two actions are held at once')
  if (at === undefined) throw new NotTraceableError(describe(step))
  if (step.by.kind === 'object' && mayNeedTheObject(first)) {
    throw new NotTraceableError('the object is asked while it is held')
  }
  const { action, calls } = frameOf(frame)
  action.events.push({ at, after: calls.arrived(at), first: { ...first, events: [] } })
  calls.clear()
  if (frame !== undefined) frame.held = step
}

function frameOf(frame: Frame | undefined): Frame {
  if (frame === undefined) throw new NotTraceableError('something happens to what a crash has left behind')
  return frame
}

/** Whether the action may need the object, or what it stores: what waits for its database cannot serve that. */
function mayNeedTheObject({ kind }: Action): boolean {
  return isOfTheModule(kind) || kind === 'forget' || kind === 'land'
}

/** The name of the call at which the Workers are to be struck so. */
function nameFor(step: Step, fault: Fault): string {
  const [at] = namesOf(step)
  if (at === undefined) throw new NotTraceableError(describe(step))
  // Of the Workers, what the consumer's own database answers can be ended at one given call.
  if (fault === 'crashed' && (step.by.kind !== 'caller' || step.to !== 'consumer')) {
    throw new NotTraceableError(`a sender crashes at one given call to the ${step.to}`)
  }
  if (fault === 'held' && step.to === 'binding') throw new NotTraceableError('a request lands later')
  return at
}

function describe(step: Step): string {
  const text = step.to === 'binding' ? step.path : (step.statements[0]?.query ?? '')
  return `a call without a name: ${step.to} ${text.replaceAll(/\s+/g, ' ').trim().slice(0, 70)}`
}

/** Lives a recorded history, and says where it ends: then, and once it has settled; and what does not hold. */
export function followActions(actions: readonly TracedAction[]): Promise<Ends | NotTraceable> {
  return unlessNotTraceable(() => followAll(actions))
}

async function followAll(actions: readonly TracedAction[]): Promise<Ends> {
  const world = new World()
  try {
    world.rewind()
    for (const action of actions) await follow(world, action)
    const broken = [...world.watch.broken, ...checkAtRest(world)]
    const end = look(world)
    for (const kind of SETTLING) await playWithoutFaults(world, { kind, of: 0 })
    broken.push(...disagreements(world), ...world.watch.broken)
    return { end, settled: look(world), broken: [...new Set(broken)] }
  } finally {
    world.close()
  }
}

type FollowedFrame = { events: TracedEvent[]; calls: CallCount; held?: Step }

async function follow(world: World, action: TracedAction): Promise<void> {
  const frames: FollowedFrame[] = [{ events: [...action.events], calls: new CallCount() }]
  const decide: Decide = (_, step, running) => {
    const frame = frames[running]
    const [next] = frame?.events ?? []
    if (frame === undefined || next === undefined) return { fault: null }
    if (step === frame.held) return { fault: null }
    const before = 'first' in next ? frame.calls.arrived(next.at) : frame.calls.made(next.at)
    if (!namesOf(step).includes(next.at) || before !== next.after) {
      frame.calls.add(step, null)
      return { fault: null }
    }
    frame.events.shift()
    if ('first' in next) {
      frame.calls.clear()
      frame.held = step
      frames.push({ events: [...next.first.events], calls: new CallCount() })
      return { first: next.first }
    }
    frame.calls.add(step, next.fault)
    return { fault: next.fault }
  }
  await play(world, action, { faults: 9, between: 9, held: 9, switches: 0 }, { decide, list: () => [] })
  const [missed] = frames.flatMap(({ events }) => events)
  if (missed !== undefined) throw new NotTraceableError(`the module as it is makes no such call: ${missed.at}`)
}

function look({ databases: { publisher, consumer } }: World): Standing {
  const [feed] = publisher.rows<{ epoch: string; highest: number }>('SELECT epoch, highest FROM records_feed_state')
  const [pull] = consumer.rows<{ token: string | null; repair: string | null }>('SELECT token, repair FROM record_pull')
  if (feed === undefined || pull === undefined) throw new Error('Cannot look: a row of either side is missing')
  const [epoch, number] = pull.token?.split('.') ?? []
  const records = publisher.rows<{ id: number; revision: number; nr: number; state: string; content: string }>(
    'SELECT id, revision, sequence_nr AS nr, state, content FROM records ORDER BY id',
  )
  const copies = consumer.rows<{ id: number; revision: number; deleted: 0 | 1; orphaned: 0 | 1; epoch: string }>(
    'SELECT id, revision, deleted, orphaned, epoch FROM record_copies ORDER BY id',
  )
  const setAside = consumer.rows<{ id: number }>('SELECT id FROM record_quarantine WHERE closed_at IS NULL ORDER BY id')
  return {
    records: records.map(({ id, revision, nr, state, content }) => ({
      key: id,
      revision,
      number: nr,
      isDeleted: state === 'Deleted',
      content,
    })),
    highest: feed.highest,
    copies: copies.map((copy) => ({
      key: copy.id,
      revision: copy.revision,
      isDeleted: copy.deleted === 1,
      isOrphan: copy.orphaned === 1,
      isCurrent: copy.epoch === feed.epoch,
    })),
    setAside: setAside.map(({ id }) => id),
    token: number === undefined ? null : { number: Number(number), isCurrent: epoch === feed.epoch },
    repair: pull.repair,
  }
}

/** The names that fit a call. */
function namesOf(step: Step): string[] {
  const texts = step.to === 'binding' ? [step.path] : step.statements.map(({ query }) => query)
  return PLACES.filter(({ where, says }) => where === step.to && texts.some((text) => says.test(text))).map(
    ({ name }) => name,
  )
}

/**
 * Counts the calls of an action by their names. In the Workers a fault comes before a hold: a call to a database that it keeps
 * from arriving is made, and never comes to where calls are held.
 */
class CallCount {
  readonly #made = new Map<string, number>()
  readonly #arrived = new Map<string, number>()

  made(name: string): number {
    return this.#made.get(name) ?? 0
  }

  arrived(name: string): number {
    return this.#arrived.get(name) ?? 0
  }

  add(step: Step, fault: Fault | null): void {
    const arrives = step.to === 'binding' || (fault !== 'failed' && fault !== 'held')
    for (const name of namesOf(step)) {
      this.#made.set(name, this.made(name) + 1)
      if (arrives) this.#arrived.set(name, this.arrived(name) + 1)
    }
  }

  clear(): void {
    this.#made.clear()
    this.#arrived.clear()
  }
}
