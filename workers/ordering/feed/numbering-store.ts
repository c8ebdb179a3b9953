import { sql, type SQL } from 'drizzle-orm'
import { rowsOf } from '../../../shared/db/d1.ts'
import { err, ok, type Result } from '../../../shared/result.ts'
import type { OrderingDb } from '../db.ts'
import { type OrderRow, toPublished } from '../orders/order-store.ts'
import { type Batch, type BatchRequest, selectBatch } from './batch-store.ts'
import { selectState, type StateRow, toState } from './feed-store.ts'
import { type FeedRefusal, type FeedState, judgeToken } from './token.ts'

/** What came of a numbering: the batches, in the order they were asked for, or that `state` is not the expected one. */
export type NumberedBatches = { state: FeedState } & (
  | { asExpected: true; batches: Result<Batch, FeedRefusal>[] }
  | { asExpected: false }
)

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
