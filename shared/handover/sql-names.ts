import { Column, getTableName, is, sql, type SQL, Table } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { HandoverError } from './error.ts'

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
    const wrong = `${JSON.stringify(name)} is no such name`
    throw new HandoverError('name_is_no_identifier', `Name tables and columns by small letters, digits and _; ${wrong}`)
  }
  return name
}

/** drizzle's `sql`, in which tables and columns are written by their plain names: UPDATE ${pull} SET ${pull.token} = ${token}. */
export function plain(strings: TemplateStringsArray, ...values: unknown[]): SQL {
  return sql(strings, ...values.map((value) => (isNamed(value) ? sqlName(value) : value)))
}

/** Columns of a table for a SELECT list, under the names that they have in its row: `fetched_at AS fetchedAt`. */
export function columnsOf<Of extends SQLiteTable>(table: Of, ...names: (keyof Of & string)[]): SQL {
  const listed = names.map((name) => {
    const column = plainName(table[name] as SQLiteColumn)
    return column === name ? column : `${column} AS ${name}`
  })
  return sql.raw(listed.join(', '))
}

/** The plain names of columns, for the list of an INSERT. */
export function namesOf<Of extends SQLiteTable>(table: Of, ...names: (keyof Of & string)[]): SQL {
  return sql.raw(names.map((name) => plainName(table[name] as SQLiteColumn)).join(', '))
}

function isNamed(value: unknown): value is SQLiteTable | SQLiteColumn {
  return is(value, Table) || is(value, Column)
}
