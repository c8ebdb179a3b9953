import { listMigrations } from '../project/project.ts'
import { readMigration, readMigrations } from './configuration.ts'
import type { RunningWorker } from './running-worker.ts'

type App = 'ordering' | 'billing'

/**
 * Puts the database back to what it was when it had been made and not yet migrated so far. The Durable Objects stay, and
 * so does what a simulation has kept.
 */
export async function putBackBefore(worker: RunningWorker, app: App, migration: string): Promise<void> {
  const made = await worker.sql<{ type: string; name: string }>(
    `SELECT type, name FROM sqlite_schema WHERE type IN ('trigger', 'view', 'table')
      AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '_cf_*' AND name NOT GLOB 'kept_*'
    ORDER BY type = 'table', rowid DESC`,
  )
  const drops = made.map(({ type, name }) => `DROP ${type} IF EXISTS "${name}"`)
  const statements = ['PRAGMA defer_foreign_keys = on', ...drops, ...readMigrations(app, migration)]
  await worker.batch(statements.map((query) => ({ query, values: [] })))
}

/** Applies the migrations that are missing, as wrangler does. */
export async function applyMissing(worker: RunningWorker, app: App, from: string): Promise<void> {
  const missing = listMigrations(app).filter((file) => file >= from)
  const statements = missing.flatMap((file) => readMigration(app, file))
  await worker.batch(statements.map((query) => ({ query, values: [] })))
}
