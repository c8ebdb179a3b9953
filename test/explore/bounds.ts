import type { Ends, NotTraceable, TracedAction } from './trace.ts'

/**
 * What may be done in the world. `bad` and `refuse` give a record a content that the consumer cannot read, or that its
 * database refuses; a change gives it a good one. `tamper` changes a copy by SQL. The restores put a database back to the
 * moment that was kept last; `forget` empties the storage of the object.
 */
export const KINDS = [
  'place',
  'change',
  'delete',
  'bad',
  'refuse',
  'republish',
  'tamper',
  'pull',
  'link',
  'compare',
  'retry',
  'reset',
  'give-back',
  'keep-publisher',
  'keep-consumer',
  'restore-publisher',
  'restore-consumer',
  'forget',
] as const
export type Kind = (typeof KINDS)[number] | 'land'

const OF_THE_MODULE = new Set<Kind>(['pull', 'link', 'compare', 'retry', 'reset', 'give-back'])

/** Whether the module's code does the action, in steps; the others are one change. */
export function isOfTheModule(kind: Kind): boolean {
  return OF_THE_MODULE.has(kind)
}

/** An action: of a record, or of the held call at a place. */
export type Action = { kind: Kind; of: number }

/**
 * What may go wrong with a call: it lands and the answer is lost; it lands twice; it is held and lands later, or never; it lands
 * and its sender crashes; it never lands, and the sender is told that it failed.
 */
export type Fault = 'lost' | 'doubled' | 'held' | 'crashed' | 'failed'

/**
 * How often something may still go wrong: faults, actions between the steps of another, calls that are held, and turns that
 * pass from one action under way to another.
 */
export type Budget = { faults: number; between: number; held: number; switches: number }

/**
 * What is explored: all histories of these kinds of actions, with at most as many records, actions, faults, actions between
 * the steps of another, calls that are held, and switches, as are given here.
 */
export type Bounds = Omit<Budget, 'switches'> & {
  /** Left out: none. An action that was begun between the steps of another then runs to its end first. */
  switches?: number
  kinds: readonly Kind[]
  records: number
  actions: number
  /** Between the steps of which actions others are taken; left out: of each. */
  interrupted?: readonly Kind[]
  /** Which faults there are; left out: all. */
  only?: readonly Fault[]
  /** What every history begins with, without faults, before its actions are counted; left out: nothing. */
  begin?: readonly Action[]
  /** Whether everything is tried everywhere, also where it was shown to make no difference. */
  unreduced?: boolean
}

/** What may go wrong in a history, before anything has. */
export function budgetOf({ faults, between, held, switches = 0 }: Bounds): Budget {
  return { faults, between, held, switches }
}

/** What was explored. `moments` are those that differ, `transitions` the ways from one to the next, with all that goes wrong. */
export type Figures = {
  moments: number
  transitions: number
  /** The most actions of a history. */
  depth: number
  /** Whether every history within the bounds was explored. */
  complete: boolean
  seconds: number
  megabytes: number
}

/** A way from one moment to the next: the action, and what was chosen at each step that had a choice. */
export type Move = { action: Action; choices: readonly number[] }

/** A history after which something does not hold, and what that is. */
export type CounterExample = {
  moves: readonly Move[]
  broken: readonly string[]
  /** Whether it shows only in what pulls and a comparison come to after the history. */
  showsLater: boolean
}

/** The explorer over one design, as far as a command uses it: search.ts, tell.ts and record.ts say what each does. */
export type Explorer = {
  explore: (
    bounds: Bounds,
    until: number,
    watching?: {
      passed?: (figures: Figures) => void
      reached?: (moves: () => readonly Move[]) => void
    },
  ) => Promise<{ figures: Figures; fallen: CounterExample | null }>
  tell: (fallen: CounterExample, bounds: Bounds) => Promise<string[]>
  recordActions: (moves: readonly Move[], bounds: Bounds) => Promise<TracedAction[] | NotTraceable>
  followActions: (actions: readonly TracedAction[]) => Promise<Ends | NotTraceable>
}

/** Bounds with a name: what they are for. */
export type NamedBounds = { name: string; bounds: Bounds }

const NOTHING_WRONG = { faults: 0, between: 0, held: 0 }
const ONE_FAULT = { faults: 1, between: 0, held: 1 }
const ONE_BETWEEN = { faults: 0, between: 1, held: 0 }

/**
 * What `npm cit` explores: a few small worlds, each with the actions that belong together. Together they take less than a
 * minute on a machine of its own.
 */
export const QUICK: readonly NamedBounds[] = [
  {
    name: 'one fault',
    bounds: {
      kinds: ['place', 'change', 'delete', 'pull', 'link'],
      records: 1,
      actions: 3,
      ...ONE_FAULT,
    },
  },
  {
    name: 'two at once',
    bounds: {
      kinds: ['place', 'change', 'pull', 'link', 'reset'],
      records: 1,
      actions: 4,
      ...ONE_BETWEEN,
    },
  },
  {
    name: 'restores',
    bounds: {
      kinds: [
        'place',
        'change',
        'pull',
        'link',
        'compare',
        'give-back',
        'keep-publisher',
        'keep-consumer',
        'restore-publisher',
        'restore-consumer',
        'forget',
      ],
      records: 1,
      actions: 5,
      ...NOTHING_WRONG,
    },
  },
  {
    name: 'what does not fit',
    bounds: {
      kinds: ['place', 'bad', 'refuse', 'change', 'delete', 'pull', 'link', 'retry', 'compare'],
      records: 2,
      actions: 4,
      ...NOTHING_WRONG,
    },
  },
]

const A_FAULT_AND_A_RESTORE: NamedBounds = {
  name: 'a fault and a restore of the publisher',
  bounds: {
    kinds: ['place', 'change', 'pull', 'keep-publisher', 'restore-publisher', 'forget'],
    records: 1,
    actions: 5,
    ...ONE_FAULT,
  },
}
const TWO_AT_ONCE: NamedBounds = {
  name: 'two at once and a restore of either side',
  bounds: {
    kinds: [
      'place',
      'change',
      'pull',
      'link',
      'keep-publisher',
      'restore-publisher',
      'keep-consumer',
      'restore-consumer',
      'forget',
    ],
    records: 1,
    actions: 4,
    ...ONE_BETWEEN,
  },
}
const WHAT_DOES_NOT_FIT: NamedBounds = {
  name: 'a fault with what does not fit',
  bounds: {
    kinds: ['place', 'bad', 'refuse', 'change', 'pull', 'link', 'retry'],
    records: 1,
    actions: 4,
    ...ONE_FAULT,
  },
}
const BATCHES_OF_ONE: NamedBounds = {
  name: 'a fault in batches of one',
  bounds: {
    kinds: ['place', 'change', 'delete', 'pull', 'link'],
    records: 2,
    actions: 4,
    ...ONE_FAULT,
  },
}
const TAKING_TURNS: NamedBounds = {
  name: 'two that take turns',
  bounds: {
    kinds: ['place', 'change', 'pull', 'link', 'compare', 'reset'],
    records: 1,
    actions: 4,
    ...ONE_BETWEEN,
    switches: 1,
  },
}
const TWO_FAULTS: NamedBounds = {
  name: 'two faults',
  bounds: { kinds: ['place', 'change', 'pull', 'link'], records: 1, actions: 4, faults: 2, between: 0, held: 1 },
}
const EVERYTHING: NamedBounds = {
  name: 'everything',
  bounds: { kinds: KINDS, records: 2, actions: 3, faults: 1, between: 1, held: 1 },
}

/** What takes a quarter of an hour: small worlds, with more that goes wrong in each. */
export const MEDIUM: readonly NamedBounds[] = [
  A_FAULT_AND_A_RESTORE,
  TWO_AT_ONCE,
  WHAT_DOES_NOT_FIT,
  BATCHES_OF_ONE,
  TAKING_TURNS,
  EVERYTHING,
]

/** What takes hours: the same worlds with longer histories, and two faults. */
export const LARGE: readonly NamedBounds[] = [
  ofActions(7, TAKING_TURNS),
  ofActions(8, TWO_AT_ONCE),
  ofActions(9, A_FAULT_AND_A_RESTORE),
  ofActions(7, TWO_FAULTS),
  ofActions(6, {
    name: 'two faults and a restore of the publisher',
    bounds: { ...A_FAULT_AND_A_RESTORE.bounds, faults: 2 },
  }),
  ofActions(8, BATCHES_OF_ONE),
  ofActions(10, WHAT_DOES_NOT_FIT),
  ofActions(5, EVERYTHING),
]

function ofActions(actions: number, { name, bounds }: NamedBounds): NamedBounds {
  return { name: `${name}, ${actions} actions long`, bounds: { ...bounds, actions } }
}

/** Whether the text names a kind of action. */
export function isKind(text: string): text is Kind {
  return (KINDS as readonly string[]).includes(text)
}
