import { DurableObject } from 'cloudflare:workers'
import { noCost } from '../../../shared/db/d1.ts'
import { createLog } from '../../../shared/edge/log.ts'
import { ok, type Result } from '../../../shared/result.ts'
import { type OrderingDb, openDb } from '../db.ts'
import { numberAndReadBatches } from './numbering-store.ts'
import { openEpoch, readFeedSummary } from './feed-store.ts'
import type { Batch, BatchRequest, WrittenBatch } from './batch-store.ts'
import { answerNothingNew } from './idle.ts'
import type { FeedRefusal, FeedState } from './token.ts'
import { judgeWitness, type Witness } from './witness.ts'
import { findHighestNumber, MOST_FOLLOWED } from '../orders/order-store.ts'

/** The one sequencer's name: all orders are in one sequence. */
const NAME = 'orders'
/** Where the object keeps the highest order number that it has given. */
const HIGHEST_ORDER_NUMBER = 'highestOrderNumber'
/** Where it keeps what the feed has shown, out of reach of a restore of D1. */
const WITNESS = 'witness'
/** How often a numbering is begun again when somebody else moved the feed meanwhile. */
const MAX_TRIES = 5

type Waiting = {
  request: BatchRequest
  resolve: (batch: Result<WrittenBatch, FeedRefusal>) => void
  reject: (reason: unknown) => void
}

/** The sequencer of all orders. */
export function openSequencer(env: Env): DurableObjectStub<OrderSequencer> {
  return env.SEQUENCER.getByName(NAME)
}

/**
 * Gives both sequences: an order's number when it is made, and its place in the feed once it has changed.
 * It does not lock D1: an object can be alive twice for seconds, and its awaits interleave. What is correct is made so
 * by the D1 batch; the object makes readers that come at once share one numbering, and is the witness of what the feed
 * has shown: a restore of D1 cannot reach its storage.
 */
export class OrderSequencer extends DurableObject<Env> {
  #waiting: Waiting[] = []
  #running = false

  /**
   * Takes `count` order numbers in a row and returns the first. They are never given again, whether they are used or
   * not. `above` is the highest number that the caller has met in the database: a row made by SQL is passed over.
   */
  async allotOrderNumbers(count: number, above = 0): Promise<number> {
    const { kv } = this.ctx.storage
    const known = kv.get<number>(HIGHEST_ORDER_NUMBER) ?? (await findHighestNumber(this.#openDb()))
    // Read again: awaiting D1 lets other calls in.
    const highest = Math.max(known, above <= MOST_FOLLOWED ? above : 0, kv.get<number>(HIGHEST_ORDER_NUMBER) ?? 0)
    kv.put(HIGHEST_ORDER_NUMBER, highest + count)
    return highest + 1
  }

  /**
   * The orders after the token, those that waited for a number included. Those who ask while a numbering runs share
   * the next one: the one that runs may have begun before what they ask about was written.
   */
  readBatch(request: BatchRequest): Promise<Result<WrittenBatch, FeedRefusal>> {
    const { promise, resolve, reject } = Promise.withResolvers<Result<WrittenBatch, FeedRefusal>>()
    this.#waiting.push({ request, resolve, reject })
    if (!this.#running) void this.#answerWaiting()
    return promise
  }

  /**
   * Opens a new epoch, if `epoch` is still the current one: billing has shown that it holds what this history of the
   * feed no longer has. Returns the epoch that is current then.
   */
  async openEpochAfter(epoch: string): Promise<string> {
    const db = this.#openDb()
    const state = await this.#heedWitness(db, (await readFeedSummary(db)).state)
    if (state.epoch !== epoch) return state.epoch
    return (await this.#openEpoch(db, state, state.highest)).epoch
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
    const db = openDb(this.env.DB, cost)
    const limit = Math.max(...requests.map((request) => request.limit))
    for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
      const summary = await readFeedSummary(db)
      const expected = await this.#heedWitness(db, summary.state)
      const nothingNew = expected === summary.state ? answerNothingNew(summary, requests) : undefined
      const read =
        nothingNew === undefined
          ? await numberAndReadBatches(db, expected, limit, requests)
          : { asExpected: true as const, state: expected, batches: nothingNew }
      if (read.asExpected) {
        this.#witness(read.state)
        await this.#rememberNumbers(db, read.batches)
        const log = createLog(this.env.LOG_LEVEL)
        log.debug('feed.batch', { readers: requests.length, highest: read.state.highest, d1: cost })
        return read.batches
      }
    }
    throw new Error(`Cannot number the feed: it was moved from elsewhere ${MAX_TRIES} times in a row`)
  }

  /** The state to number from: D1's, in a new epoch if the witness shows that D1 was restored. */
  async #heedWitness(db: OrderingDb, state: FeedState): Promise<FeedState> {
    const witness = this.ctx.storage.kv.get<Witness>(WITNESS)
    const judged = judgeWitness(witness, state)
    if (judged === 'same history') {
      // Written before the first number is given: without it a crash right after would look like a restore.
      if (witness === undefined) this.#witness(state)
      return state
    }
    return this.#openEpoch(db, state, Math.max(state.highest, witness?.highest ?? 0))
  }

  async #openEpoch(db: OrderingDb, state: FeedState, highest: number): Promise<FeedState> {
    const opened = await openEpoch(db, state, highest)
    this.#witness(opened)
    createLog(this.env.LOG_LEVEL).warn('feed.epoch', { before: state.epoch, epoch: opened.epoch, highest })
    return opened
  }

  /** Written before a batch leaves: the object's output gate holds the answer until it stands on disk. */
  #witness({ epoch, highest }: FeedState): void {
    const known = this.ctx.storage.kv.get<Witness>(WITNESS)
    if (known?.epoch === epoch && known.highest === highest) return
    this.ctx.storage.kv.put<Witness>(WITNESS, { epoch, highest })
  }

  /** An order that SQL has made and a batch has shown keeps its number, too, if a restore loses its row. */
  async #rememberNumbers(db: OrderingDb, batches: readonly Result<Batch, FeedRefusal>[]): Promise<void> {
    const { kv } = this.ctx.storage
    const shown = batches.flatMap((batch) => (batch.ok ? batch.value.orders.map(({ number }) => number) : []))
    const followed = shown.filter((number) => number <= MOST_FOLLOWED)
    const highest = followed.reduce((one, other) => Math.max(one, other), 0)
    const known = kv.get<number>(HIGHEST_ORDER_NUMBER)
    if (highest <= (known ?? 0)) return
    const held = known ?? (await findHighestNumber(db))
    kv.put(HIGHEST_ORDER_NUMBER, Math.max(highest, held, kv.get<number>(HIGHEST_ORDER_NUMBER) ?? 0))
  }

  #openDb(): OrderingDb {
    return openDb(this.env.DB, noCost())
  }
}

function writeBatch(batch: Result<Batch, FeedRefusal>): Result<WrittenBatch, FeedRefusal> {
  return batch.ok ? ok({ ...batch.value, orders: JSON.stringify(batch.value.orders) }) : batch
}
