import type { Db } from '../../db/open-d1.ts'
import { type D1Cost, noCost } from '../../db/d1.ts'
import type { Log } from '../../edge/log.ts'
import { ok, type Result } from '../../result.ts'
import { KEYS } from '../protocol.ts'
import { answerNothingNew, type Batch, type BatchRequest } from './readers.ts'
import type { Feed } from './feed.ts'
import { numberAndReadBatches } from './number-assignment-store.ts'
import { findHighestKey } from './record-store.ts'
import { openEpoch, readFeedSummary } from './state-store.ts'
import type { FeedRefusal, FeedState, Token } from './token.ts'
import { judgeWitness, type Witness } from './restore-witness.ts'

/** A batch as it leaves the sequencer: its records as the text of a JSON array, since objects would be copied one by one. */
export type WrittenBatch = { records: string; next: Token; more: boolean }

/** What answers for a feed: one for all of its readers and writers. */
export type Sequencer = {
  readBatch: (request: BatchRequest) => Promise<Result<WrittenBatch, FeedRefusal>>
  openEpochAfter: (epoch: string) => Promise<string>
  allotKeys: (count: number, above?: number) => Promise<number>
}

/** A few values that survive the process and that a restore of the database cannot reach, written before an answer leaves. */
export type Storage = { get: <T>(name: string) => T | undefined; put: <T>(name: string, value: T) => void }

/** What a sequencer works with. */
export type SequencerWorld = { openDb: (cost: D1Cost) => Db; storage: Storage; log: () => Log }

/** Where the storage keeps what the feed has shown. */
const WITNESS = 'witness'
/** Where it keeps the highest key that was given or shown. */
const HIGHEST_KEY = 'highestKey'
/**
 * The highest key that new ones follow. One beyond it, which SQL has chosen, is passed over: it would leave too few to give,
 * and none that is given ever comes there.
 */
export const MOST_FOLLOWED = KEYS / 2
/** How often a numbering is begun again when somebody else moved the feed meanwhile. */
const MAX_TRIES = 5

type Waiting = {
  request: BatchRequest
  resolve: (batch: Result<WrittenBatch, FeedRefusal>) => void
  reject: (reason: unknown) => void
}

/**
 * Numbers a feed as it is read. It does not lock the database: an object can be alive twice for seconds, and its awaits
 * interleave. What is correct is made so by the transaction; the sequencer makes readers that come at once share one
 * numbering, and is the witness of what the feed has shown.
 */
export class FeedSequencer implements Sequencer {
  readonly #feed: Feed
  readonly #world: SequencerWorld
  #waiting: Waiting[] = []
  #running = false

  constructor(feed: Feed, world: SequencerWorld) {
    this.#feed = feed
    this.#world = world
  }

  /**
   * The records after the token, those that waited for a number included. Those who ask while a numbering runs share
   * the next one: the one that runs may have begun before what they ask about was written.
   */
  readBatch(request: BatchRequest): Promise<Result<WrittenBatch, FeedRefusal>> {
    const { promise, resolve, reject } = Promise.withResolvers<Result<WrittenBatch, FeedRefusal>>()
    this.#waiting.push({ request, resolve, reject })
    if (!this.#running) void this.#answerWaiting()
    return promise
  }

  /**
   * Opens a new epoch, if `epoch` is still the current one: a consumer has shown that it holds what this history of the
   * feed no longer has. Returns the epoch that is current then.
   */
  async openEpochAfter(epoch: string): Promise<string> {
    const db = this.#world.openDb(noCost())
    const state = await this.#heedWitness(db, (await readFeedSummary(db, this.#feed)).state)
    if (state.epoch !== epoch) return state.epoch
    return (await this.#openEpoch(db, state, state.highest)).epoch
  }

  /**
   * Takes `count` keys in a row and returns the first. They are never given again, whether they are used or not, and
   * whatever a restore undoes (PROTOCOL.md, 3.2). `above` is the highest key that the caller has met in the database: a
   * row made by SQL is passed over.
   */
  async allotKeys(count: number, above = 0): Promise<number> {
    const { storage } = this.#world
    const known = storage.get<number>(HIGHEST_KEY) ?? (await this.#findHighestKey(this.#world.openDb(noCost())))
    // Read again: awaiting the database lets other calls in.
    const highest = Math.max(known, above <= MOST_FOLLOWED ? above : 0, storage.get<number>(HIGHEST_KEY) ?? 0)
    storage.put(HIGHEST_KEY, highest + count)
    return highest + 1
  }

  /** A record that SQL has made and a batch has shown keeps its key, too, if a restore loses its row. */
  async #rememberKeys(db: Db, shown: readonly number[]): Promise<void> {
    const { storage } = this.#world
    const highest = shown.reduce((one, other) => (other <= MOST_FOLLOWED ? Math.max(one, other) : one), 0)
    const known = storage.get<number>(HIGHEST_KEY)
    if (highest <= (known ?? 0)) return
    const held = known ?? (await this.#findHighestKey(db))
    storage.put(HIGHEST_KEY, Math.max(highest, held, storage.get<number>(HIGHEST_KEY) ?? 0))
  }

  #findHighestKey(db: Db): Promise<number> {
    return findHighestKey(db, this.#feed, MOST_FOLLOWED)
  }

  async #answerWaiting(): Promise<void> {
    this.#running = true
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0)
      try {
        const batches = await this.#readBatches(group.map(({ request }) => request))
        for (const [index, batch] of batches.entries()) group[index]?.resolve(writeBatch(batch))
      } catch (error) {
        for (const { reject } of group) reject(error)
      }
    }
    this.#running = false
  }

  async #readBatches(requests: BatchRequest[]): Promise<Result<Batch, FeedRefusal>[]> {
    const cost = noCost()
    const db = this.#world.openDb(cost)
    const limit = Math.max(...requests.map((request) => request.limit))
    for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
      const summary = await readFeedSummary(db, this.#feed)
      const expected = await this.#heedWitness(db, summary.state)
      const nothingNew = expected === summary.state ? answerNothingNew(summary, requests) : undefined
      const read =
        nothingNew === undefined
          ? await numberAndReadBatches(db, this.#feed, expected, limit, requests)
          : { asExpected: true as const, state: expected, batches: nothingNew }
      if (read.asExpected) {
        this.#witness(read.state)
        await this.#rememberKeys(
          db,
          read.batches.flatMap((batch) => (batch.ok ? batch.value.keys : [])),
        )
        this.#world.log().debug('feed.batch', { readers: requests.length, highest: read.state.highest, d1: cost })
        return read.batches
      }
    }
    throw new Error(`Cannot number the feed: it was moved from elsewhere ${MAX_TRIES} times in a row`)
  }

  /** The state to number from: the database's, in a new epoch if the witness shows that it was restored. */
  async #heedWitness(db: Db, state: FeedState): Promise<FeedState> {
    const witness = this.#world.storage.get<Witness>(WITNESS)
    const judged = judgeWitness(witness, state)
    if (judged === 'same history') {
      // Written before the first number is given: without it a crash right after would look like a restore.
      if (witness === undefined) this.#witness(state)
      return state
    }
    return this.#openEpoch(db, state, Math.max(state.highest, witness?.highest ?? 0))
  }

  async #openEpoch(db: Db, state: FeedState, highest: number): Promise<FeedState> {
    const opened = await openEpoch(db, this.#feed, state, highest)
    this.#witness(opened)
    this.#world.log().warn('feed.epoch', { before: state.epoch, epoch: opened.epoch, highest })
    return opened
  }

  /** Written before a batch leaves: an object's output gate holds the answer until it stands on disk. */
  #witness({ epoch, highest }: FeedState): void {
    const known = this.#world.storage.get<Witness>(WITNESS)
    if (known?.epoch === epoch && known.highest === highest) return
    this.#world.storage.put<Witness>(WITNESS, { epoch, highest })
  }
}

function writeBatch(batch: Result<Batch, FeedRefusal>): Result<WrittenBatch, FeedRefusal> {
  if (!batch.ok) return batch
  const { records, next, more } = batch.value
  return ok({ records: JSON.stringify(records), next, more })
}
