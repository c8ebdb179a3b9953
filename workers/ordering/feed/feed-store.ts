import { sql, type SQL } from 'drizzle-orm'
import { rowsOf } from '../../../shared/db/d1.ts'
import type { OrderingDb } from '../db.ts'
import type { FeedSummary } from './idle.ts'
import type { FeedState } from './token.ts'

/** A row of `selectState`. */
export type StateRow = FeedState & { highestHeld: number | null; waiting: 0 | 1 }

/** The feed as one statement finds it. */
export async function readFeedSummary(db: OrderingDb): Promise<FeedSummary> {
  const [row] = rowsOf<StateRow>(await db.run(selectState()))
  if (row === undefined) throw new Error('Cannot read the feed: its row is missing')
  return { state: toState(row), highestHeld: row.highestHeld ?? 0, waiting: row.waiting === 1 }
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
