import { DatabaseSync } from 'node:sqlite'
import { type AppName, readMigrationFiles, ROOT } from '../../project/project.ts'

/** What a database has, by name: the statements that made its tables, indexes, views and triggers. */
export type Schema = ReadonlyMap<string, string>

/** Asks a database for its schema; what SQLite makes itself has no statement. */
export const SELECT_SCHEMA = 'SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL'

/** The rows of SELECT_SCHEMA, by name. */
export function toSchema(rows: readonly { name: string; sql: string }[]): Schema {
  return new Map(rows.map(({ name, sql }) => [name, sql]))
}

/** The schema of a database that is open on this machine. */
export function readSchemaOf(database: DatabaseSync): Schema {
  return toSchema(database.prepare(SELECT_SCHEMA).all() as { name: string; sql: string }[])
}

/** The schema that migrations leave behind in an empty database. */
export function schemaAfter(migrations: readonly string[]): Schema {
  const database = new DatabaseSync(':memory:')
  for (const migration of migrations) database.exec(migration)
  return readSchemaOf(database)
}

/** What to do about what `findDamage` finds. */
export const HOW_TO_REPAIR =
  'Make it again as the migrations write it: without it changes are lost silently. npm run reset makes a local one afresh.'

/** What `findDamage` has found in the database of an app, as a message that says what to do. */
export function describeDamage(title: string, damage: readonly string[]): string {
  return `The database of ${title} is not as its migrations make it:\n  ${damage.join('\n  ')}\n${HOW_TO_REPAIR}`
}

/**
 * What an app's database lacks of what its migrations make, or has otherwise, a sentence each; none where it is whole. A
 * column or a trigger that is there besides is nobody's fault. `root` is where the app's code is, if not this project's.
 */
export function findDamage(app: AppName, there: Schema, root = ROOT): string[] {
  return compareSchema([...schemaAfter(readMigrationFiles(app, root)).values()], there)
}

// SQLite quotes the name of a table that was renamed.
const CREATED = /^CREATE (?:UNIQUE )?(TABLE|INDEX|TRIGGER|VIEW) "?(\w+)/

/** What a CREATE statement makes; undefined for another statement. */
export function readCreated(
  statement: string,
): { kind: 'TABLE' | 'INDEX' | 'TRIGGER' | 'VIEW'; name: string } | undefined {
  const [, kind, name] = CREATED.exec(withoutComments(statement)) ?? []
  return kind === undefined || name === undefined ? undefined : { kind: kind as 'TABLE', name }
}

/** What a schema lacks of what these CREATE statements make, or has otherwise, a sentence each. */
export function compareSchema(made: readonly string[], there: Schema): string[] {
  return made.flatMap((statement) => {
    const created = readCreated(statement)
    if (created === undefined) return []
    const { kind, name } = created
    const found = there.get(name)
    if (found === undefined) return [`The ${kind.toLowerCase()} ${name} is missing`]
    if (kind !== 'TABLE') {
      return isSameStatement(found, statement) ? [] : [`The ${kind.toLowerCase()} ${name} is not as it was declared`]
    }
    const parts = partsIn(found, name)
    const missing = partsIn(statement, name).filter((part) => !parts.includes(part))
    return missing.length === 0 ? [] : [`The table ${name} lacks ${missing.join(', ')}`]
  })
}

/** Whether two statements differ in nothing but comments and white space. */
export function isSameStatement(one: string, other: string): boolean {
  return compact(one) === compact(other)
}

/** The columns of the table that the statement makes, as SQLite reads it: later ones are added where the text ends. */
export function columnsIn(statement: string, table: string): string[] {
  const database = new DatabaseSync(':memory:')
  database.exec(statement)
  const columns = database.prepare('SELECT name FROM pragma_table_info(?)').all(table) as { name: string }[]
  return columns.map(({ name }) => name)
}

/** A CHECK of a table, of one of its columns or its own: its condition as it is written, and its name if it has one. */
type Check = { name: string | undefined; condition: string }

/** The CHECKs in the statement that makes a table. */
export function checksIn(statement: string): Check[] {
  const sql = compact(statement)
  return [...sql.matchAll(/(?:\bCONSTRAINT (\w+) )?\bCHECK ?\(/gi)].map((opening) => ({
    name: opening[1],
    condition: upToClosing(sql, opening.index + opening[0].length),
  }))
}

/** What is written from `start` to the parenthesis that closes the one before it. */
function upToClosing(sql: string, start: number): string {
  let open = 1
  // A quote within a text is written twice: it ends the text, and begins it again.
  let isText = false
  for (let at = start; at < sql.length; at += 1) {
    if (sql[at] === "'") isText = !isText
    else if (!isText && sql[at] === '(') open += 1
    else if (!isText && sql[at] === ')') open -= 1
    if (open === 0) return sql.slice(start, at)
  }
  throw new Error(`A parenthesis is not closed in ${sql}`)
}

/** The columns of a table, and its CHECKs with their names: an error says which of these it broke. */
function partsIn(statement: string, table: string): string[] {
  const checks = checksIn(statement).map(
    ({ name, condition }) => `${name === undefined ? '' : `CONSTRAINT ${name} `}CHECK (${condition})`,
  )
  return [...columnsIn(statement, table), ...checks]
}

function withoutComments(sql: string): string {
  return sql.replaceAll(/^\s*--.*\n/gm, '')
}

function compact(sql: string): string {
  return withoutComments(sql)
    .replaceAll(/\s+/g, ' ')
    .replace(/;?\s*$/, '')
}
