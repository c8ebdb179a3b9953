import { consumerMigration } from '../../handover/consumer/migration.ts'
import { feedMigration } from '../../handover/publisher/migration.ts'
import type { Declared } from './declared.ts'

/** The SQL to commit for a declaration. */
export function migrationOf(declared: Declared): string[] {
  return declared.side === 'publisher' ? feedMigration(declared.feed) : consumerMigration(declared.consumer.tables)
}

const CREATED = /^CREATE (TABLE|INDEX|TRIGGER) (\w+)/

/** What a database lacks of a declaration, or has otherwise, a sentence each; `schema` has its statements by name. */
export function findDifferences(declared: Declared, schema: ReadonlyMap<string, string>): string[] {
  if (schema.size === 0) return ['The database is empty: its migrations were not applied']
  return migrationOf(declared).flatMap((statement) => {
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
