import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type App, stateOf } from './app.ts'

/** The table by which an app's database is known among the files of its state. */
const KNOWN_BY = { ordering: 'feed', billing: 'order_pull' } as const

/** Opens an app's local database to read it; undefined where it has none yet. */
export function openState(app: App['name'], state = stateOf(app)): DatabaseSync | undefined {
  const directory = join(state, 'v3/d1/miniflare-D1DatabaseObject')
  if (!existsSync(directory)) return undefined
  for (const file of readdirSync(directory)) {
    if (!file.endsWith('.sqlite') || file === 'metadata.sqlite') continue
    const database = new DatabaseSync(join(directory, file), { readOnly: true })
    if (hasTable(database, KNOWN_BY[app])) return database
    database.close()
  }
  return undefined
}

/** Whether the database has a table of this name. */
export function hasTable(database: DatabaseSync, name: string): boolean {
  return select(database, `SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '${name}'`).length > 0
}

/** The rows, as the type that the statement's list makes them. */
export function select<Row>(database: DatabaseSync, statement: string): Row[] {
  return database.prepare(statement).all() as Row[]
}
