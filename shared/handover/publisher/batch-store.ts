import { sql, type SQL } from 'drizzle-orm'
import { rowsOf } from '../../db/d1.ts'
import type { Batch, BatchRequest } from './readers.ts'
import type { Feed } from './feed.ts'

/**
 * A batch of records this large, as JSON, ends early (PROTOCOL.md, 16.1): its reader holds it in several forms at once. The
 * record that fills it may be of any size.
 */
const MAX_BATCH_BYTES = 1_000_000

/**
 * The records after the token, in the order of their numbers, for `toBatchRecords`. It steps from one record to the next, so
 * that a batch that is full by bytes has read no row beyond it.
 */
export function selectBatch({ sql: { table, key, sequenceNr }, row }: Feed, { after, limit }: BatchRequest): SQL {
  return sql`
    WITH RECURSIVE batch (key, nr, bytes, place) AS (
      SELECT * FROM (
        SELECT o.${key}, o.${sequenceNr}, ${row.bytes}, 1
        FROM ${table} o WHERE o.${sequenceNr} > ${after?.number ?? 0} ORDER BY o.${sequenceNr} LIMIT 1
      )
      UNION ALL
      SELECT o.${key}, o.${sequenceNr}, batch.bytes + ${row.bytes}, batch.place + 1
      FROM batch JOIN ${table} o ON o.${key} = (
        SELECT ${key} FROM ${table} WHERE ${sequenceNr} > batch.nr ORDER BY ${sequenceNr} LIMIT 1
      )
      WHERE batch.place < ${limit} AND batch.bytes < ${MAX_BATCH_BYTES}
    )
    SELECT batch.key AS feedKey, batch.nr AS feedNr, ${row.columns} FROM batch JOIN ${table} o ON o.${key} = batch.key
    ORDER BY batch.nr`
}

/** The records that `selectBatch` found, their keys, and the number of the last; undefined where it found none. */
export function toBatchRecords(feed: Feed, selected: D1Result): Pick<Batch, 'records' | 'keys'> & { last?: number } {
  const rows = rowsOf<{ feedKey: number; feedNr: number }>(selected)
  const last = rows.at(-1)?.feedNr
  return {
    records: rows.map(({ feedKey: _key, feedNr: _nr, ...row }) => feed.toRecord(row)),
    keys: rows.map(({ feedKey }) => feedKey),
    ...(last === undefined ? {} : { last }),
  }
}
