import { DatabaseSync } from 'node:sqlite'
import { getTableConfig } from 'drizzle-orm/sqlite-core'
import { consumerMigration } from '../../handover/consumer/migration.ts'
import { feedMigration } from '../../handover/publisher/migration.ts'
import { plainName } from '../../handover/sql-names.ts'
import type { Declared } from './declared.ts'

/** The SQL to commit for a declaration. */
export function migrationOf(declared: Declared): string[] {
  return declared.side === 'publisher' ? feedMigration(declared.feed) : consumerMigration(declared.consumer.tables)
}

const CREATED = /^CREATE (TABLE|INDEX|TRIGGER) (\w+)/

/** What a database lacks of a declaration, or has otherwise, a sentence each; `schema` has its statements by name. */
export function findDifferences(declared: Declared, schema: ReadonlyMap<string, string>): string[] {
  if (schema.size === 0) return ['The database is empty: its migrations were not applied']
  const undeclared = undeclaredColumns(declared, schema)
  const differences = migrationOf(declared).flatMap((statement) => {
    const sql = withoutComments(statement)
    const [, kind = '', name = ''] = CREATED.exec(sql) ?? []
    if (name === '') return []
    const there = schema.get(name)
    if (there === undefined) return [`The ${kind.toLowerCase()} ${name} is missing`]
    if (kind !== 'TABLE') {
      return compact(there) === compact(sql)
        ? []
        : [`The ${kind.toLowerCase()} ${name} is not as the declaration makes it`]
    }
    const missing = columnsIn(sql).filter((column) => !columnsIn(there).includes(column))
    return missing.length === 0 ? [] : [`The table ${name} lacks ${missing.join(', ')}`]
  })
  return [...differences, ...undeclared]
}

/** A column of the records that the declaration does not know is watched by no trigger: a change of it would be lost. */
function undeclaredColumns(declared: Declared, schema: ReadonlyMap<string, string>): string[] {
  if (declared.side === 'consumer') return []
  const { table } = declared.feed
  const name = plainName(table)
  const sql = schema.get(name)
  if (sql === undefined) return [`The table ${name} is missing`]
  const database = new DatabaseSync(':memory:')
  database.exec(sql)
  const there = database.prepare('SELECT name FROM pragma_table_info(?)').all(name) as { name: string }[]
  const known = new Set(getTableConfig(table).columns.map(plainName))
  return there
    .filter((column) => !known.has(column.name))
    .map((column) => `The column ${column.name} of ${name} is not declared: a change of it is no revision`)
}

/** The SQL that brings what a Worker's migrations make to what the declaration says; empty where they are the same. */
export function changesOf(declared: Declared, schema: ReadonlyMap<string, string>): string[] {
  return migrationOf(declared).flatMap((statement) => {
    const [, kind = '', name = ''] = CREATED.exec(withoutComments(statement)) ?? []
    const there = schema.get(name)
    if (name === '' || (there !== undefined && kind === 'TABLE')) return []
    if (there === undefined) return [statement]
    return compact(there) === compact(withoutComments(statement)) ? [] : [`DROP ${kind} ${name};`, statement]
  })
}

/** The first word of each line of a table: its columns, and the words that constraints begin with. */
function columnsIn(table: string): string[] {
  return withoutComments(table)
    .split('\n')
    .slice(1, -1)
    .flatMap((line) => /^\s*(?:CONSTRAINT )?(\w+)/.exec(line)?.[1] ?? [])
}

function withoutComments(sql: string): string {
  return sql.replaceAll(/^\s*--.*\n/gm, '')
}

function compact(sql: string): string {
  return sql.replaceAll(/\s+/g, ' ').replace(/;?\s*$/, '')
}
