import { sql, type SQL } from 'drizzle-orm'
import type { Order } from '../../../shared/contract/order.ts'
import { ORDER_BYTES, ORDER_COLUMNS, type SpoiledRecord } from '../orders/order-store.ts'
import type { Token } from './token.ts'

/** What a reader asks for: the orders after the token (null: from the start), at most `limit` of them. */
export type BatchRequest = { after: Token | null; limit: number }

/** A slice of the feed. `more` tells that something comes after it. */
export type Batch = { orders: (Order | SpoiledRecord)[]; next: Token; more: boolean }

/** A batch as it leaves the sequencer: its orders as the text of a JSON array, since objects would be copied one by one. */
export type WrittenBatch = { orders: string; next: Token; more: boolean }

/**
 * A batch of orders this large, as JSON, ends early: billing holds it in several forms at once. The order that fills it may
 * bring another 600 KB: 200 lines of 500 characters of four bytes.
 */
const MAX_BATCH_BYTES = 1_000_000

/**
 * The orders after the token, in the order of their numbers. It steps from one order to the next, so that a batch that
 * is full by bytes has read no row beyond it.
 */
export function selectBatch({ after, limit }: BatchRequest): SQL {
  return sql`
    WITH RECURSIVE batch (number, nr, bytes, place) AS (
      SELECT * FROM (
        SELECT o.number, o.confirmed_sequence_nr, ${ORDER_BYTES}, 1
        FROM orders o WHERE o.confirmed_sequence_nr > ${after?.number ?? 0} ORDER BY o.confirmed_sequence_nr LIMIT 1
      )
      UNION ALL
      SELECT o.number, o.confirmed_sequence_nr, batch.bytes + ${ORDER_BYTES}, batch.place + 1
      FROM batch JOIN orders o ON o.number = (
        SELECT number FROM orders WHERE confirmed_sequence_nr > batch.nr ORDER BY confirmed_sequence_nr LIMIT 1
      )
      WHERE batch.place < ${limit} AND batch.bytes < ${MAX_BATCH_BYTES}
    )
    SELECT ${ORDER_COLUMNS} FROM batch JOIN orders o ON o.number = batch.number
    ORDER BY batch.nr`
}
