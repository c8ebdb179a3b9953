import type { SQL } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { Db } from '../../db/open-d1.ts'
import type { Release } from '../../db/release.ts'
import type { FieldError } from '../../edge/problem.ts'
import type { Result } from '../../result.ts'
import { HandoverError } from '../error.ts'
import { type FeedNames, type Requests, requestsOf } from '../protocol.ts'
import { sqlName } from '../sql-names.ts'

/**
 * The columns of a record that the feed works with. `publishedSince` is null until a reader may see the record, and set for
 * ever then; `changedAt` is the instant of its latest change.
 */
export type RecordColumns = Record<
  'key' | 'revision' | 'sequenceNr' | 'fingerprint' | 'publishedSince' | 'changedAt',
  SQLiteColumn
>
/** The one row of what numbers a feed: its epoch, the highest number ever given, and whom the last numbering took last. */
export type StateColumns = Record<'epoch' | 'highest' | 'lastSince' | 'lastKey' | 'numbering', SQLiteColumn>
/** Count and sum of fingerprints of the published records, by ranges of keys. */
export type RangeColumns = Record<'range' | 'records' | 'fingerprints', SQLiteColumn>

/** What becomes of the consumer's notices: each is judged alone, and the readable ones are kept. Safe to repeat. */
export type NoticeKeeping<Kept> = {
  /** Where they are kept, if the feed's migration is to make it. */
  table?: SQLiteTable
  judge: (notice: unknown) => Kept | undefined
  save: (db: Db, notices: readonly Kept[], now: string) => Promise<void>
}

/**
 * How records that a restore has lost are taken back from a consumer. `findTaken` names those that cannot be, and why;
 * `insert` writes the others, each published and one revision above the one that came, and returns the keys that it has
 * written; it may throw where the database refuses one of them.
 */
export type Restoring<Rec extends object> = {
  parse: (record: unknown) => Result<Rec, FieldError[]>
  findTaken: (db: Db, records: readonly Rec[]) => Promise<{ key: number; reason: string }[]>
  insert: (db: Db, records: readonly Rec[], now: string) => Promise<number[]>
}

/**
 * Rows that belong to a record and stand in a table of their own: `record` is the column that holds the record's key. Any
 * change of them, by SQL too, is a revision of the record.
 */
export type ChildTable = { table: SQLiteTable; record: SQLiteColumn }

/** What the owner of the records declares. */
export type FeedDefinition<Row extends object, Kept, Rec extends object> = {
  names: FeedNames
  table: SQLiteTable
  columns: RecordColumns
  state: { table: SQLiteTable; columns: StateColumns }
  ranges: { table: SQLiteTable; columns: RangeColumns }
  /** Columns of which no reader is told: a change of these is no revision. */
  unpublished?: readonly SQLiteColumn[]
  children?: readonly ChildTable[]
  /**
   * What a revision sets besides, by column, as SQL of a trigger on the record's row, with its NEW and OLD.
   */
  onRevision?: readonly { column: SQLiteColumn; value: string }[]
  /** What is selected of the row `o` to make the record from, and what the record comes to as JSON, in bytes. */
  row: { columns: SQL; bytes: SQL }
  /** What crosses. A row that holds no record is published as what it has, so that its reader can name it. */
  toRecord: (row: Row) => object
  /** The migrations without which the feed is not read; without it the database is taken for complete. */
  release?: Release
  notices?: NoticeKeeping<Kept>
  restoring?: Restoring<Rec>
}

/** A feed as the publisher's code works with it. */
export type Feed = FeedDefinition<Record<string, unknown>, unknown, object> & { requests: Requests; sql: FeedSql }

/** Tables and columns as they stand in statements. */
export type FeedSql = Record<keyof RecordColumns, SQL> & {
  table: SQL
  state: Record<keyof StateColumns | 'table', SQL>
  ranges: Record<keyof RangeColumns | 'table', SQL>
}

/** Makes a feed of a definition. Throws HandoverError where it cannot be one. */
export function defineFeed<Row extends object, Kept, Rec extends object>(
  definition: FeedDefinition<Row, Kept, Rec>,
): Feed {
  const { toRecord, notices, restoring, ...rest } = definition
  const { names, table, columns, state, ranges } = rest
  for (const column of ['key', 'revision', 'sequenceNr', 'fingerprint'] as const) {
    if (columns[column].dataType === 'number') continue
    const why = column === 'key' ? 'since ranges of 256 keys are compared' : 'since the feed counts by it'
    throw new HandoverError(`${column}_is_no_integer`, `The column ${columns[column].name} must be an integer, ${why}`)
  }
  if (columns.publishedSince.notNull) {
    throw new HandoverError(
      'published_since_is_never_null',
      `The column ${columns.publishedSince.name} must allow null: a record with null there is not published yet`,
    )
  }
  return {
    ...rest,
    requests: requestsOf(names),
    toRecord: (row) => toRecord(row as Row),
    ...(notices === undefined ? {} : { notices: notices as unknown as NoticeKeeping<unknown> }),
    ...(restoring === undefined ? {} : { restoring: restoring as unknown as Restoring<object> }),
    sql: {
      table: sqlName(table),
      ...sqlNames(columns),
      state: { table: sqlName(state.table), ...sqlNames(state.columns) },
      ranges: { table: sqlName(ranges.table), ...sqlNames(ranges.columns) },
    },
  }
}

function sqlNames<Name extends string>(columns: Readonly<Record<Name, SQLiteColumn>>): Record<Name, SQL> {
  const entries = Object.entries<SQLiteColumn>(columns).map(([name, column]) => [name, sqlName(column)])
  return Object.fromEntries(entries) as Record<Name, SQL>
}
