import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { type App, configOf, stateOf } from './app.ts'
import { CommandFailure } from './command.ts'
import { ROOT, STATE } from './paths.ts'
import { runWrangler } from './wrangler.ts'

/** Applies the app's migrations to its local database. Throws a CommandFailure that names the one that is broken. */
export async function applyMigrations(app: App, signal: AbortSignal): Promise<void> {
  const digest = await digestMigrations(app)
  const applied = join(STATE, `${app.name}.migrations`)
  // wrangler takes seconds to find that there is nothing to do.
  if ((await readFile(applied, 'utf8').catch(() => undefined)) === digest) return
  const config = ['--config', configOf(app.name), '--persist-to', stateOf(app.name)]
  const { succeeded, output } = await runWrangler(['d1', 'migrations', 'apply', 'DB', '--local', ...config], signal)
  signal.throwIfAborted()
  if (!succeeded) throw new CommandFailure(explainFailure(app, output))
  await mkdir(STATE, { recursive: true })
  await writeFile(applied, digest)
}

async function digestMigrations(app: App): Promise<string> {
  const directory = join(ROOT, 'workers', app.name, 'migrations')
  const hash = createHash('sha256')
  for (const file of (await readdir(directory)).toSorted()) {
    hash.update(file).update(await readFile(join(directory, file)))
  }
  return hash.digest('hex')
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
