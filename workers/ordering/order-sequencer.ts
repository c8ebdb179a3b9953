import { DurableObject } from 'cloudflare:workers'
import { noCost } from '../../shared/d1.ts'
import { createLog } from '../../shared/log.ts'
import type { Result } from '../../shared/result.ts'
import { type OrderingDb, openDb } from './db.ts'
import { numberAndReadPages, readFeedState } from './feed-store.ts'
import type { FeedRefusal, FeedState, Page, PageRequest } from './feed.ts'
import { findHighestNumber } from './order-store.ts'

/** The one sequencer's name: all orders are in one sequence. */
const NAME = 'orders'
/** Where the object keeps the highest order number that it has given. */
const HIGHEST_ORDER_NUMBER = 'highestOrderNumber'
/** How often a numbering is begun anew when somebody else moved the feed meanwhile. */
const MAX_TRIES = 5

type Waiting = {
  request: PageRequest
  resolve: (page: Result<Page, FeedRefusal>) => void
  reject: (reason: unknown) => void
}

/** The sequencer of all orders. */
export function openSequencer(env: Env): DurableObjectStub<OrderSequencer> {
  return env.SEQUENCER.getByName(NAME)
}

/**
 * Gives both sequences: an order's number when it is made, and its place in the feed once it has changed.
 * It does not lock D1: an object can be alive twice for seconds, and its awaits interleave. What is correct is made so
 * by the D1 batch; the object makes readers that come at once share one numbering.
 */
export class OrderSequencer extends DurableObject<Env> {
  #expected: FeedState | undefined
  #waiting: Waiting[] = []
  #running = false

  /**
   * Takes `count` order numbers in a row and returns the first. They are never given again, whether they are used or
   * not. `above` is the highest number that the caller has met in the database: a row made by SQL is passed over.
   */
  async allotOrderNumbers(count: number, above = 0): Promise<number> {
    const { kv } = this.ctx.storage
    const known = kv.get<number>(HIGHEST_ORDER_NUMBER) ?? (await this.#findHighestNumber())
    // Read again: awaiting D1 lets other calls in.
    const highest = Math.max(known, above, kv.get<number>(HIGHEST_ORDER_NUMBER) ?? 0)
    kv.put(HIGHEST_ORDER_NUMBER, highest + count)
    return highest + 1
  }

  /**
   * The orders after the token, those that waited for a number included. Those who ask while a numbering runs share
   * the next one: the one that runs may have begun before what they ask about was written.
   */
  readPage(request: PageRequest): Promise<Result<Page, FeedRefusal>> {
    const { promise, resolve, reject } = Promise.withResolvers<Result<Page, FeedRefusal>>()
    this.#waiting.push({ request, resolve, reject })
    if (!this.#running) void this.#answerWaiting()
    return promise
  }

  async #answerWaiting(): Promise<void> {
    this.#running = true
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0)
      try {
        const pages = await this.#readPages(group.map(({ request }) => request))
        for (const [index, page] of pages.entries()) group[index]?.resolve(page)
      } catch (error) {
        for (const { reject } of group) reject(error)
      }
    }
    this.#running = false
  }

  async #readPages(requests: PageRequest[]): Promise<Result<Page, FeedRefusal>[]> {
    const cost = noCost()
    const db = openDb(this.env.DB, cost)
    const limit = Math.max(...requests.map((request) => request.limit))
    for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
      const expected = this.#expected ?? (await readFeedState(db))
      // Forgotten while the batch is under way: one whose answer is lost may have moved the feed or not.
      this.#expected = undefined
      const read = await numberAndReadPages(db, expected, limit, requests)
      this.#expected = read.state
      if (read.asExpected) {
        const log = createLog(this.env.LOG_LEVEL)
        log.debug('feed.page', { readers: requests.length, highest: read.state.highest, waiting: read.waiting, d1: cost })
        return read.pages
      }
    }
    throw new Error(`Cannot number the feed: it was moved from elsewhere ${MAX_TRIES} times in a row`)
  }

  #findHighestNumber(): Promise<number> {
    return findHighestNumber(this.#openDb())
  }

  #openDb(): OrderingDb {
    return openDb(this.env.DB, noCost())
  }
}
