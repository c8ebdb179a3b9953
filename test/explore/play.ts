import { act, touchedBy } from './actions.ts'
import type { Action, Budget, Fault } from './bounds.ts'
import type { Party, Step } from './scheduler.ts'
import { isExpected, type World } from './world.ts'

/**
 * How it goes on at a step: it lands, with a fault or without; another action is taken first; or it waits, and the turn passes to
 * an action that is under way as well, by its place among those as they began.
 */
export type Choice = { fault: Fault | null } | { first: Action } | { turn: number }

/**
 * Decides at a step how it goes on, among the choices; the first is that it lands. Told of each step before it is performed.
 * The choices are found out where they are asked for: that takes a look at both databases. `running` says whose turn it is,
 * counting the actions as they began; -1 where only what a crash has left behind goes on.
 */
export type Decide = (choices: () => readonly Choice[], step: Step, running: number) => Choice

/** `isFirst`: no other action is under way when it begins. `stepped`: it has come past its first step. */
type Running = { party: Party; ended: boolean; isFirst: boolean; stepped: boolean }

/**
 * Takes an action to its end, and all that is begun between its steps: then nothing is under way.
 * @param list the actions that may be taken between two steps
 * @param started is told of each action as it begins, and whether it does between the steps of another
 * @param only the faults there are, where it is not all
 * @param unreduced whether everything is offered at each step, also what was shown to make no difference
 */
export async function play(
  world: World,
  action: Action,
  budget: Budget,
  {
    decide,
    list,
    started,
    only,
    unreduced = false,
  }: {
    decide: Decide
    list: () => Action[]
    started?: (action: Action, between: boolean) => void
    only?: readonly Fault[] | undefined
    unreduced?: boolean | undefined
  },
): Promise<Budget> {
  const { scheduler } = world
  const left = { ...budget }
  const running: Running[] = []
  let turn = -1
  let hasStepped = false
  begin(action)
  for (;;) {
    await scheduler.comeToRest()
    if (running[turn]?.ended !== false) turn = running.findLastIndex(({ ended }) => !ended)
    const current = running[turn]
    const step = nextStep(scheduler.steps, current?.party)
    if (step === undefined) {
      if (current === undefined) return left
      throw new Error('Cannot go on: somebody waits for what never comes')
    }
    const choice = decide(
      () => {
        const choices = (unreduced ? allChoicesAt : choicesAt)(step, left, current, list)
        if (left.switches > 0 && (hasStepped || unreduced)) choices.push(...othersUnderWay())
        return only === undefined ? choices : choices.filter((one) => isOneOf(only, one))
      },
      step,
      turn,
    )
    if ('turn' in choice) {
      left.switches -= 1
      turn = choice.turn
      hasStepped = false
      continue
    }
    if (current !== undefined) current.stepped = true
    if ('first' in choice) {
      left.between -= 1
      begin(choice.first)
      continue
    }
    hasStepped = true
    perform(step, choice.fault)
  }

  /** The turns of the others who can go on. Before a turn has taken a step, the one before it could as well pass to them. */
  function othersUnderWay(): Choice[] {
    return running.flatMap(({ party, ended }, other) =>
      ended || other === turn || nextStep(scheduler.steps, party) === undefined ? [] : [{ turn: other }],
    )
  }

  function begin(begun: Action): void {
    started?.(begun, running.length > 0)
    world.passTime()
    const party: Party = { kind: 'caller', crashed: false }
    const caller: Running = { party, ended: false, isFirst: running.length === 0, stepped: false }
    turn = running.push(caller) - 1
    hasStepped = false
    act(world, caller.party, begun)
      .catch((error: unknown) => {
        if (!isExpected(error)) world.watch.broken.push(`The consumer fails: ${String(error)}.`)
      })
      .finally(() => (caller.ended = true))
  }

  function perform(step: Step, fault: Fault | null): void {
    if (fault !== null) left.faults -= 1
    if (fault === 'held') {
      left.held -= 1
      world.held.push(
        step.to === 'binding'
          ? { to: 'binding', path: step.path, body: step.body }
          : { to: step.to, statements: step.statements },
      )
    }
    scheduler.perform(step, fault)
    if (fault !== 'crashed') return
    for (const caller of running) caller.ended ||= caller.party.crashed
    if (step.by.kind === 'object') world.crashObject()
  }
}

/**
 * Whose turn it is: those who began last, and what the publisher does for them; the object works for all. What a caller
 * began who has crashed since goes on as well. Others wait until these have ended.
 */
function nextStep(steps: readonly Step[], current: Party | undefined): Step | undefined {
  const isOf = ({ by }: Step): boolean => by === current || (by.kind === 'service' && by.of === current)
  return (
    steps.find(isOf) ?? steps.find(({ by }) => by.kind === 'object') ?? (current === undefined ? steps[0] : undefined)
  )
}

function choicesAt(
  step: Step,
  { faults, between, held }: Budget,
  current: Running | undefined,
  list: () => Action[],
): Choice[] {
  const choices: Choice[] = [{ fault: null }]
  if (faults > 0) for (const fault of faultsAt(step, held > 0)) choices.push({ fault })
  // Before the first step of the first action the other one could as well be taken before that.
  if (between > 0 && current !== undefined && (current.stepped || !current.isFirst)) {
    for (const first of list()) if (mayComeBefore(step, first)) choices.push({ first })
  }
  return choices
}

function isOneOf(faults: readonly Fault[], choice: Choice): boolean {
  return !('fault' in choice) || choice.fault === null || faults.includes(choice.fault)
}

/** Everything at every step: what choicesAt leaves out leads nowhere else. */
function allChoicesAt(
  step: Step,
  { faults, between, held }: Budget,
  _current: unknown,
  list: () => Action[],
): Choice[] {
  const choices: Choice[] = [{ fault: null }]
  if (faults > 0) {
    choices.push({ fault: 'lost' }, { fault: 'doubled' }, { fault: 'failed' })
    if (held > 0) choices.push({ fault: 'held' })
    if (step.by.kind !== 'service') choices.push({ fault: 'crashed' })
  }
  if (between > 0) for (const first of list()) choices.push({ first })
  return choices
}

/**
 * Faults that differ in what they leave behind. What only reads leaves nothing: whether, when and how often it lands does not
 * matter. A call that never lands is one that is held for ever. The object has nothing in memory but who waits: where it
 * crashes as it reads, they are told as if the reading had failed. What a service does crashes by itself alone: its answer is
 * lost.
 */
function faultsAt(step: Step, mayBeHeld: boolean): Fault[] {
  const never = mayBeHeld ? 'held' : 'failed'
  if (step.to === 'binding') return isQuestion(step.path) ? ['failed'] : ['lost', 'doubled', never, 'crashed']
  if (step.reads) return step.by.kind === 'caller' ? ['failed', 'crashed'] : ['failed']
  return step.by.kind === 'service' ? ['lost', 'doubled', never] : ['lost', 'doubled', never, 'crashed']
}

/** Requests that change nothing at the publisher; a batch of the feed numbers what waits. */
function isQuestion(path: string): boolean {
  return /^\/(?:records\/|digest|fingerprints|lag)/.test(path)
}

/**
 * An action of one side is independent of what lands at the other: tried before each step of its own side, it was tried
 * everywhere. One of both sides is tried at each step, also before a request leaves: once it has arrived, the object answers it
 * before any other.
 */
function mayComeBefore(step: Step, action: Action): boolean {
  const sides = touchedBy(action)
  return sides.length > 1 || (step.to !== 'binding' && sides.includes(step.to))
}

const LANDS: Choice = { fault: null }

/** Takes an action in which nothing goes wrong. */
export async function playWithoutFaults(world: World, action: Action): Promise<void> {
  const decide: Decide = () => LANDS
  await play(world, action, { faults: 0, between: 0, held: 0, switches: 0 }, { decide, list: () => [] })
}

/** The choice at this place of those that are offered. Another history would offer others: then it was not the same one. */
export function choiceOf(offered: readonly Choice[], place: number): Choice {
  const choice = offered[place]
  if (choice === undefined) throw new Error('Cannot replay a history: it offers other choices than before')
  return choice
}
