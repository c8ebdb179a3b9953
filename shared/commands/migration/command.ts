import { readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { is } from 'drizzle-orm'
import { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { type AppName, configOf, listMigrations, migrationsOf, ROOT } from '../../project/project.ts'
import { loadDeclared } from '../handover/declared.ts'
import { CommandFailure, defineCommand } from '../support/command.ts'
import { findSchemaChanges } from './schema-changes.ts'

const USAGE = `npm run migration -- ordering NAME
npm run migration -- billing NAME

Writes the app's next migration, workers/APP/migrations/000N_NAME.sql: what brings the databases that the migrations
before it have made to what schema.ts and the definitions of the hand-over say. Prints none, and writes no file, where
nothing differs.

Tables, columns, CHECKs and indexes are those of schema.ts, triggers those of the definitions. What schema.ts does not say
remains yours to write: the app's own triggers, views, WITHOUT ROWID. Read the file before you commit it.`

const HOW_TO_REBUILD =
  'A table that SQLite cannot alter is rebuilt by hand, in a migration of your own: make a new table, copy the rows, ' +
  'drop the old table, rename the new one, and make its indexes and triggers again, which are dropped with the old one.'

const NAME = /^[a-z][a-z0-9_]*$/

/** Writes an app's next migration from its schema and definitions. */
export const command = defineCommand({
  usage: USAGE,
  options: {},
  operands: 2,
  async act(_, [app, name]) {
    if ((app !== 'ordering' && app !== 'billing') || name === undefined) throw new CommandFailure(USAGE)
    if (!NAME.test(name)) {
      throw new CommandFailure(
        `Name the migration by small letters, digits and _; ${JSON.stringify(name)} is no such name`,
      )
    }
    const tables = await loadTables(app)
    const declared = (await loadDeclared('orders')).filter(({ config }) => config === join(ROOT, configOf(app)))
    const database = new DatabaseSync(':memory:')
    const files = listMigrations(app)
    for (const file of files) database.exec(readFileSync(join(migrationsOf(app), file), 'utf8'))

    const { statements, refused } = findSchemaChanges(tables, declared, database)
    if (refused.length > 0) throw new CommandFailure([...refused.map((why) => `${why}.`), HOW_TO_REBUILD].join('\n'))
    if (statements.length === 0) {
      console.log('none')
      return
    }
    const migration = `${statements.join('\n\n')}\n`
    database.exec(migration)
    const left = findSchemaChanges(tables, declared, database)
    if (left.statements.length + left.refused.length > 0) {
      throw new Error(
        `The migration does not make what schema.ts says:\n${[migration, ...left.refused, ...left.statements].join('\n')}`,
      )
    }
    const file = `${String(Number.parseInt(files.at(-1) ?? '0', 10) + 1).padStart(4, '0')}_${name}.sql`
    const path = join(migrationsOf(app), file)
    writeFileSync(path, migration, { flag: 'wx' })
    console.log(`${relative(process.cwd(), path)} is written. Read it, and name ${file} in workers/${app}/release.ts.`)
  },
})

async function loadTables(app: AppName): Promise<SQLiteTable[]> {
  const schema = (await import(pathToFileURL(join(ROOT, 'workers', app, 'schema.ts')).href)) as Record<string, unknown>
  return Object.values(schema).filter((exported) => is(exported, SQLiteTable))
}
