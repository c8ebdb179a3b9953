import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { unstable_splitSqlQuery } from 'wrangler'
import { type AppName, listMigrations, migrationsOf, readConfiguration } from '../project/project.ts'
import { type Bundling, bundleWorker } from './bundle.ts'
import type { Vars } from './control.ts'

// A simulation is offline: else the harness asks where in the world this machine is.
process.env['CLOUDFLARE_CF_FETCH_ENABLED'] = 'false'
// As npm start has it: see WRANGLER_SETTINGS.
process.env['X_LOCAL_OBSERVABILITY'] = 'false'
process.env['WRANGLER_LOG'] = 'warn'

export const ORDERING_ORIGIN = 'http://localhost:8787'
export const BILLING_ORIGIN = 'http://localhost:8788'
/** The Cron Trigger that pulls. */
export const MINUTELY = '* * * * *'

/** What the configuration files hold that is read here; wrangler ships no types for them. */
type WorkerFile = {
  name: string
  compatibility_date: string
  alias: Bundling['alias']
  minify: boolean
  vars: Vars
  ratelimits: { name: string; simple: { limit: number; period: number } }[]
  access: { dev: { aud: string; identity: { email: string } } }
}
/**
 * What differs from the configuration files: vars, by Worker; `as` is who asks, if not the development identity;
 * `writesAMinute` how often they may write.
 */
type Differences = { ordering: Vars; billing: Vars } & Asking
type Asking = { as?: string | undefined; writesAMinute?: number | undefined }

/** The simulator's own Workers: each app with its control round it, and what stands at billing's binding. */
const WORKERS = join(import.meta.dirname, 'workers')

/** Their modules are bundled already. */
const BUNDLED = { no_bundle: true, find_additional_modules: false }

/**
 * The Workers' configurations as their files have them, but for this: each runs with its control round it, and billing
 * reaches ordering by way of the relay.
 */
export async function configureWorkers({ ordering: ofOrdering, billing: ofBilling, ...asking }: Differences) {
  const [ordering, billing, relay] = await Promise.all([
    readWorker('ordering', ofOrdering, asking),
    readWorker('billing', ofBilling, asking),
    bundleWorker(join(WORKERS, 'relay.ts'), { alias: {}, minify: false }),
  ])
  const services = [{ binding: 'ORDERING', service: 'relay', entrypoint: 'OrderRelay' }]
  const relayConfig = {
    name: 'relay',
    ...BUNDLED,
    main: relay,
    compatibility_date: ordering.compatibility_date,
    services: [{ binding: 'ORDERING', service: 'ordering', entrypoint: 'OrderService' }],
  }
  return [{ config: ordering }, { config: { ...billing, services } }, { config: relayConfig }]
}

async function readWorker(name: AppName, vars: Vars, { as, writesAMinute }: Asking) {
  const { alias, minify, ...rawConfig } = readConfiguration<WorkerFile>(name)
  const { dev } = rawConfig.access
  const identity = { ...dev.identity, email: as ?? dev.identity.email }
  return {
    ...rawConfig,
    ...BUNDLED,
    main: await bundleWorker(join(WORKERS, name, 'index.ts'), { alias, minify }),
    vars: { ...rawConfig.vars, ...vars },
    access: { dev: { ...dev, identity } },
    ratelimits: rawConfig.ratelimits.map((limit) =>
      limit.name === 'WRITE_LIMIT' && writesAMinute !== undefined
        ? { ...limit, simple: { ...limit.simple, limit: writesAMinute } }
        : limit,
    ),
  }
}

/** The statements of a Worker's migrations in their order; the database notes each file as applied, as wrangler does. */
export function readMigrations(name: AppName): string[] {
  return [
    'CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP)',
    ...listMigrations(name).flatMap((file) => [
      ...unstable_splitSqlQuery(readFileSync(join(migrationsOf(name), file), 'utf8')),
      `INSERT INTO d1_migrations (name) VALUES ('${file}')`,
    ]),
  ]
}
