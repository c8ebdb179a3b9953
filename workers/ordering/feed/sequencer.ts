import { DurableObject } from 'cloudflare:workers'
import { noCost } from '../../../shared/db/d1.ts'
import { createLog } from '../../../shared/edge/log.ts'
import type { BatchRequest } from '../../../shared/handover/publisher/batch.ts'
import { FeedSequencer, type Sequencer } from '../../../shared/handover/publisher/sequencer.ts'
import { openDb, type OrderingDb } from '../db.ts'
import { findHighestNumber, MOST_FOLLOWED } from '../orders/order-store.ts'
import { orderFeed } from './order-feed.ts'

/** The one sequencer's name: all orders are in one sequence. */
const NAME = 'orders'
/** Where the object keeps the highest order number that it has given. */
const HIGHEST_ORDER_NUMBER = 'highestOrderNumber'

/** The sequencer of all orders. */
export function openSequencer(env: Env): DurableObjectStub<OrderSequencer> {
  return env.SEQUENCER.getByName(NAME)
}

/** Gives both sequences: an order's number when it is made, and its place in the feed once it has changed. */
export class OrderSequencer extends DurableObject<Env> implements Sequencer {
  readonly #feed = new FeedSequencer(orderFeed, {
    openDb: (cost) => openDb(this.env.DB, cost),
    storage: this.ctx.storage.kv,
    log: () => createLog(this.env.LOG_LEVEL),
    onShown: (db, numbers) => this.#rememberNumbers(db, numbers),
  })

  /** The orders after the token, those that waited for a number included. */
  readBatch(request: BatchRequest): ReturnType<Sequencer['readBatch']> {
    return this.#feed.readBatch(request)
  }

  /** Opens a new epoch of the feed, if `epoch` is still the current one; returns the one that is current then. */
  openEpochAfter(epoch: string): Promise<string> {
    return this.#feed.openEpochAfter(epoch)
  }

  /**
   * Takes `count` order numbers in a row and returns the first. They are never given again, whether they are used or
   * not. `above` is the highest number that the caller has met in the database: a row made by SQL is passed over.
   */
  async allotOrderNumbers(count: number, above = 0): Promise<number> {
    const { kv } = this.ctx.storage
    const known = kv.get<number>(HIGHEST_ORDER_NUMBER) ?? (await findHighestNumber(openDb(this.env.DB, noCost())))
    // Read again: awaiting D1 lets other calls in.
    const highest = Math.max(known, above <= MOST_FOLLOWED ? above : 0, kv.get<number>(HIGHEST_ORDER_NUMBER) ?? 0)
    kv.put(HIGHEST_ORDER_NUMBER, highest + count)
    return highest + 1
  }

  /** An order that SQL has made and a batch has shown keeps its number, too, if a restore loses its row. */
  async #rememberNumbers(db: OrderingDb, shown: readonly number[]): Promise<void> {
    const { kv } = this.ctx.storage
    const followed = shown.filter((number) => number <= MOST_FOLLOWED)
    const highest = followed.reduce((one, other) => Math.max(one, other), 0)
    const known = kv.get<number>(HIGHEST_ORDER_NUMBER)
    if (highest <= (known ?? 0)) return
    const held = known ?? (await findHighestNumber(db))
    kv.put(HIGHEST_ORDER_NUMBER, Math.max(highest, held, kv.get<number>(HIGHEST_ORDER_NUMBER) ?? 0))
  }
}
