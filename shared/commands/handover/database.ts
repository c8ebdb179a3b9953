import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readConfigurationFile } from '../../project/project.ts'
import { CommandFailure } from '../support/command.ts'
import { type Schema, SELECT_SCHEMA, toSchema } from '../support/schema.ts'
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

/** Where a database is: on this machine, or deployed to an environment of the configuration. */
export type Where = { remote: boolean; env: string | undefined; persistTo: string | undefined }

/** The schema of a Worker's database. */
export async function readSchema(config: string, where: Where): Promise<Schema> {
  return toSchema(await select<{ name: string; sql: string }>(config, where, SELECT_SCHEMA))
}

/** Those of the tables that have no row. */
export async function findEmptyTables(config: string, where: Where, tables: readonly string[]): Promise<string[]> {
  if (tables.length === 0) return []
  const each = tables.map((name) => `SELECT '${name}' AS name WHERE NOT EXISTS (SELECT 1 FROM ${name})`)
  const empty = await select<{ name: string }>(config, where, each.join(' UNION ALL '))
  return empty.map(({ name }) => name)
}

async function select<Row>(config: string, { remote, env, persistTo }: Where, statement: string): Promise<Row[]> {
  const args = [
    'd1',
    'execute',
    databaseOf(config).binding,
    '--json',
    '--config',
    config,
    '--command',
    statement,
    remote ? '--remote' : '--local',
    ...(env === undefined ? [] : ['--env', env]),
    ...(persistTo === undefined ? [] : ['--persist-to', persistTo]),
  ]
  const { succeeded, output } = await (remote ? runDeployingWrangler(args) : runWrangler(args))
  if (!succeeded) throw new CommandFailure(`The database of ${config} cannot be read:\n${output.trim()}`)
  const [answer] = JSON.parse(output.slice(output.indexOf('['))) as [{ results: Row[] }]
  return answer.results
}

function databaseOf(config: string): Database {
  const [database] = readConfigurationFile<{ d1_databases?: Database[] }>(config).d1_databases ?? []
  if (database === undefined) throw new CommandFailure(`${config} binds no D1 database`)
  return database
}
