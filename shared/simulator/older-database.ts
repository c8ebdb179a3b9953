import { listMigrations } from '../project/project.ts'
import type { RunningWorker } from './running-worker.ts'

type App = 'ordering' | 'billing'

/** For each app a column that every pull reads, and one that its pages read: a database of before the last migration lacks both. */
const LATEST = {
  ordering: { feed: 'last_number', orders: 'supplied_on' },
  billing: { order_pull: 'unreplayed', invoices: 'issued_on' },
} as const

/** The name of the app's last migration, which an older database lacks. */
export function lastMigrationOf(app: App): string {
  const last = listMigrations(app).at(-1)
  if (last === undefined) throw new Error(`${app} has no migrations`)
  return last
}

/**
 * Makes the database one of before the last migration: it says so itself, and columns that the code reads are not there.
 * They are renamed instead of dropped, so that after applyLast they hold what they held. The Durable Objects remain as
 * they are.
 */
export async function putBackBeforeLast(worker: RunningWorker, app: App): Promise<void> {
  const renames = Object.entries(LATEST[app]).map(
    ([table, column]) => `ALTER TABLE ${table} RENAME COLUMN ${column} TO unknown_${column}`,
  )
  const forget = { query: 'DELETE FROM d1_migrations WHERE name = ?', values: [lastMigrationOf(app)] }
  await worker.batch([...renames.map((query) => ({ query, values: [] })), forget])
}

/** Applies to it the migration that it lacks. */
export async function applyLast(worker: RunningWorker, app: App): Promise<void> {
  const renames = Object.entries(LATEST[app]).map(
    ([table, column]) => `ALTER TABLE ${table} RENAME COLUMN unknown_${column} TO ${column}`,
  )
  const note = { query: 'INSERT INTO d1_migrations (name) VALUES (?)', values: [lastMigrationOf(app)] }
  await worker.batch([...renames.map((query) => ({ query, values: [] })), note])
}
