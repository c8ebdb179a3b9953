import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { ROLES, type Role } from '../../access/roles.ts'
import { readConfiguration, ROOT } from '../../project/project.ts'
import type { App } from '../support/app.ts'
import { CommandFailure } from '../support/command.ts'
import { STATE } from '../support/paths.ts'

/** What of a configuration file leads to other files, or is changed here. */
type Configuration = {
  main: string
  alias: Record<string, string>
  assets: { directory: string }
  d1_databases: { migrations_dir: string }[]
  vars: Record<string, unknown>
  access: { dev: { aud: string; identity?: Record<string, unknown> } }
}

/** The roles of `--as clerk,auditor`. Throws a CommandFailure that names the roles there are. */
export function readRoles(text: string): Role[] {
  const names = text.split(',').map((name) => name.trim())
  if (names.every(isRole)) return names
  throw new CommandFailure(`--as takes one or more of ${ROLES.join(', ')}, not ${text}.`)
}

function isRole(name: string): name is Role {
  return (ROLES as readonly string[]).includes(name)
}

/**
 * Writes a configuration with which a local request is somebody with just these roles, such as clerk@example.com, and
 * returns its path. The identity stands in the configuration alone: no header and no var could give it.
 */
export async function writeConfigurationAs(app: App, roles: readonly Role[]): Promise<string> {
  const rawConfig = readConfiguration<Configuration>(app.name)
  const email = `${roles.join('.')}@example.com`
  const changed: Configuration = {
    ...rawConfig,
    main: resolve(ROOT, rawConfig.main),
    // wrangler looks for an alias's file from the configuration's folder, as for every other.
    alias: Object.fromEntries(Object.entries(rawConfig.alias).map(([name, file]) => [name, resolve(ROOT, file)])),
    assets: { ...rawConfig.assets, directory: resolve(ROOT, rawConfig.assets.directory) },
    d1_databases: rawConfig.d1_databases.map((database) => ({
      ...database,
      migrations_dir: resolve(ROOT, database.migrations_dir),
    })),
    vars: { ...rawConfig.vars, ROLES: { [`email:${email}`]: roles } },
    access: { dev: { ...rawConfig.access.dev, identity: { email } } },
  }
  const path = join(STATE, `wrangler.${app.name}.json`)
  await mkdir(STATE, { recursive: true })
  await writeFile(path, JSON.stringify(changed, null, 2))
  return path
}
