import { noCost } from '../../shared/db/d1.ts'
import { type Db, openD1 } from '../../shared/db/open-d1.ts'
import type { Log } from '../../shared/edge/log.ts'
import type { Context } from '../../shared/handover/consumer/definition.ts'
import { answerFeed } from '../../shared/handover/publisher/answer.ts'
import { FeedSequencer } from '../../shared/handover/publisher/sequencer.ts'
import type { SentStatement } from '../../shared/simulator/sqlite/sqlite-d1.ts'
import { Database, type Fate, type Image, instantOf } from './database.ts'
import { CONSUMER_MIGRATION, type ExplorerEnv, PUBLISHER_MIGRATION, recordFeed } from './feed.ts'
import { type HeldCall, NoAnswerError, type Party, Scheduler, type Side } from './scheduler.ts'
import { Watch } from './watch.ts'

/** What is kept of a database: the moment that it can be restored to. */
export type Kept = { publisher: Image; consumer: Image }

/**
 * The world at a moment at which nothing is under way, as data. `shown` is the highest number that an answer of the feed
 * has shown, `placed` how many records were placed; neither is undone by a restore. `tampered`: a copy was changed behind the
 * consumer's back, which a comparison corrects.
 */
export type Moment = Kept & {
  storage: readonly (readonly [string, unknown])[]
  kept: Kept
  held: readonly HeldCall[]
  fate: Fate
  shown: number
  placed: number
  tampered: boolean
}

/** How many images are known again. */
const MOST_IMAGES = 100_000

const SILENT: Log = {
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => SILENT,
}

/** Both sides with the module's own code, the storage of the object, and the binding between them. */
export class World {
  readonly fate: Fate = { minutes: 0, drawn: 0 }
  readonly databases: Readonly<Record<Side, Database>> = {
    publisher: new Database(PUBLISHER_MIGRATION, this.fate),
    consumer: new Database(CONSUMER_MIGRATION, this.fate),
  }
  readonly scheduler = new Scheduler()
  readonly watch = new Watch(this.databases)
  readonly storage = new Map<string, unknown>()
  kept: Kept
  held: HeldCall[] = []
  placed = 0
  #moment: Moment
  #entered = false
  readonly #images = new Map<Image, Image>()
  #object!: { party: Party; sequencer: FeedSequencer; gone: Promise<never>; end: () => void }

  constructor() {
    const { publisher, consumer } = this.databases
    this.kept = { publisher: publisher.dump(), consumer: consumer.dump() }
    const { fate, kept } = this
    const first = { storage: [], held: [], shown: 0, placed: 0, tampered: false }
    this.#moment = { ...kept, ...first, kept, fate: { ...fate } }
    publisher.begin()
    consumer.begin()
    this.#startObject()
  }

  /** The moment at which the world is; `rewind` returns to it. */
  get moment(): Moment {
    return this.#moment
  }

  /** Goes to a moment. */
  enter(moment: Moment): void {
    const isSame = this.#moment === moment && this.#entered
    this.#entered = true
    for (const side of ['publisher', 'consumer'] as const) {
      const database = this.databases[side]
      database.undo()
      if (this.#moment[side] !== moment[side]) database.load(moment[side])
      database.begin()
    }
    this.#moment = moment
    Object.assign(this.fate, moment.fate)
    this.storage.clear()
    for (const [name, value] of moment.storage) this.storage.set(name, value)
    this.kept = moment.kept
    this.held = [...moment.held]
    this.placed = moment.placed
    if (isSame) this.watch.beginAgain()
    else this.watch.begin(moment.shown, moment.tampered)
    this.scheduler.clear()
    this.#startObject()
  }

  /** Undoes everything since the moment that was entered last. */
  rewind(): void {
    this.enter(this.#moment)
  }

  /** The world as it is now: nothing may be under way. */
  save(): Moment {
    const { databases, storage, kept, held, fate, placed, watch } = this
    return {
      publisher: this.#keepOnce(databases.publisher.dump()),
      consumer: this.#keepOnce(databases.consumer.dump()),
      storage: [...storage],
      kept,
      held: [...held],
      fate: { ...fate },
      shown: watch.shown,
      placed,
      tampered: watch.tampered,
    }
  }

  /** The image that equals this one, if it was met before: most moments differ from others on one side alone. */
  #keepOnce(image: Image): Image {
    const known = this.#images.get(image)
    if (known !== undefined) return known
    if (this.#images.size >= MOST_IMAGES) this.#images.clear()
    this.#images.set(image, image)
    return image
  }

  /** Closes both databases: nothing can be done in the world any more. */
  close(): void {
    for (const { d1 } of Object.values(this.databases)) d1.sqlite.close()
  }

  /** An hour goes by, and a little: every lease has run out, and every pause is over. */
  passTime(): void {
    this.fate.minutes += 61
  }

  /** What a caller of the consumer acts with; each of its calls is a step. */
  contextOf(caller: Party): Context<ExplorerEnv> {
    return {
      env: { PUBLISHER: { fetch: (url, init) => this.#call(caller, url as string, init as RequestInit) } },
      db: this.#open('consumer', caller),
      by: 'explorer',
      now: instantOf(this.fate),
      requestId: this.newId(),
      log: SILENT,
    }
  }

  /** The publisher's database, as a caller at the publisher works with it; each of its statements is a step. */
  openPublisher(caller: Party): Db {
    return this.#open('publisher', caller)
  }

  /** An id in the form of a UUID that was never given before. */
  newId(): string {
    return `00000000-0000-4000-8000-${String((this.fate.drawn += 1)).padStart(12, '0')}`
  }

  /** Lets a call land that was held. Nobody waits for its answer, and nobody hears of its refusal. */
  async land(call: HeldCall, by: Party): Promise<void> {
    if (call.to === 'binding') await this.#answer(by, call.path, call.body)
    else await this.#send(call.to, call.statements).catch(() => undefined)
  }

  /** Ends the object with what it has under way; the next call finds another one. */
  crashObject(): void {
    const { party, end } = this.#object
    this.scheduler.crash(party)
    end()
    this.#startObject()
  }

  #startObject(): void {
    const party: Party = { kind: 'object', crashed: false }
    const { promise: gone, reject } = Promise.withResolvers<never>()
    gone.catch(() => undefined)
    const sequencer = new FeedSequencer(recordFeed, {
      openDb: () => this.#open('publisher', party),
      storage: {
        get: <T>(name: string) => this.storage.get(name) as T | undefined,
        put: (name, value) => this.storage.set(name, value),
      },
      log: () => SILENT,
    })
    this.#object = { party, sequencer, gone, end: () => reject(new CrashError()) }
  }

  #open(side: Side, by: Party): Db {
    const hold = (statements: readonly SentStatement[]): Promise<D1Result[]> =>
      this.scheduler.hold<D1Result[]>({
        to: side,
        statements,
        by,
        reads: statements.every(({ query }) => /^\s*(?:SELECT|WITH)\b/.test(query)),
        land: () => this.#send(side, statements),
      })
    const prepare = (query: string, values: readonly unknown[] = []): object => ({
      query,
      values,
      bind: (...bound: unknown[]) => prepare(query, bound),
      run: async () => (await hold([{ query, values }]))[0],
    })
    return openD1({ prepare, batch: hold } as unknown as D1Database, noCost())
  }

  async #send(side: Side, statements: readonly SentStatement[]): Promise<D1Result[]> {
    const database = this.databases[side]
    const before = database.version
    try {
      return await database.send(statements)
    } finally {
      if (database.version !== before) this.watch.look(side)
    }
  }

  async #call(caller: Party, url: string, init: RequestInit): Promise<Response> {
    const path = url.slice('https://publisher'.length)
    const body = typeof init.body === 'string' ? init.body : null
    const land = (): Promise<Response> => this.#answer(caller, path, body)
    return this.scheduler.hold<Response>({ to: 'binding', path, body, by: caller, reads: false, land })
  }

  async #answer(caller: Party, path: string, body: string | null): Promise<Response> {
    const { sequencer, gone } = this.#object
    const service: Party = { kind: 'service', of: caller, crashed: false }
    const cost = noCost()
    const db = this.#open('publisher', service)
    const headers = { 'Content-Type': 'application/json' }
    const request = new Request(`https://publisher${path}`, body === null ? {} : { method: 'POST', headers, body })
    const world = { db, cost, sequencer, log: SILENT, now: instantOf(this.fate) }
    try {
      const answer = await Promise.race([answerFeed(recordFeed, world, request), gone])
      if (answer === undefined) return new Response(null, { status: 404 })
      if (answer.status !== 200 || !path.startsWith('/records?')) return answer
      const { headers } = answer
      const text = await answer.text()
      this.watch.seeBatch(text)
      return new Response(text, { headers })
    } catch (error) {
      if (!isExpected(error)) this.watch.broken.push(`The publisher fails: ${String(error)}.`)
      return new Response(null, { status: 500 })
    }
  }
}

class CrashError extends Error {}

/** Whether it was thrown since the history says so. */
export function isExpected(error: unknown): boolean {
  return error instanceof NoAnswerError || error instanceof CrashError
}
