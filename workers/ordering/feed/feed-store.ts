import { sql, type SQL } from 'drizzle-orm'
import { rowsOf } from '../../../shared/db/d1.ts'
import { err, ok, type Result } from '../../../shared/result.ts'
import type { OrderingDb } from '../db.ts'
import {
  type FeedRefusal,
  type FeedState,
  type FeedSummary,
  judgeToken,
  type Batch,
  type BatchRequest,
} from './feed.ts'
import { ORDER_BYTES, ORDER_COLUMNS, type OrderRow, toPublished } from '../orders/order-store.ts'

/**
 * A batch of orders this large, as JSON, ends early: billing holds it in several forms at once. The order that fills it may
 * bring another 600 KB: 200 lines of 500 characters of four bytes.
 */
const MAX_BATCH_BYTES = 1_000_000

/** What came of a numbering: the batches, in the order they were asked for, or that `state` is not the expected one. */
export type NumberedBatches = { state: FeedState } & (
  | { asExpected: true; batches: Result<Batch, FeedRefusal>[] }
  | { asExpected: false }
)

/** A row of `selectState`. */
export type StateRow = FeedState & { highestHeld: number | null; waiting: 0 | 1 }

/** The feed as one statement finds it. */
export async function readFeedSummary(db: OrderingDb): Promise<FeedSummary> {
  const [row] = rowsOf<StateRow>(await db.run(selectState()))
  if (row === undefined) throw new Error('Cannot read the feed: its row is missing')
  return { state: toState(row), highestHeld: row.highestHeld ?? 0, waiting: row.waiting === 1 }
}

/**
 * Numbers what waits, at most `limit` orders, and reads the batches, in one transaction.
 * The batch carries the state that it expects, and numbers nothing when that is not so: one that timed out and lands
 * after its successor does no harm. What it then reads is not used either, since its reader might miss a number.
 */
export async function numberAndReadBatches(
  db: OrderingDb,
  expected: FeedState,
  limit: number,
  requests: readonly BatchRequest[],
): Promise<NumberedBatches> {
  const [begun, , , selected, ...pageResults] = await db.batch([
    db.run(sql`
      UPDATE feed SET numbering = 1
      WHERE epoch = ${expected.epoch} AND highest = ${expected.highest}
        AND EXISTS (SELECT 1 FROM orders WHERE confirmed_sequence_nr = -1 AND confirmed_at IS NOT NULL)`),
    db.run(numberWaiting(expected, limit)),
    db.run(sql`
      UPDATE feed SET numbering = 0, highest = top.confirmed_sequence_nr, last_confirmed_at = top.confirmed_at,
        last_number = top.number
      FROM (
        SELECT number, confirmed_at, confirmed_sequence_nr FROM orders ORDER BY confirmed_sequence_nr DESC LIMIT 1
      ) top
      WHERE numbering = 1`),
    db.run(selectState()),
    ...requests.map((request) => db.run(selectBatch(request))),
  ])
  const [row] = rowsOf<StateRow>(selected)
  if (row === undefined) throw new Error('Cannot read the feed: its row is missing')
  const state = toState(row)
  const waiting = row.waiting === 1
  const numbered = begun.meta.changes === 1
  const asExpected = numbered || (state.epoch === expected.epoch && state.highest === expected.highest)
  if (!asExpected) return { asExpected, state }
  const batches = requests.map((request, index): Result<Batch, FeedRefusal> => {
    const judged = judgeToken(request.after, state)
    if (!judged.ok) return err(judged.error)
    const orders = rowsOf<OrderRow>(pageResults[index] ?? begun).map(toPublished)
    const last = orders.at(-1)?.confirmedSequenceNr ?? request.after?.number ?? 0
    return ok({
      orders,
      next: { epoch: state.epoch, number: last },
      more: waiting || (row.highestHeld ?? 0) > last,
    })
  })
  return { asExpected, state, batches }
}

/**
 * Begins a new history of the feed: a random epoch, whose numbers go on above `highest`. Nothing is changed unless the
 * feed is still as `state` says; returns it as it is then.
 */
export async function openEpoch(db: OrderingDb, state: FeedState, highest: number): Promise<FeedState> {
  const [, selected] = await db.batch([
    db.run(sql`
      UPDATE feed SET epoch = lower(hex(randomblob(8))), highest = ${highest}
      WHERE epoch = ${state.epoch} AND highest = ${state.highest}`),
    db.run(selectState()),
  ])
  const [row] = rowsOf<StateRow>(selected)
  if (row === undefined) throw new Error('Cannot open an epoch: the row of the feed is missing')
  return toState(row)
}

/** Selects the feed's state, with the highest number that an order holds and whether any waits. */
export function selectState(): SQL {
  return sql`
    SELECT epoch, highest, last_confirmed_at AS lastConfirmedAt, last_number AS lastNumber,
      (SELECT max(confirmed_sequence_nr) FROM orders) AS highestHeld,
      EXISTS (SELECT 1 FROM orders WHERE confirmed_sequence_nr = -1 AND confirmed_at IS NOT NULL) AS waiting
    FROM feed`
}

/** The state without what else was selected. */
export function toState({ epoch, highest, lastConfirmedAt, lastNumber }: StateRow): FeedState {
  return { epoch, highest, lastConfirmedAt, lastNumber }
}

/**
 * Gives each waiting order a number of its own. It goes round by (confirmed_at, number), on from the order that was
 * numbered last, so that an order that changes all the time keeps nobody waiting. LIMIT stands innermost and each
 * arc is a range of the index: a first pull stays linear.
 */
function numberWaiting({ lastConfirmedAt, lastNumber }: FeedState, limit: number): SQL {
  const arc = (place: number, range: SQL) => sql`
    SELECT * FROM (
      SELECT ${sql.raw(String(place))} AS arc, confirmed_at, number FROM orders
      WHERE confirmed_sequence_nr = -1 AND ${range} ORDER BY confirmed_at, number LIMIT ${limit}
    )`
  return sql`
    UPDATE orders SET confirmed_sequence_nr = waiting.nr FROM (
      SELECT number, (SELECT highest FROM feed) + row_number() OVER (ORDER BY arc, confirmed_at, number) AS nr FROM (
        ${arc(1, sql`confirmed_at = ${lastConfirmedAt} AND number > ${lastNumber}`)} UNION ALL
        ${arc(2, sql`confirmed_at > ${lastConfirmedAt}`)} UNION ALL
        ${arc(3, sql`confirmed_at < ${lastConfirmedAt}`)} UNION ALL
        ${arc(4, sql`confirmed_at = ${lastConfirmedAt} AND number <= ${lastNumber}`)}
        LIMIT ${limit}
      )
    ) waiting
    WHERE orders.number = waiting.number AND EXISTS (SELECT 1 FROM feed WHERE numbering = 1)`
}

/**
 * The orders after the token, in the order of their numbers. It steps from one order to the next, so that a batch that
 * is full by bytes has read no row beyond it.
 */
function selectBatch({ after, limit }: BatchRequest): SQL {
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
