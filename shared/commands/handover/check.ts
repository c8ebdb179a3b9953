import { getTableConfig } from 'drizzle-orm/sqlite-core'
import { consumerMigration } from '../../handover/consumer/migration.ts'
import { feedMigration, takeInRecords } from '../../handover/publisher/migration.ts'
import { plainName } from '../../handover/sql-names.ts'
import { columnsIn, compareSchema, isSameStatement, readCreated, type Schema } from '../support/schema.ts'
import type { Declared } from './declared.ts'

/** The SQL to commit for a declaration. */
export function migrationOf(declared: Declared): string[] {
  return [...schemaOf(declared), ...rowsOf(declared)]
}

/** What makes tables, indexes and triggers, and the rows that neither side works without. */
function schemaOf(declared: Declared): string[] {
  return declared.side === 'publisher' ? feedMigration(declared.feed) : consumerMigration(declared.consumer.tables)
}

function rowsOf(declared: Declared): string[] {
  return declared.side === 'publisher' ? takeInRecords(declared.feed) : []
}

/** What a database lacks of a declaration, or has otherwise, a sentence each; `schema` is what it has. */
export function findDifferences(declared: Declared, schema: Schema): string[] {
  if (schema.size === 0) return ['The database is empty: its migrations were not applied']
  return [...compareSchema(schemaOf(declared), schema), ...undeclaredColumns(declared, schema)]
}

/** A column of the records that the declaration does not know is watched by no trigger: a change of it would be lost. */
function undeclaredColumns(declared: Declared, schema: Schema): string[] {
  if (declared.side === 'consumer') return []
  const { table } = declared.feed
  const name = plainName(table)
  const sql = schema.get(name)
  if (sql === undefined) return [`The table ${name} is missing`]
  const known = new Set(getTableConfig(table).columns.map(plainName))
  return columnsIn(sql, name)
    .filter((column) => !known.has(column))
    .map((column) => `The column ${column} of ${name} is not declared: a change of it is no revision`)
}

/** The tables that have one row from their migration on, and neither side works without it. */
export function tablesWithRow(declared: Declared): string[] {
  return schemaOf(declared).flatMap((statement) => filledBy(statement) ?? [])
}

/** The table into which a statement puts a row. */
function filledBy(statement: string): string | undefined {
  return /^INSERT INTO (\w+)/.exec(statement)?.[1]
}

/** The SQL that brings what a Worker's migrations make to what the declaration says; empty where they are the same. */
export function changesOf(declared: Declared, schema: Schema): string[] {
  const isNew = declared.side === 'publisher' && !schema.has(plainName(declared.feed.state.table))
  const changes = schemaOf(declared).flatMap((statement) => {
    const created = readCreated(statement)
    if (created === undefined) {
      const filled = filledBy(statement)
      return filled === undefined || schema.has(filled) ? [] : [statement]
    }
    const there = schema.get(created.name)
    if (there === undefined) return [statement]
    if (created.kind === 'TABLE' || isSameStatement(there, statement)) return []
    return [`DROP ${created.kind} ${created.name};`, statement]
  })
  return isNew ? [...changes, ...rowsOf(declared)] : changes
}
