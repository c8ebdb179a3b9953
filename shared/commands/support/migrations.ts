import { stripVTControlCharacters } from 'node:util'
import { type App, configOf, stateOf } from './app.ts'
import { CommandFailure } from './command.ts'
import { findMissingMigrations, listMigrations, openState } from '../doctor/state.ts'
import { runWrangler } from './wrangler.ts'

/**
 * Applies the app's migrations to its local database, unless that says itself that it has them all: it may have been
 * deleted, or put back to before one. Throws a CommandFailure that names the one that is broken.
 */
export async function applyMigrations(app: App, signal: AbortSignal): Promise<void> {
  // wrangler takes seconds to find that there is nothing to do.
  if (listMissingMigrations(app.name).length === 0) return
  const config = ['--config', configOf(app.name), '--persist-to', stateOf(app.name)]
  const { succeeded, output } = await runWrangler(['d1', 'migrations', 'apply', 'DB', '--local', ...config], signal)
  signal.throwIfAborted()
  if (!succeeded) throw new CommandFailure(explainFailure(app, output))
}

/** The migrations of this release that the app's local database does not have; all where there is none. */
function listMissingMigrations(name: App['name']): string[] {
  const database = openState(name)
  if (database === undefined) return listMigrations(name)
  try {
    return findMissingMigrations(name, database)
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
