import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

export type AppName = 'ordering' | 'billing'

/** What is used of wrangler here; its types for it are in a package that it does not ship. */
type Wrangler = { experimental_readRawConfig: (options: { config: string }) => { rawConfig: unknown } }
const require = createRequire(import.meta.url)

/** The project's directory. */
export const ROOT = join(import.meta.dirname, '../..')

/** The app's wrangler configuration, as a path from the project's directory. */
export function configOf(name: AppName): string {
  return `wrangler.${name}.toml`
}

/**
 * What the app's configuration file says, unchanged, and without what follows from it.
 * @typeParam Configuration the members that the caller reads; the file is the project's own, and held by wrangler
 */
export function readConfiguration<Configuration>(name: AppName): Configuration {
  return readConfigurationFile(join(ROOT, configOf(name)))
}

/** The same of the configuration file of any Worker; throws what wrangler says of one that it cannot read. */
export function readConfigurationFile<Configuration>(config: string): Configuration {
  // Not at the head: wrangler takes two seconds to load, and most commands read no configuration.
  const { experimental_readRawConfig } = require('wrangler') as Wrangler
  return experimental_readRawConfig({ config }).rawConfig as Configuration
}

/** Where the files of the app's migrations are; `root` is where its code is, if that is not this project's. */
export function migrationsOf(name: AppName, root = ROOT): string {
  return join(root, 'workers', name, 'migrations')
}

/** The names of the app's migrations, in their order; `root` as for migrationsOf. */
export function listMigrations(name: AppName, root = ROOT): string[] {
  return readdirSync(migrationsOf(name, root))
    .filter((file) => file.endsWith('.sql'))
    .sort()
}

/** The SQL of the app's migrations, a text a file, in their order; `root` as for migrationsOf. */
export function readMigrationFiles(name: AppName, root = ROOT): string[] {
  return listMigrations(name, root).map((file) => readFileSync(join(migrationsOf(name, root), file), 'utf8'))
}
