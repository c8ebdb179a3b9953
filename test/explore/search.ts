import { type Action, type Kind, listActions } from './actions.ts'
import { canonical, digestOf } from './canonical.ts'
import { type Budget, choiceOf, play } from './play.ts'
import { checkAtRest, checkProgress } from './promises.ts'
import { type Moment, World } from './world.ts'

/**
 * What is explored: all histories of these kinds of actions, with at most so many records, actions, faults, actions between
 * the steps of another, and calls that are held.
 */
export type Bounds = Budget & {
  kinds: readonly Kind[]
  records: number
  actions: number
  /** Between the steps of which actions others are taken; left out: of each. */
  interrupted?: readonly Kind[]
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
export type CounterExample = { moves: readonly Move[]; broken: readonly string[] }

type Node = Move & { before: Node | null; left: Budget; actions: number }
type Open = { node: Node | null; moment: Moment; left: Budget }

/** When to stop before the end: at an instant by `performance.now()`, or at a count. */
export type Limits = { until: number; transitions: number }

/**
 * Explores all histories within the bounds, the shortest first, and stops at the first after which something does not hold.
 * @param nameOf what moments are told apart by; those with the same name are explored once
 * @param arrived is told of the name of each moment that is new
 */
export async function explore(
  bounds: Bounds,
  limits: Limits,
  {
    nameOf = canonical,
    arrived = () => undefined,
    passed = () => undefined,
  }: {
    nameOf?: (moment: Moment) => string
    arrived?: (moment: Moment) => void
    passed?: (figures: Omit<Figures, 'complete' | 'megabytes'>) => void
  } = {},
): Promise<{ figures: Figures; fallen: CounterExample | null }> {
  const begunAt = performance.now()
  const world = new World()
  const seen = new Set<string>()
  const knownToEnd = new Set<string>()
  const layers: Open[][] = [[{ node: null, moment: world.moment, left: bounds }]]
  let transitions = 0
  let fallen: CounterExample | null = null
  let depth = 0
  let stopped = false
  for (; depth < bounds.actions && fallen === null && !stopped; depth += 1) {
    for (const open of layers[depth] ?? []) {
      world.enter(open.moment)
      for (const action of listActions(world, bounds.kinds, bounds.records)) {
        await tryEach(open, action)
        if (fallen !== null || stopped) break
      }
      if (fallen !== null || stopped) break
    }
    layers[depth] = []
  }
  return { figures: { ...figuresNow(), complete: !stopped && fallen === null, megabytes: heapNow() }, fallen }

  /** Every way in which the action can go. */
  async function tryEach(open: Open, action: Action): Promise<void> {
    const prefixes: number[][] = [[]]
    for (let prefix = prefixes.pop(); prefix !== undefined && fallen === null && !stopped; prefix = prefixes.pop()) {
      world.rewind()
      const choices: number[] = []
      const left = { ...open.left, between: Math.min(open.left.between, bounds.actions - depth - 1) }
      const spent = await play(world, action, left, {
        decide: (offered) => {
          const place = choices.length
          const chosen = prefix?.[place] ?? 0
          if (place >= (prefix?.length ?? 0)) {
            for (let other = offered.length - 1; other > 0; other -= 1) prefixes.push([...choices, other])
          }
          choices.push(chosen)
          return choiceOf(offered, chosen)
        },
        list: () => listBetween(world, bounds, action),
      })
      transitions += 1
      await arrive(open, { action, choices: withoutTail(choices) }, left.between - spent.between, {
        ...spent,
        between: open.left.between - left.between + spent.between,
      })
      if (transitions >= limits.transitions || performance.now() > limits.until) stopped = true
      if (transitions % 1000 === 0) passed(figuresNow())
    }
  }

  async function arrive(open: Open, move: Move, between: number, left: Budget): Promise<void> {
    const actions = depth + 1 + between
    const node: Node = { ...move, before: open.node, left, actions }
    const broken = [...world.watch.broken, ...checkAtRest(world)]
    if (broken.length > 0) return void (fallen = { moves: movesTo(node), broken })
    const moment = world.save()
    const name = digestOf(`${left.faults} ${left.between} ${left.held} ${nameOf(moment)}`)
    if (seen.has(name)) return
    seen.add(name)
    arrived(moment)
    const unkept = await checkProgress(world, knownToEnd, () => digestOf(nameOf(world.save())))
    if (unkept.length > 0) return void (fallen = { moves: movesTo(node), broken: unkept })
    if (actions < bounds.actions) (layers[actions] ??= []).push({ node, moment, left })
  }

  function figuresNow(): Omit<Figures, 'complete' | 'megabytes'> {
    return { moments: seen.size, transitions, depth, seconds: (performance.now() - begunAt) / 1000 }
  }
}

/** The actions that may be taken between the steps of one. */
export function listBetween(world: World, { kinds, records, interrupted = kinds }: Bounds, { kind }: Action): Action[] {
  return interrupted.includes(kind) ? listActions(world, kinds, records) : []
}

function heapNow(): number {
  return Math.round(process.memoryUsage().rss / 2 ** 20)
}

function movesTo(node: Node): Move[] {
  const moves: Move[] = []
  for (let at: Node | null = node; at !== null; at = at.before) moves.unshift({ action: at.action, choices: at.choices })
  return moves
}

/** Choices up to the last that is not the first: the others are so anyway. */
function withoutTail(choices: readonly number[]): number[] {
  return choices.slice(0, choices.findLastIndex((choice) => choice !== 0) + 1)
}
