import type { DatabaseSync } from 'node:sqlite'
import { stripVTControlCharacters } from 'node:util'
import { configOf, listMigrations, ROOT } from '../../project/project.ts'
import type { App } from './app.ts'
import { CommandFailure } from './command.ts'
import { hasTable, openState, select } from './local-database.ts'
import { describeDamage, findDamage, readSchemaOf } from './schema.ts'
import { type Elsewhere, runWrangler } from './wrangler.ts'

/** The migrations of the release in `root` that the database does not have, by its own account. */
export function findMissingMigrations(app: App['name'], database: DatabaseSync, root = ROOT): string[] {
  const rows = hasTable(database, 'd1_migrations')
    ? select<{ name: string }>(database, 'SELECT name FROM d1_migrations')
    : []
  const applied = new Set(rows.map(({ name }) => name))
  return listMigrations(app, root).filter((file) => !applied.has(file))
}

/**
 * Applies the app's migrations to its local database, unless that says itself that it has them all: it may have been
 * deleted, or put back to before one. Throws a CommandFailure that names the one that is broken.
 */
export async function applyMigrations(
  app: App,
  { state, signal, ...elsewhere }: Elsewhere & { state: string; signal?: AbortSignal },
): Promise<void> {
  // wrangler takes seconds to find that there is nothing to do.
  if (listMissingMigrations(app.name, state, elsewhere.root).length === 0) return
  const where = ['--config', configOf(app.name), '--persist-to', state]
  const options = { ...elsewhere, signal }
  const { succeeded, output } = await runWrangler(['d1', 'migrations', 'apply', 'DB', '--local', ...where], options)
  signal?.throwIfAborted()
  if (!succeeded) throw new CommandFailure(explainFailure(app, output))
}

/**
 * Throws a CommandFailure that names what the app's local database lacks of what its migrations make, or has otherwise: a
 * trigger that is gone loses changes, and nothing that the app does would show it.
 */
export function refuseDamage(app: App, state: string): void {
  const database = openState(app.name, state)
  if (database === undefined) return
  try {
    const damage = findDamage(app.name, readSchemaOf(database))
    if (damage.length > 0) throw new CommandFailure(describeDamage(app.title, damage))
  } finally {
    database.close()
  }
}

/** The migrations of the release in `root` that the app's local database does not have; all where there is none. */
function listMissingMigrations(name: App['name'], state: string, root = ROOT): string[] {
  const database = openState(name, state)
  if (database === undefined) return listMigrations(name, root)
  try {
    return findMissingMigrations(name, database, root)
  } finally {
    database.close()
  }
}

/** One sentence out of what wrangler printed: which migration, and what the database said. */
export function explainFailure(app: App, output: string): string {
  const lines = stripVTControlCharacters(output).split('\n')
  // wrangler lists all that were to be applied, and then marks the ones that it has applied.
  const listed = lines.flatMap((line) => /│ (\S+\.sql) +│/.exec(line)?.[1] ?? [])
  const applied = new Set(lines.flatMap((line) => /│ (\S+\.sql) +│ ✅/.exec(line)?.[1] ?? []))
  const broken = listed.find((name) => !applied.has(name))
  const file = broken === undefined ? 'The migrations' : `workers/${app.name}/migrations/${broken}`
  const errors = lines.filter((line) => line.includes('[ERROR]')).map((line) => line.replace(/^.*\[ERROR\]\s*/, ''))
  return `${file} cannot be applied to the ${app.name} database: ${errors.at(-1) ?? output.trim()}`
}
