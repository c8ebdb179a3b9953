import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Feed } from '../../handover/publisher/feed.ts'
import { selectLeftOut } from '../../handover/publisher/migration.ts'
import { readConfigurationFile } from '../../project/project.ts'
import { CommandFailure } from '../support/command.ts'
import { type Schema, SELECT_SCHEMA, toSchema } from '../support/schema.ts'
import { readPrinted, runDeployingWrangler, runWrangler } from '../support/wrangler.ts'

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

/**
 * What rows say of a declaration's database: which of the tables have none, and, where there is a feed, how many of its records
 * have no revision, and how many of its ranges do not say what is in them.
 */
export async function examineRows(
  config: string,
  where: Where,
  { tables, feed }: { tables: readonly string[]; feed: Feed | undefined },
): Promise<{ empty: string[]; unrevised: number; wrong: number }> {
  const each = tables.map((name) => `SELECT '${name}' AS name WHERE NOT EXISTS (SELECT 1 FROM ${name})`)
  const none = 'SELECT NULL AS name WHERE 0'
  const counts = feed === undefined ? 'SELECT 0 AS unrevised, 0 AS wrong' : selectLeftOut(feed)
  const [empty = [], [counted] = []] = await ask(config, where, `${each.join(' UNION ALL ') || none};\n${counts}`)
  if (counted === undefined) throw new Error('Cannot examine a database that answers no row')
  return {
    empty: (empty as { name: string }[]).map(({ name }) => name),
    ...(counted as { unrevised: number; wrong: number }),
  }
}

async function select<Row>(config: string, where: Where, statement: string): Promise<Row[]> {
  const [rows] = await ask(config, where, statement)
  return rows as Row[]
}

/** The rows of each statement. */
async function ask(config: string, { remote, env, persistTo }: Where, statements: string): Promise<unknown[][]> {
  const args = [
    'd1',
    'execute',
    databaseOf(config).binding,
    '--json',
    '--config',
    config,
    '--command',
    statements,
    remote ? '--remote' : '--local',
    ...(env === undefined ? [] : ['--env', env]),
    ...(persistTo === undefined ? [] : ['--persist-to', persistTo]),
  ]
  const run = await (remote ? runDeployingWrangler(args) : runWrangler(args))
  if (!run.succeeded) throw new CommandFailure(`The database of ${config} cannot be read:\n${run.output.trim()}`)
  const answers = readPrinted(run) as { results: unknown[] }[]
  return answers.map(({ results }) => results)
}

function databaseOf(config: string): Database {
  const [database] = readConfigurationFile<{ d1_databases?: Database[] }>(config).d1_databases ?? []
  if (database === undefined) throw new CommandFailure(`${config} binds no D1 database`)
  return database
}
