import { sql, type SQL } from 'drizzle-orm'
import { rowsOf } from '../../db/d1.ts'
import type { Db } from '../../db/open-d1.ts'
import type { FeedSummary } from './readers.ts'
import type { Feed } from './feed.ts'
import type { FeedState } from './token.ts'

type StateRow = FeedState & { highestHeld: number | null; waiting: 0 | 1 }

/** The feed as one statement finds it. */
export async function readFeedSummary(db: Db, feed: Feed): Promise<FeedSummary> {
  return toSummary(await db.run(selectState(feed)))
}

/**
 * Begins a new history of the feed: a random epoch, whose numbers go on above `highest`. Nothing is changed unless the
 * feed is still as `state` says; returns it as it is then.
 */
export async function openEpoch(db: Db, feed: Feed, state: FeedState, highest: number): Promise<FeedState> {
  const t = feed.sql.state
  const [, selected] = await db.batch([
    db.run(sql`
      UPDATE ${t.table} SET ${t.epoch} = lower(hex(randomblob(8))), ${t.highest} = ${highest}
      WHERE ${t.epoch} = ${state.epoch} AND ${t.highest} = ${state.highest}`),
    db.run(selectState(feed)),
  ])
  return toSummary(selected).state
}

/** Selects the feed's state, with the highest number that a record holds and whether any waits, for `toSummary`. */
export function selectState({ sql: { table, sequenceNr, publishedSince, state: t } }: Feed): SQL {
  return sql`
    SELECT ${t.epoch} AS epoch, ${t.highest} AS highest, ${t.lastSince} AS lastSince, ${t.lastKey} AS lastKey,
      (SELECT max(${sequenceNr}) FROM ${table}) AS highestHeld,
      EXISTS (SELECT 1 FROM ${table} WHERE ${sequenceNr} = -1 AND ${publishedSince} IS NOT NULL) AS waiting
    FROM ${t.table}`
}

/** What `selectState` found. */
export function toSummary(selected: D1Result): FeedSummary {
  const [row] = rowsOf<StateRow>(selected)
  if (row === undefined) throw new Error('Cannot read the feed: its row is missing')
  const { highestHeld, waiting, ...state } = row
  return { state, highestHeld: highestHeld ?? 0, waiting: waiting === 1 }
}
