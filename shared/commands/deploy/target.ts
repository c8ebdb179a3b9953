import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { configOf, readConfiguration, ROOT } from '../../project/project.ts'
import type { App } from '../support/app.ts'
import { CommandFailure } from '../support/command.ts'

export const ENVIRONMENTS = ['staging', 'production'] as const
export type Environment = (typeof ENVIRONMENTS)[number]

/** The two apps, in the order in which they are deployed: billing reads what ordering publishes. */
export const DEPLOYED = ['ordering', 'billing'] as const satisfies App['name'][]

export type Migration = { name: string; sql: string }

/** What an app's configuration says of an environment. */
export type DeployTarget = {
  app: App['name']
  environment: Environment
  /** Its configuration file, in the project's directory. */
  config: string
  worker: string
  database: string
  /** What a local run is called: no environment's name, or a deploy that names none would replace it. */
  localWorker: string
  localDatabase: string
  /** Whether it answers at workers.dev, and each version at an address of its own; undefined where nothing is said. */
  workersDev: boolean | undefined
  previewUrls: boolean | undefined
  /** Where people and programs reach it. */
  origin: string
  /** The vars as they stand in the file. */
  vars: Record<string, unknown>
  /** Those of the local configuration: an environment has the same ones. */
  localVars: Record<string, unknown>
  migrations: Migration[]
}

type Section = {
  name?: string
  workers_dev?: boolean
  preview_urls?: boolean
  routes?: { pattern: string }[]
  d1_databases?: { database_name?: string; migrations_dir?: string }[]
  vars?: Record<string, unknown>
}

/** Reads what the app's configuration file says of the environment. */
export async function readTarget(app: App['name'], environment: Environment): Promise<DeployTarget> {
  const config = configOf(app)
  const rawConfig = readConfiguration<Section & { env?: Partial<Record<Environment, Section>> }>(app)
  const section = rawConfig.env?.[environment]
  const database = section?.d1_databases?.[0]
  const pattern = section?.routes?.[0]?.pattern
  if (section?.name === undefined || database?.database_name === undefined || pattern === undefined) {
    throw new CommandFailure(`${config} names no Worker, database or route for ${environment}.`)
  }
  return {
    app,
    environment,
    config,
    worker: section.name,
    database: database.database_name,
    localWorker: rawConfig.name ?? '',
    localDatabase: rawConfig.d1_databases?.[0]?.database_name ?? '',
    workersDev: section.workers_dev,
    previewUrls: section.preview_urls,
    origin: `https://${pattern}`,
    vars: section.vars ?? {},
    localVars: rawConfig.vars ?? {},
    migrations: await readMigrations(join(ROOT, database.migrations_dir ?? 'migrations')),
  }
}

async function readMigrations(directory: string): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(names.map(async (name) => ({ name, sql: await readFile(join(directory, name), 'utf8') })))
}
