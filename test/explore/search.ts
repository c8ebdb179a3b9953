import { listActions } from './actions.ts'
import {
  type Action,
  type Bounds,
  type Budget,
  budgetOf,
  type CounterExample,
  type Figures,
  type Move,
} from './bounds.ts'
import { canonical, digestOf } from './canonical.ts'
import { type Choice, play, playWithoutFaults } from './play.ts'
import { checkAtRest, checkProgress } from './promises.ts'
import { type Moment, World } from './world.ts'

/** Who looks on. */
export type Watching = {
  /** What moments are told apart by: those with the same name are explored once. Left out: their canonical form. */
  nameOf?: (moment: Moment) => string
  /** Is told of each moment that is new. */
  arrived?: (moment: Moment) => void
  /** The same, of the history by which it was reached. */
  reached?: (moves: () => readonly Move[]) => void
  /** Is told of the figures now and then. */
  passed?: (figures: Figures) => void
}

/** A moment that was reached: by which move, from where, and what may still go wrong. */
type Node = Move & { before: Node | null; actions: number }
type Open = { node: Node | null; moment: Moment; left: Budget }
/** What was chosen at each step of an action, and at which place among the choices it stood. */
type Way = Chosen[]
type Chosen = { choice: Choice; place: number }

const TRANSITIONS_BETWEEN_FIGURES = 1000

/**
 * Explores all histories within the bounds, the shortest first, and stops at the first after which something does not hold.
 * @param until when to stop before the end, by `performance.now()`
 */
export function explore(
  bounds: Bounds,
  until: number,
  watching: Watching = {},
): Promise<{ figures: Figures; fallen: CounterExample | null }> {
  return new Search(bounds, until, watching).run()
}

class Search {
  readonly #bounds: Bounds
  readonly #until: number
  readonly #watching: Watching
  readonly #nameOf: (moment: Moment) => string
  readonly #begunAt = performance.now()
  readonly #world = new World()
  readonly #seen = new Set<string>()
  readonly #knownToEnd = new Set<string>()
  /** Moments that are still to be gone on from, by the number of actions that led there. */
  readonly #layers: Open[][] = []
  readonly #left: Budget
  #transitions = 0
  #depth = 0
  #fallen: CounterExample | null = null
  #stopped = false

  constructor(bounds: Bounds, until: number, watching: Watching) {
    this.#bounds = bounds
    this.#until = until
    this.#watching = watching
    this.#nameOf = watching.nameOf ?? canonical
    this.#left = budgetOf(bounds)
  }

  async run(): Promise<{ figures: Figures; fallen: CounterExample | null }> {
    const { actions, kinds, records, begin = [] } = this.#bounds
    this.#world.rewind()
    for (const action of begin) await playWithoutFaults(this.#world, action)
    this.#layers.push([{ node: null, moment: this.#world.save(), left: this.#left }])
    for (; this.#depth < actions && !this.#isOver(); this.#depth += 1) {
      for (const open of this.#layers[this.#depth] ?? []) {
        this.#world.enter(open.moment)
        for (const action of listActions(this.#world, kinds, records)) await this.#tryEachWay(open, action)
      }
      this.#layers[this.#depth] = []
    }
    this.#world.close()
    return { figures: { ...this.#figures(), complete: !this.#isOver() }, fallen: this.#fallen }
  }

  #isOver(): boolean {
    return this.#stopped || this.#fallen !== null
  }

  /**
   * Takes the action in every way in which it can go. Code that waits cannot be copied, so each way is lived from the moment
   * on: with what was chosen before, one choice that is another, and the first ones after that.
   */
  async #tryEachWay(open: Open, action: Action): Promise<void> {
    const world = this.#world
    const between = Math.min(open.left.between, this.#bounds.actions - this.#depth - 1)
    const ways: Way[] = [[]]
    for (let begun = ways.pop(); begun !== undefined && !this.#isOver(); begun = ways.pop()) {
      const known = begun
      const way: Way = []
      world.rewind()
      const spent = await play(
        world,
        action,
        { ...open.left, between },
        {
          decide: (offered) => {
            const chosen = known[way.length] ?? openOthers(offered())
            way.push(chosen)
            return chosen.choice
          },
          list: () => listBetween(world, this.#bounds, action),
          only: this.#bounds.only,
          unreduced: this.#bounds.unreduced,
        },
      )
      function openOthers(choices: readonly Choice[]): Chosen {
        const [first, ...others] = choices.map((choice, place) => ({ choice, place }))
        for (const other of others.toReversed()) ways.push([...way, other])
        if (first === undefined) throw new Error('Cannot go on: a step has no choice')
        return first
      }

      this.#transitions += 1
      const taken = between - spent.between
      await this.#arrive(
        {
          action,
          choices: withoutTail(way.map(({ place }) => place)),
          before: open.node,
          actions: this.#depth + 1 + taken,
        },
        { ...spent, between: open.left.between - taken },
      )
      if (performance.now() > this.#until) this.#stopped = true
      if (this.#transitions % TRANSITIONS_BETWEEN_FIGURES === 0) this.#watching.passed?.(this.#figures())
    }
  }

  async #arrive(node: Node, left: Budget): Promise<void> {
    const world = this.#world
    const broken = [...world.watch.broken, ...checkAtRest(world)]
    if (broken.length > 0) {
      this.#fall(node, broken, false)
      return
    }
    const moment = world.save()
    const { faults, between, held } = left
    const switches = between > 0 ? left.switches : 0
    const name = digestOf(`${faults} ${between} ${held} ${switches} ${this.#nameOf(moment)}`)
    if (this.#seen.has(name)) return
    this.#seen.add(name)
    this.#watching.arrived?.(moment)
    this.#watching.reached?.(() => movesTo(node))
    const unkept = await checkProgress(world, this.#knownToEnd, () => digestOf(this.#nameOf(fromHereOn(world.save()))))
    if (unkept.length > 0) this.#fall(node, unkept, true)
    else if (node.actions < this.#bounds.actions) (this.#layers[node.actions] ??= []).push({ node, moment, left })
  }

  #fall(node: Node, broken: readonly string[], showsLater: boolean): void {
    this.#fallen = { moves: movesTo(node), broken, showsLater }
  }

  #figures(): Figures {
    return {
      moments: this.#seen.size,
      transitions: this.#transitions,
      depth: this.#depth,
      complete: false,
      seconds: (performance.now() - this.#begunAt) / 1000,
      megabytes: Math.round(process.memoryUsage().rss / 2 ** 20),
    }
  }
}

/** A moment as far as it decides what comes of it where no backup is restored, nothing held lands, and nothing is placed. */
function fromHereOn(moment: Moment): Moment {
  const { publisher, consumer } = moment
  return { ...moment, kept: { publisher, consumer }, held: [], placed: 0 }
}

/** The actions that may be taken between the steps of one. */
export function listBetween(world: World, { kinds, records, interrupted = kinds }: Bounds, { kind }: Action): Action[] {
  return interrupted.includes(kind) ? listActions(world, kinds, records) : []
}

function movesTo(node: Node): Move[] {
  const moves: Move[] = []
  for (let at: Node | null = node; at !== null; at = at.before) {
    moves.unshift({ action: at.action, choices: at.choices })
  }
  return moves
}

/** Choices up to the last that is not the first: the others are so anyway. */
function withoutTail(choices: readonly number[]): number[] {
  return choices.slice(0, choices.findLastIndex((choice) => choice !== 0) + 1)
}
