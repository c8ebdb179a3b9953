import { sql } from 'drizzle-orm'
import { check, type SQLiteColumn } from 'drizzle-orm/sqlite-core'

// What the columns of both apps' tables hold, for schema.ts: `npm run migration` reads it, and no statement does.

/** A CHECK that the column holds 0 or 1. */
export function isFlag(column: SQLiteColumn) {
  return check(`${column.name}_is_flag`, sql`${column} IN (0, 1)`)
}

/** A CHECK that the column holds JSON, or NULL where it may. */
export function isJson(column: SQLiteColumn) {
  return check(`${column.name}_is_json`, sql`json_valid(${column})`)
}

/** A CHECK that the table has one row, by its key. */
export function isOne(key: SQLiteColumn) {
  return check(`${key.name}_is_one`, sql`${key} = 1`)
}

/** A CHECK that the column is greater than zero. */
export function isPositive(column: SQLiteColumn) {
  return check(`${column.name}_is_positive`, sql`${column} > 0`)
}
