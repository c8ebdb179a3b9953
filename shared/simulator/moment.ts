import { putBackBeforeLast } from './older-database.ts'
import type { RunningWorker } from './running-worker.ts'

type Schema = { triggers: { name: string; sql: string }[]; tables: string[] }

/** Copies all tables aside, as a backup of the moment; the Durable Objects are not part of it. */
export async function keepMoment(worker: RunningWorker, moment: number): Promise<void> {
  const { tables } = await readSchema(worker)
  await worker.batch(
    tables.map((table) => ({ query: `CREATE TABLE ${kept(moment, table)} AS SELECT * FROM ${table}`, values: [] })),
  )
}

/** Puts all tables back to what they were at the moment. A restore ends what is under way: what timed out lands before. */
export async function restoreMoment(worker: RunningWorker, moment: number): Promise<void> {
  await worker.landLate()
  await putMomentBack(worker, moment)
}

/** The same, while what timed out may still land: the triggers are dropped meanwhile, and made again. */
export async function putMomentBack(worker: RunningWorker, moment: number): Promise<void> {
  const { triggers, tables } = await readSchema(worker)
  const statements = [
    'PRAGMA defer_foreign_keys = on',
    ...triggers.map(({ name }) => `DROP TRIGGER ${name}`),
    ...tables.map((table) => `DELETE FROM ${table}`),
    ...tables.map((table) => `INSERT INTO ${table} SELECT * FROM ${kept(moment, table)}`),
    ...triggers.map(({ sql }) => sql),
  ]
  await worker.batch(statements.map((query) => ({ query, values: [] })))
}

/** As restoreMoment, to a moment before the last migration: the database lacks what that brings, and says so. */
export async function restoreOlderMoment(
  worker: RunningWorker,
  app: 'ordering' | 'billing',
  moment: number,
): Promise<void> {
  await restoreMoment(worker, moment)
  await putBackBeforeLast(worker, app)
}

/** Forgets the moment. */
export async function dropMoment(worker: RunningWorker, moment: number): Promise<void> {
  const { tables } = await readSchema(worker)
  await worker.batch(tables.map((table) => ({ query: `DROP TABLE IF EXISTS ${kept(moment, table)}`, values: [] })))
}

function kept(moment: number, table: string): string {
  return `kept_${moment}_${table}`
}

async function readSchema(worker: RunningWorker): Promise<Schema> {
  const rows = await worker.sql<{ type: string; name: string; sql: string }>(
    `SELECT type, name, sql FROM sqlite_schema WHERE type IN ('trigger', 'table') AND name NOT LIKE 'kept\\_%' ESCAPE '\\'
      AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\' ORDER BY rowid`,
  )
  return {
    triggers: rows.filter(({ type }) => type === 'trigger').map(({ name, sql }) => ({ name, sql })),
    tables: rows.filter(({ type }) => type === 'table').map(({ name }) => name),
  }
}
