import type { Fault } from './bounds.ts'
import type { SentStatement } from '../../shared/simulator/sqlite/sqlite-d1.ts'

/** Whose database a statement is sent to. */
export type Side = 'publisher' | 'consumer'

/** What was sent and has not landed: the sender believes it failed. It lands when the history says so, or never. */
export type HeldCall =
  | { to: Side; statements: readonly SentStatement[] }
  | { to: 'binding'; path: string; body: string | null }

/** A place at which the world decides how it goes on: what was sent, and how it lands. */
export type Step = HeldCall & {
  by: Party
  /** Whether it only reads: then it does not matter whether, when and how often it lands. */
  reads: boolean
  land: () => Promise<unknown>
}

/**
 * Whose code runs. A `caller` is a run, a link or whatever else somebody has begun; the `object` numbers the feed for all of
 * them, and what a `service` answers it answers for one caller. A party that crashed goes no further.
 */
export type Party = { kind: 'caller' | 'object'; crashed: boolean } | { kind: 'service'; of: Party; crashed: boolean }

/** What a sender is told of a call whose answer does not arrive, as D1 says it. */
export class NoAnswerError extends Error {
  constructor() {
    super('D1_ERROR: Network connection lost.')
  }
}

type Waiting = { step: Step; resolve: (answer: unknown) => void; reject: (error: unknown) => void }

/**
 * Holds every call that the code under test makes, until it is let go: between two of them nothing happens that was not
 * chosen.
 */
export class Scheduler {
  #waiting: Waiting[] = []

  /** Holds a call; its promise settles when the step was performed, and never if its sender has crashed. */
  hold<Answer>(step: Step): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    if (!step.by.crashed) this.#waiting.push({ step, resolve, reject })
    return promise as Promise<Answer>
  }

  /** The calls that wait, the one that was made last at the end. */
  get steps(): readonly Step[] {
    return this.#waiting.map(({ step }) => step)
  }

  /** Lets code run until every party waits for a step or has ended. */
  async comeToRest(): Promise<void> {
    await new Promise(setImmediate)
  }

  /** Performs a step as it was chosen. A crash ends all that its sender has under way. */
  perform(step: Step, fault: Fault | null): void {
    const place = this.#waiting.findIndex((one) => one.step === step)
    const [waiting] = this.#waiting.splice(place, 1)
    if (waiting === undefined) throw new Error('Cannot perform a step that does not wait')
    const { resolve, reject } = waiting
    const failed = (): void => reject(new NoAnswerError())
    switch (fault) {
      case null:
        return void step.land().then(resolve, reject)
      case 'doubled':
        return void step.land().then(step.land, step.land).then(resolve, reject)
      case 'lost':
        return void step.land().then(failed, failed)
      case 'held':
      case 'failed':
        return failed()
      case 'crashed':
        void step.land().catch(() => undefined)
        return this.crash(step.by)
    }
  }

  /** Ends a party: what it has sent and nobody has let go is gone, and nothing answers it any more. */
  crash(party: Party): void {
    party.crashed = true
    this.#waiting = this.#waiting.filter(({ step }) => step.by !== party)
  }

  /** Forgets what waits: nothing goes on that was under way. */
  clear(): void {
    this.#waiting = []
  }
}
