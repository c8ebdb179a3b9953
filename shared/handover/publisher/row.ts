import { getTableColumns, sql, type SQL } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { sqlName } from '../sql-names.ts'

/** What field names and punctuation add to a record when it is written as JSON, and to each of its columns, in bytes. */
const BYTES_A_RECORD = 50
const BYTES_A_COLUMN = 30

/**
 * A row as SQLite has it, which is what `rowOf` selects, without the columns `Without`: a boolean is 0 or 1, an instant that
 * drizzle makes a Date of is a number, and JSON is text. For a Row that `toRecord` takes.
 */
export type StoredRow<Table extends SQLiteTable, Without extends keyof Table['_']['columns'] = never> = {
  [Name in Exclude<keyof Table['_']['columns'], Without>]: StoredValue<Table['_']['columns'][Name]['_']>
}

type StoredValue<Column extends { data: unknown; driverParam: unknown; notNull: boolean }> =
  | (Column['data'] extends Column['driverParam'] ? Column['data'] : Column['driverParam'])
  | (Column['notNull'] extends true ? never : null)

/**
 * What a feed selects of a table's row `o`: its columns by the names that they have in the drizzle table, but for those that
 * are left out, and further values beside them, such as the JSON of the rows of a child table.
 */
export function rowOf(
  table: SQLiteTable,
  { without = [], beside = {} }: { without?: readonly SQLiteColumn[]; beside?: Readonly<Record<string, SQL>> } = {},
): { columns: SQL; bytes: SQL } {
  const own = Object.entries(getTableColumns(table) as Record<string, SQLiteColumn>)
    .filter(([, column]) => !without.includes(column))
    .map(([name, column]) => [name, sql`o.${sqlName(column)}`] as const)
  const all = [...own, ...Object.entries(beside)]
  const sizes = all.map(([, value]) => sql`coalesce(octet_length(${value}), 0)`)
  const added = sql.raw(String(BYTES_A_RECORD + BYTES_A_COLUMN * all.length))
  return {
    columns: sql.join(
      all.map(([name, value]) => sql`${value} AS ${sql.raw(JSON.stringify(name))}`),
      sql`, `,
    ),
    bytes: sql.join([added, ...sizes], sql` + `),
  }
}
