import { getTableName, sql, type SQL } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'

const IDENTIFIER = /^[a-z_][a-z0-9_]*$/

/**
 * The name of a table or column as it stands in a statement, without quotes, so that statements read as they are sent.
 * Throws for a name that would need quotes.
 */
export function sqlName(named: SQLiteTable | SQLiteColumn): SQL {
  return sql.raw(plainName(named))
}

/** The same as a text. */
export function plainName(named: SQLiteTable | SQLiteColumn): string {
  const name = 'columnType' in named ? named.name : getTableName(named)
  if (!IDENTIFIER.test(name)) {
    throw new Error(`Cannot use the name ${JSON.stringify(name)} in a statement: only small letters, digits and _`)
  }
  return name
}
