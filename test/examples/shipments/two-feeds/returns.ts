import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { defineFeed } from '#shared/handover/publisher/feed.ts'
import { rowOf, type StoredRow } from '#shared/handover/publisher/row.ts'
import { feedColumns, feedColumnsOf, feedTables } from '#shared/handover/publisher/tables.ts'

const RETURN_FEED = {
  feed: 'returns',
  record: 'return',
  key: 'id',
  keys: 'ids',
  place: 'sequenceNr',
  epochHeader: 'Return-Epoch',
  noticeKey: 'returnId',
} as const

const returns = sqliteTable('returns', {
  id: integer().primaryKey(),
  receivedAt: text('received_at'),
  reason: text().notNull(),
  ...feedColumns(),
})

const { state, ranges } = feedTables('returns')

/** What came back to the warehouse, in a feed of its own beside that of the shipments. */
export const returnFeed = defineFeed({
  names: RETURN_FEED,
  table: returns,
  columns: feedColumnsOf(returns, { key: returns.id, publishedSince: returns.receivedAt }),
  state: { table: state, columns: state },
  ranges: { table: ranges, columns: ranges },
  row: rowOf(returns, { without: [returns.changedAt] }),
  toRecord: (row: StoredRow<typeof returns, 'changedAt'>) => row,
})
