import { sql } from 'drizzle-orm'
import { rowsOf } from '../../db/d1.ts'
import type { Db } from '../../db/open-d1.ts'
import type { Feed } from './feed.ts'

/** A record as it is published; undefined where none was ever published under its key. */
type Published = object | undefined

/** What both statements select beside the row. */
type Beside = { feedEpoch: string; feedKey: number | null }

/** The record if it was ever published, deleted or not, and the feed's epoch beside it. */
export async function findPublished(db: Db, feed: Feed, key: number): Promise<{ epoch: string; record: Published }> {
  const { table, key: keyColumn, publishedSince, state: t } = feed.sql
  const result = await db.run(sql`
    SELECT ${t.table}.${t.epoch} AS feedEpoch, o.${keyColumn} AS feedKey, ${feed.row.columns}
    FROM ${t.table} LEFT JOIN ${table} o ON o.${keyColumn} = ${key} AND o.${publishedSince} IS NOT NULL`)
  const [row] = rowsOf<Beside>(result)
  if (row === undefined) throw new Error('Cannot read the feed: its row is missing')
  return { epoch: row.feedEpoch, record: toRecord(feed, row) }
}

/** Several records as one answer carries them; `left` are the keys that its size has left out. */
export type PublishedRecords = { epoch: string; answers: { key: number; record: Published }[]; left: number[] }

/**
 * The records with these keys, each as `findPublished` finds it, in the order that they were asked for. They come to
 * `mostBytes` and one record at most.
 */
export async function listPublished(
  db: Db,
  feed: Feed,
  keys: readonly number[],
  mostBytes: number,
): Promise<PublishedRecords> {
  const { table, key, publishedSince, state: t } = feed.sql
  const result = await db.run(sql`
    WITH asked AS (
      SELECT key AS place, value AS asked, coalesce(sum(
        (SELECT ${feed.row.bytes} FROM ${table} o WHERE o.${key} = value)
      ) OVER (ORDER BY key ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) < ${mostBytes} AS fits
      FROM json_each(${JSON.stringify(keys)})
    )
    SELECT ${t.table}.${t.epoch} AS feedEpoch, asked.asked AS feedAsked, asked.fits AS feedFits, o.${key} AS feedKey, ${feed.row.columns}
    FROM ${t.table} JOIN asked
      LEFT JOIN ${table} o ON asked.fits AND o.${key} = asked.asked AND o.${publishedSince} IS NOT NULL
    ORDER BY asked.place`)
  const rows = rowsOf<Beside & { feedAsked: number; feedFits: 0 | 1 }>(result)
  const [first] = rows
  if (first === undefined) throw new Error('Cannot read the feed: its row is missing')
  return {
    epoch: first.feedEpoch,
    answers: rows
      .filter(({ feedFits }) => feedFits === 1)
      .map(({ feedAsked, feedFits: _fits, ...row }) => ({ key: feedAsked, record: toRecord(feed, row) })),
    left: rows.filter(({ feedFits }) => feedFits === 0).map(({ feedAsked }) => feedAsked),
  }
}

function toRecord(feed: Feed, { feedEpoch: _epoch, feedKey, ...row }: Beside): Published {
  return feedKey === null ? undefined : feed.toRecord(row)
}

/** The highest key that a record has, published or not, up to `most`; 0 while there is none. */
export async function findHighestKey(db: Db, { sql: { table, key } }: Feed, most: number): Promise<number> {
  const result = await db.run(sql`SELECT coalesce(max(${key}), 0) AS highest FROM ${table} WHERE ${key} <= ${most}`)
  return rowsOf<{ highest: number }>(result)[0]?.highest ?? 0
}
