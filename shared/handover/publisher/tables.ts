import { sql } from 'drizzle-orm'
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { NoticeColumns } from './notice-store.ts'
import type { RangeColumns, RecordColumns, StateColumns } from './feed.ts'

/**
 * The columns that a table of records needs beside its own key and the column that says since when a record is published:
 * spread them into the table, and name them by `feedColumnsOf`. `changed_at` is kept by the feed's triggers.
 */
export function feedColumns() {
  return {
    revision: integer().notNull().default(0),
    sequenceNr: integer('sequence_nr').notNull().default(-1),
    fingerprint: integer()
      .notNull()
      .default(sql`(random() & 1099511627775)`),
    changedAt: text('changed_at')
      .notNull()
      .default(sql`(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))`),
  }
}

/** The columns of a table that has `feedColumns`, for `defineFeed`. */
export function feedColumnsOf(
  table: Omit<RecordColumns, 'key' | 'publishedSince'>,
  { key, publishedSince }: Pick<RecordColumns, 'key' | 'publishedSince'>,
): RecordColumns {
  const { revision, sequenceNr, fingerprint, changedAt } = table
  return { key, publishedSince, revision, sequenceNr, fingerprint, changedAt }
}

/** The tables of a feed beside that of its records: `{name}_feed_state`, `{name}_ranges` and `{name}_notices`. */
export function feedTables(name: string) {
  const state = sqliteTable(`${name}_feed_state`, {
    id: integer().primaryKey(),
    epoch: text().notNull(),
    highest: integer().notNull(),
    lastSince: text('last_since').notNull(),
    lastKey: integer('last_key').notNull(),
    numbering: integer().notNull(),
  } satisfies Record<keyof StateColumns | 'id', unknown>)
  const ranges = sqliteTable(`${name}_ranges`, {
    range: integer().primaryKey(),
    records: integer().notNull(),
    fingerprints: integer().notNull(),
  } satisfies Record<keyof RangeColumns, unknown>)
  const notices = sqliteTable(`${name}_notices`, {
    subject: text().primaryKey(),
    version: integer().notNull(),
    key: integer().notNull(),
    notice: text().notNull(),
    receivedAt: text('received_at').notNull(),
  } satisfies Record<keyof NoticeColumns, unknown>)
  return { state, ranges, notices }
}
