import { type Action, type Bounds, budgetOf, type CounterExample, type Fault, type Kind } from './bounds.ts'
import { choiceOf, type Choice, play, playWithoutFaults } from './play.ts'
import { checkProgress } from './promises.ts'
import type { Step } from './scheduler.ts'
import { listBetween } from './search.ts'
import { World } from './world.ts'

/** Tells a history in sentences, in the words of the protocol, and what does not hold after it. */
export async function tell({ moves, broken, showsLater }: CounterExample, bounds: Bounds): Promise<string[]> {
  const world = new World()
  const story = new Story(world)
  let left = budgetOf(bounds)
  let actions = 0
  world.rewind()
  for (const action of bounds.begin ?? []) {
    story.begin(action, false)
    await playWithoutFaults(world, action)
    story.look()
  }
  for (const { action, choices } of moves) {
    const begun = actions
    const between = Math.min(left.between, bounds.actions - actions - 1)
    let place = 0
    const spent = await play(
      world,
      action,
      { ...left, between },
      {
        decide: (offered, step, running) => {
          const choice = choiceOf(offered(), choices[place] ?? 0)
          place += 1
          story.decide(step, choice, running)
          return choice
        },
        list: () => listBetween(world, bounds, action),
        only: bounds.only,
        unreduced: bounds.unreduced,
        started: (started, isBetween) => {
          actions += 1
          story.begin(started, isBetween)
        },
      },
    )
    left = { ...spent, between: left.between - (actions - begun - 1) }
    story.look()
  }
  if (showsLater) {
    await checkProgress(world, new Set(), () => '')
    story.say('From then on nothing goes wrong. The consumer pulls, compares, and pulls again.')
    story.look()
  }
  world.close()
  return [...story.sentences, ...broken]
}

const BEGINNINGS: Record<Kind, (of: number) => string> = {
  place: (of) => `Record ${of} is placed.`,
  change: (of) => `Record ${of} changes.`,
  delete: (of) => `Record ${of} is deleted.`,
  bad: (of) => `Record ${of} changes to what the consumer cannot read.`,
  refuse: (of) => `Record ${of} changes to what the consumer’s database refuses.`,
  republish: () => 'All records are republished.',
  tamper: (of) => `Somebody changes the copy of record ${of} by SQL.`,
  pull: () => 'The consumer pulls.',
  link: (of) => `Somebody follows a link to record ${of}.`,
  compare: () => 'The consumer compares both sides.',
  retry: (of) => `The consumer reads record ${of} again, which is set aside.`,
  reset: () => 'The token is reset to the feed’s start.',
  'give-back': () => 'The orphans are restored.',
  'keep-publisher': () => 'The publisher’s database is backed up.',
  'keep-consumer': () => 'The consumer’s database is backed up.',
  'restore-publisher': () => 'The publisher’s database is restored from its backup.',
  'restore-consumer': () => 'The consumer’s database is restored from its backup.',
  forget: () => 'The object’s storage is lost, and the witness with it.',
  land: () => 'The call that was held lands.',
}

/** Actions that come in steps, as they are continued. */
const NOUNS: Partial<Record<Kind, string>> = {
  pull: 'pull',
  link: 'link',
  compare: 'comparison',
  retry: 'retry',
  reset: 'reset',
  'give-back': 'restore of orphans',
  // In the module one statement is all of it; in a wrong design it may come in steps.
  change: 'change',
}

const FAULTS: Record<Fault, (what: string) => string> = {
  lost: (what) => `${what} lands, and its answer is lost.`,
  doubled: (what) => `${what} lands twice.`,
  held: (what) => `${what} is held; its sender is told that it failed.`,
  crashed: (what) => `${what} lands, and its sender crashes.`,
  failed: (what) => `${what} fails.`,
}

/** What a statement does, by what it says; the first that fits. */
const STATEMENTS: readonly [RegExp, string][] = [
  [/numbering = 1/, 'The numbering'],
  [/SET epoch = lower/, 'The opening of an epoch'],
  [/SET token = \?, batch_id/, 'The batch with its token'],
  [/run_started_at = \?/, 'The beginning of the run'],
  [/repair = 'reading', agreed/, 'The beginning of the repair'],
  [/SET repair = NULL/, 'The end of the repair'],
  [/SET compared_at/, 'The outcome of the comparison'],
  [/INSERT INTO record_runs/, 'The end of the run'],
  [/INSERT INTO record_copies/, 'The storing of the record'],
  [/INSERT INTO record_quarantine/, 'The setting aside of the record'],
  [/INSERT INTO record_epochs/, 'The epoch that was learned'],
]

function nameOf(step: Step): string {
  if (step.to === 'binding') return `The request for ${step.path.replace(/\?.*/, '')}`
  const said = step.statements.map(({ query }) => query).join(';')
  return STATEMENTS.find(([says]) => says.test(said))?.[1] ?? 'A statement'
}

type View = {
  records: Map<number, { revision: number; nr: number }>
  epoch: string
  highest: number
  copies: Map<number, { revision: number; epoch: string; orphaned: number }>
  pull: { token: string | null; epoch: string | null; repair: string | null }
  setAside: Set<number>
}

class Story {
  readonly sentences: string[] = []
  readonly #world: World
  readonly #epochs = new Map<string, string>()
  #view: View
  /** The highest number that was told of, or was there before. */
  #numbered = 0
  /** The actions under way, as they began, and which of them was told of last. */
  #underWay: Kind[] = []
  #told = 0

  constructor(world: World) {
    this.#world = world
    this.#view = this.#see()
    this.#name(this.#view.epoch)
  }

  say(sentence: string): void {
    this.sentences.push(sentence)
  }

  begin(action: Action, isBetween: boolean): void {
    this.look()
    const { highest } = this.#view
    // Where a writer numbers its record itself, in two steps.
    if (isBetween && highest > this.#numbered) this.say(`Number ${highest} is drawn.`)
    this.#numbered = Math.max(this.#numbered, highest)
    const sentence = BEGINNINGS[action.kind](action.of)
    if (!isBetween) this.#underWay = []
    this.#told = this.#underWay.push(action.kind) - 1
    this.say(isBetween ? `Before it continues, ${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}` : sentence)
  }

  decide(step: Step, choice: Choice, running: number): void {
    this.look()
    if (!('fault' in choice)) return
    const kind = this.#underWay[running]
    // The object works for all of them.
    if (kind !== undefined && running !== this.#told && step.by.kind !== 'object') {
      this.#told = running
      this.say(`The ${NOUNS[kind] ?? 'call'} that was begun ${running === 0 ? 'before' : 'in between'} continues.`)
    }
    if (choice.fault !== null) this.say(FAULTS[choice.fault](nameOf(step)))
  }

  /** Says what has become different in the databases. */
  look(): void {
    const before = this.#view
    const now = this.#see()
    this.#view = now
    if (before.epoch !== now.epoch) this.say(`The publisher is in epoch ${this.#name(now.epoch)}.`)
    for (const [id, { nr }] of now.records) {
      if (nr <= 0 || nr === before.records.get(id)?.nr) continue
      this.#numbered = Math.max(this.#numbered, nr)
      this.say(`Record ${id} has number ${nr}.`)
    }
    if (now.pull.epoch !== null && before.pull.epoch !== now.pull.epoch) {
      this.say(`The consumer is in epoch ${this.#name(now.pull.epoch)}.`)
    }
    for (const [id, { revision, epoch, orphaned }] of now.copies) {
      const copy = before.copies.get(id)
      if (copy?.revision !== revision || copy.epoch !== epoch) {
        this.say(`Its copy of record ${id} is revision ${revision}, of epoch ${this.#name(epoch)}.`)
      }
      if (copy !== undefined && copy.orphaned !== orphaned) {
        this.say(orphaned === 1 ? `The copy of record ${id} is an orphan.` : `The copy of record ${id} is no orphan.`)
      }
    }
    for (const id of before.copies.keys()) if (!now.copies.has(id)) this.say(`There is no copy of record ${id}.`)
    for (const id of now.setAside) if (!before.setAside.has(id)) this.say(`Record ${id} is set aside.`)
    for (const id of before.setAside) if (!now.setAside.has(id)) this.say(`Record ${id} is released.`)
    if (before.pull.token !== now.pull.token) {
      const [epoch = '', number] = now.pull.token?.split('.') ?? []
      this.say(number === undefined ? 'It has no token.' : `Its token is ${number}, of epoch ${this.#name(epoch)}.`)
    }
  }

  #name(epoch: string): string {
    const name = this.#epochs.get(epoch) ?? String.fromCodePoint('A'.charCodeAt(0) + this.#epochs.size)
    this.#epochs.set(epoch, name)
    return name
  }

  #see(): View {
    const { publisher, consumer } = this.#world.databases
    const records = publisher.rows<{ id: number; revision: number; nr: number }>(
      'SELECT id, revision, sequence_nr AS nr FROM records',
    )
    const copies = consumer.rows<{ id: number; revision: number; epoch: string; orphaned: number }>(
      'SELECT id, revision, epoch, orphaned FROM record_copies',
    )
    const [feed] = publisher.rows<{ epoch: string; highest: number }>('SELECT epoch, highest FROM records_feed_state')
    const [pull] = consumer.rows<View['pull']>('SELECT token, epoch, repair FROM record_pull')
    const quarantined = consumer.rows<{ id: number }>('SELECT id FROM record_quarantine WHERE closed_at IS NULL')
    return {
      records: new Map(records.map((record) => [record.id, record])),
      epoch: feed?.epoch ?? '',
      highest: feed?.highest ?? 0,
      copies: new Map(copies.map((copy) => [copy.id, copy])),
      pull: pull ?? { token: null, epoch: null, repair: null },
      setAside: new Set(quarantined.map(({ id }) => id)),
    }
  }
}
