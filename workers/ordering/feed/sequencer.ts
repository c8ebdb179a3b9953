import { DurableObject } from 'cloudflare:workers'
import { createLog } from '../../../shared/edge/log.ts'
import type { BatchRequest } from '../../../shared/handover/publisher/readers.ts'
import { FeedSequencer, type Sequencer } from '../../../shared/handover/publisher/sequencer.ts'
import { openDb } from '../db.ts'
import { orderFeed } from './order-feed.ts'

/** The one sequencer's name: all orders are in one sequence. */
const NAME = 'orders'

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
  })

  /** The orders after the token, those that waited for a number included. */
  readBatch(request: BatchRequest): ReturnType<Sequencer['readBatch']> {
    return this.#feed.readBatch(request)
  }

  /** Opens a new epoch of the feed, if `epoch` is still the current one; returns the one that is current then. */
  openEpochAfter(epoch: string): Promise<string> {
    return this.#feed.openEpochAfter(epoch)
  }

  /** Takes `count` order numbers in a row, above any that the caller has met, and returns the first. */
  allotKeys(count: number, above?: number): Promise<number> {
    return this.#feed.allotKeys(count, above)
  }
}
