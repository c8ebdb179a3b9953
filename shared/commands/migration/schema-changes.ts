import type { DatabaseSync } from 'node:sqlite'
import { is, SQL, sql } from 'drizzle-orm'
import { getTableConfig, type SQLiteColumn, SQLiteSyncDialect, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import { plainName } from '../../handover/sql-names.ts'
import { changesOf, migrationOf } from '../handover/check.ts'
import type { Declared } from '../handover/declared.ts'
import { checksIn, isSameStatement, readCreated, readSchemaOf, type Schema } from '../support/schema.ts'

/** The statements of a migration, and what no migration that only adds can do: a sentence each, for who does it by hand. */
export type SchemaChanges = { statements: string[]; refused: string[] }

/** What is compared of a table: its columns, each as it is described, and its constraints: PRIMARY KEY, UNIQUE and CHECK. */
type MigratedTable = { columns: ReadonlyMap<string, string>; constraints: ReadonlySet<string> }

const REBUILD = 'SQLite cannot alter that'
const BY_HAND = 'drop it by hand, a release after the last one that uses it'

/**
 * What brings a database that all migrations have made to what the tables and the declarations say.
 * @param tables those of the app's schema.ts
 * @param declared the hand-over's declarations for the app's database: their tables and triggers are as they make them
 */
export function findSchemaChanges(
  tables: readonly SQLiteTable[],
  declared: readonly Declared[],
  database: DatabaseSync,
): SchemaChanges {
  const schema = readSchemaOf(database)
  const ofHandover = declared.flatMap((one) => changesOf(one, schema))
  const made = new Set(ofHandover.map((statement) => readCreated(statement)?.name))
  const checksOfHandover = new Map(
    declared.flatMap(migrationOf).map((statement) => [readCreated(statement)?.name, checksWritten(statement)]),
  )
  const changes = tables.flatMap((table) => {
    const name = plainName(table)
    const there = schema.get(name)
    if (there === undefined) return []
    const checks = [...(checksOfHandover.get(name) ?? []), ...checksOf(table)]
    return [alterTable(table, checks, readTable(database, name, there))]
  })
  const created = tables.filter((table) => !schema.has(plainName(table)) && !made.has(plainName(table)))
  const indexes = new Map(tables.flatMap((table) => [...indexesOf(table)]))
  const changedIndexes = [...indexes].filter(([name, statement]) => {
    const there = schema.get(name)
    return !made.has(name) && (there === undefined || !isSameStatement(there, statement))
  })
  return {
    statements: [
      ...ofHandover.filter(isOfTable),
      ...created.map(createTable),
      ...changes.flatMap(({ additions }) => additions),
      ...namesOf(schema, 'INDEX')
        .filter((name) => !indexes.has(name))
        .map((name) => `DROP INDEX ${name};`),
      ...changedIndexes.flatMap(([name, statement]) => [
        ...(schema.has(name) ? [`DROP INDEX ${name};`] : []),
        statement,
      ]),
      ...ofHandover.filter((statement) => !isOfTable(statement)),
    ],
    refused: [
      ...changes.flatMap(({ refusals }) => refusals),
      ...namesOf(schema, 'TABLE')
        .filter((name) => !tables.some((table) => plainName(table) === name))
        .map((name) => `The table ${name} is not in schema.ts: ${BY_HAND}`),
    ],
  }
}

/** Whether the statement makes a table or its rows: indexes and triggers come after the columns that they name. */
function isOfTable(statement: string): boolean {
  return !statement.startsWith('DROP ') && (readCreated(statement)?.kind ?? 'TABLE') === 'TABLE'
}

function namesOf(schema: Schema, kind: 'TABLE' | 'INDEX'): string[] {
  return [...schema].filter(([, statement]) => readCreated(statement)?.kind === kind).map(([name]) => name)
}

function readTable(database: DatabaseSync, name: string, statement: string): MigratedTable {
  const columns = database.prepare('SELECT * FROM pragma_table_info(?) ORDER BY cid').all(name) as {
    name: string
    type: string
    notnull: number
    dflt_value: string | null
    pk: number
  }[]
  const unique = database
    .prepare(
      `SELECT group_concat(i.name, ', ' ORDER BY i.seqno) AS columns
      FROM pragma_index_list(?) l, pragma_index_info(l.name) i WHERE l.origin = 'u' GROUP BY l.name`,
    )
    .all(name) as { columns: string }[]
  const key = columns.filter(({ pk }) => pk > 0).toSorted((one, other) => one.pk - other.pk)
  return {
    columns: new Map(
      // SQLite lists an integer primary key as one that may be null, which it never is.
      columns.map((column) => [
        column.name,
        describeColumn(column.type, column.notnull === 1 || column.pk > 0, column.dflt_value ?? undefined),
      ]),
    ),
    constraints: new Set([
      ...(key.length === 0 ? [] : [`PRIMARY KEY (${key.map((column) => column.name).join(', ')})`]),
      ...unique.map((set) => `UNIQUE (${set.columns})`),
      ...checksWritten(statement),
    ]),
  }
}

function checksWritten(statement: string): string[] {
  return checksIn(statement).map(({ condition }) => `CHECK (${condition})`)
}

/** `checks` are those that the table is to have, those of its columns' values among them. */
function alterTable(
  table: SQLiteTable,
  checks: readonly string[],
  there: MigratedTable,
): { additions: string[]; refusals: string[] } {
  const name = plainName(table)
  const columns = columnsIn(table)
  const added = columns.filter((column) => !there.columns.has(column.name)).map(plainName)
  const lastAddedIn = (check: string): string | undefined => added.findLast((column) => namesIn(check).has(column))
  const additions: string[] = []
  const refusals: string[] = []
  for (const column of columns) {
    const present = there.columns.get(column.name)
    const declared = describeColumn(column.getSQLType(), column.notNull || isKey(table, column), defaultOf(column))
    if (present === undefined) {
      const why = whyNotAdded(table, column)
      const withIt = checks.filter((check) => lastAddedIn(check) === column.name)
      if (why === undefined) {
        additions.push(`ALTER TABLE ${name} ADD COLUMN ${[columnOf(table, column), ...withIt].join(' ')};`)
      } else refusals.push(`The column ${column.name} of ${name} cannot be added: ${why}`)
    } else if (present !== declared) {
      refusals.push(`The column ${column.name} of ${name} is ${present}, and in schema.ts ${declared}: ${REBUILD}`)
    }
  }
  const known = new Set(columns.map(plainName))
  const gone = [...there.columns.keys()].filter((column) => !known.has(column))
  const isOfGone = (constraint: string): boolean => gone.some((column) => namesIn(constraint).has(column))
  for (const column of gone) {
    refusals.push(`The column ${column} of ${name} is not in schema.ts: ${BY_HAND}`)
  }
  const constraints = new Set([...keysOf(table), ...checks])
  // A new column that is unique was refused above, and a CHECK is added with the column.
  const isOfNew = (constraint: string): boolean =>
    added.some((column) => constraint === `UNIQUE (${column})`) ||
    (checks.includes(constraint) && lastAddedIn(constraint) !== undefined)
  const missing = [...constraints]
    .filter((constraint) => !there.constraints.has(constraint) && !isOfNew(constraint))
    .map((constraint) => `lacks ${constraint}`)
  const over = [...there.constraints]
    .filter((constraint) => !constraints.has(constraint) && !isOfGone(constraint))
    .map((constraint) => `has ${constraint}, which schema.ts does not`)
  for (const difference of [...missing, ...over]) refusals.push(`The table ${name} ${difference}: ${REBUILD}`)
  return { additions, refusals }
}

function whyNotAdded(table: SQLiteTable, column: SQLiteColumn): string | undefined {
  if (isKey(table, column)) return `it is a part of the primary key: ${REBUILD}`
  if (keysOf(table).has(`UNIQUE (${column.name})`)) {
    return 'SQLite adds no unique column. Declare it without, and a uniqueIndex on it'
  }
  if (column.notNull && column.default === undefined) return 'the rows that are there need a value. Give it a default'
  if (is(column.default, SQL)) return 'SQLite adds none whose default is an expression. Give it a constant one'
  return undefined
}

function createTable(table: SQLiteTable): string {
  const { foreignKeys } = getTableConfig(table)
  const name = plainName(table)
  if (foreignKeys.length > 0) throw new Error(`Cannot write the foreign keys of ${name}: nothing here has any`)
  const single = (key: string): boolean => !key.includes(', ')
  const lines = [
    ...columnsIn(table).map((column) => columnOf(table, column)),
    ...[...keysOf(table)].filter((key) => !single(key)),
    ...checksOf(table),
  ]
  return `CREATE TABLE ${name} (\n${lines.map((line) => `  ${line}`).join(',\n')}\n);`
}

/** The column as a table declares it, PRIMARY KEY or UNIQUE where it is so alone. */
function columnOf(table: SQLiteTable, column: SQLiteColumn): string {
  const keys = keysOf(table)
  const key = keys.has(`PRIMARY KEY (${column.name})`)
  const unique = keys.has(`UNIQUE (${column.name})`)
  const byDefault = defaultOf(column)
  return [
    column.name,
    column.getSQLType().toUpperCase(),
    ...(key ? ['PRIMARY KEY'] : column.notNull ? ['NOT NULL'] : []),
    ...(byDefault === undefined ? [] : [`DEFAULT ${/^[-\w.']+$/.test(byDefault) ? byDefault : `(${byDefault})`}`]),
    ...(unique ? ['UNIQUE'] : []),
  ].join(' ')
}

function describeColumn(type: string, notNull: boolean, byDefault: string | undefined): string {
  const rest = byDefault === undefined ? '' : ` DEFAULT ${byDefault}`
  return `${type.toUpperCase()}${notNull ? ' NOT NULL' : ''}${rest}`
}

// Their types are of no interest here, and drizzle has none for all of them.
function columnsIn(table: SQLiteTable): SQLiteColumn[] {
  return getTableConfig(table).columns as SQLiteColumn[]
}

function isKey(table: SQLiteTable, column: SQLiteColumn): boolean {
  return (
    column.primary ||
    getTableConfig(table).primaryKeys.some((key) => key.columns.some(({ name }) => name === column.name))
  )
}

function keysOf(table: SQLiteTable): Set<string> {
  const { columns, primaryKeys, uniqueConstraints } = getTableConfig(table)
  const listed = (of: readonly SQLiteColumn[]): string => of.map(plainName).join(', ')
  return new Set([
    ...columns.filter(({ primary }) => primary).map((column) => `PRIMARY KEY (${column.name})`),
    ...primaryKeys.map((key) => `PRIMARY KEY (${listed(key.columns)})`),
    ...columns.filter(({ isUnique }) => isUnique).map((column) => `UNIQUE (${column.name})`),
    ...uniqueConstraints.map((unique) => `UNIQUE (${listed(unique.columns)})`),
  ])
}

/** A table's CHECKs, and those that its columns' `enum` says. */
function checksOf(table: SQLiteTable): string[] {
  const ofValues = columnsIn(table).flatMap(({ name, enumValues }) =>
    enumValues === undefined ? [] : [`CHECK (${name} IN (${enumValues.map(quoteText).join(', ')}))`],
  )
  return [...ofValues, ...getTableConfig(table).checks.map(({ value }) => `CHECK (${textOf(table, value)})`)]
}

/** The names in a constraint, those of its columns among them. */
function namesIn(constraint: string): Set<string> {
  return new Set(constraint.replaceAll(/'[^']*'/g, '').match(/[a-z_][a-z0-9_]*/g))
}

function indexesOf(table: SQLiteTable): Map<string, string> {
  return new Map(
    getTableConfig(table).indexes.map(({ config }) => {
      const of = config.columns.map((column) => (is(column, SQL) ? textOf(table, column) : plainName(column)))
      const where = config.where === undefined ? '' : ` WHERE ${textOf(table, config.where)}`
      const kind = config.unique ? 'UNIQUE INDEX' : 'INDEX'
      return [config.name, `CREATE ${kind} ${config.name} ON ${plainName(table)} (${of.join(', ')})${where};`]
    }),
  )
}

/** What SQLite says of the default of such a column. */
function defaultOf(column: SQLiteColumn): string | undefined {
  const value: unknown = column.default
  switch (typeof value) {
    case 'undefined':
      return undefined
    case 'string':
      return quoteText(value)
    case 'number':
      return String(value)
    default:
      if (is(value, SQL)) return textOf(column.table, value).replace(/^\((.*)\)$/, '$1')
      throw new Error(`Cannot write the default of ${column.name}: only texts, numbers and SQL are`)
  }
}

/** SQL as it is written in a declaration of its table: without values, and columns by their names alone. */
function textOf(table: SQLiteTable, expression: SQL): string {
  const { sql: text, params } = new SQLiteSyncDialect().sqlToQuery(sql`${expression}`)
  if (params.length > 0) throw new Error(`Cannot write ${text}: write its values into the SQL`)
  return text.replaceAll(`"${plainName(table)}".`, '').replaceAll(/"([a-z_][a-z0-9_]*)"/g, '$1')
}

function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
