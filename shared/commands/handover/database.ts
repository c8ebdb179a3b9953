import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { experimental_readRawConfig } from 'wrangler'
import { CommandFailure } from '../support/command.ts'
import { runDeployingWrangler, runWrangler } from '../support/wrangler.ts'

type Database = { binding: string; database_name: string; migrations_dir?: string }

/** The SQL of a Worker's migrations, in their sequence, by its configuration. */
export function readMigrationsOf(config: string): string[] {
  const folder = join(dirname(config), databaseOf(config).migrations_dir ?? 'migrations')
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .toSorted()
    .map((file) => readFileSync(join(folder, file), 'utf8'))
}

/** What a Worker's migrations make, by name: as `readSchema` reads it of a database. */
export function schemaOfMigrations(config: string): Map<string, string> {
  const database = new DatabaseSync(':memory:')
  for (const migration of readMigrationsOf(config)) database.exec(migration)
  const rows = database.prepare('SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL').all()
  return new Map((rows as { name: string; sql: string }[]).map(({ name, sql }) => [name, sql]))
}

/** Where a database is: on this machine, or deployed to an environment of the configuration. */
export type Where = { remote: boolean; env: string | undefined; persistTo: string | undefined }

/** What a database has, by name: the statements that made its tables, indexes and triggers. */
export async function readSchema(config: string, { remote, env, persistTo }: Where): Promise<Map<string, string>> {
  const args = [
    'd1',
    'execute',
    databaseOf(config).binding,
    '--json',
    '--config',
    config,
    '--command',
    'SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL',
    remote ? '--remote' : '--local',
    ...(env === undefined ? [] : ['--env', env]),
    ...(persistTo === undefined ? [] : ['--persist-to', persistTo]),
  ]
  const { succeeded, output } = await (remote ? runDeployingWrangler(args) : runWrangler(args))
  if (!succeeded) throw new CommandFailure(`The database of ${config} cannot be read:\n${output.trim()}`)
  const [answer] = JSON.parse(output.slice(output.indexOf('['))) as [{ results: { name: string; sql: string }[] }]
  return new Map(answer.results.map(({ name, sql }) => [name, sql]))
}

function databaseOf(config: string): Database {
  // oxlint-disable-next-line typescript/no-unsafe-call -- wrangler's types for it are in a package that it does not ship
  const { rawConfig } = experimental_readRawConfig({ config }) as { rawConfig: { d1_databases?: Database[] } }
  const [database] = rawConfig.d1_databases ?? []
  if (database === undefined) throw new CommandFailure(`${config} binds no D1 database`)
  return database
}
