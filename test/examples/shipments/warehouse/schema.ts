import { sql } from 'drizzle-orm'
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { defineFeed } from '#shared/handover/publisher/feed.ts'
import { keepNotices } from '#shared/handover/publisher/notice-store.ts'
import { rowOf, type StoredRow } from '#shared/handover/publisher/row.ts'
import { feedColumns, feedColumnsOf, feedTables } from '#shared/handover/publisher/tables.ts'
import { SHIPMENT_FEED } from '../shipment.ts'

export const shipments = sqliteTable('shipments', {
  id: integer().primaryKey(),
  state: text({ enum: ['Packing', 'Dispatched', 'Delivered', 'Withdrawn'] })
    .notNull()
    .default('Packing'),
  dispatchedAt: text('dispatched_at'),
  recipient: text().notNull(),
  address: text().notNull(),
  shelf: text(),
  ...feedColumns(),
})

export const parcels = sqliteTable('parcels', {
  barcode: text().primaryKey(),
  shipmentId: integer('shipment_id')
    .notNull()
    .references(() => shipments.id),
  grams: integer().notNull(),
})

const { state, ranges, notices } = feedTables('shipments')

type Row = StoredRow<typeof shipments, 'shelf' | 'changedAt'> & { parcels: string }

/** What the warehouse hands over: shipments that were dispatched, each with its parcels. */
export const shipmentFeed = defineFeed({
  names: SHIPMENT_FEED,
  table: shipments,
  columns: feedColumnsOf(shipments, { key: shipments.id, publishedSince: shipments.dispatchedAt }),
  state: { table: state, columns: state },
  ranges: { table: ranges, columns: ranges },
  unpublished: [shipments.shelf],
  children: [{ table: parcels, record: parcels.shipmentId }],
  notices: keepNotices(SHIPMENT_FEED, notices),
  row: rowOf(shipments, {
    without: [shipments.shelf, shipments.changedAt],
    beside: {
      parcels: sql`(
        SELECT json_group_array(json_object('barcode', barcode, 'grams', grams) ORDER BY barcode)
        FROM parcels WHERE shipment_id = o.id
      )`,
    },
  }),
  toRecord: (row: Row) => ({ ...row, parcels: JSON.parse(row.parcels) as unknown }),
})
