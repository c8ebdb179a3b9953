import { existsSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Consumer } from '../../handover/consumer/definition.ts'
import type { Feed } from '../../handover/publisher/feed.ts'
import { type AppName, configOf, ROOT } from '../../project/project.ts'
import { stateOf } from '../support/app.ts'
import { CommandFailure } from '../support/command.ts'

/**
 * A declaration as the commands read it, with the configuration of the Worker that it is in. `state` is where wrangler keeps
 * its local database, if not in wrangler's own place.
 */
export type Declared = { module: string; name: string; config: string; state?: string } & (
  | { side: 'publisher'; feed: Feed }
  | { side: 'consumer'; consumer: AnyConsumer }
)
/** A consumer whose environment and records are of no interest here. */
export type AnyConsumer = Consumer<object, object>

/** What this project declares itself, by the name of the feed: each side's module, and the app that it is in. */
const OWN: Readonly<Record<string, readonly (readonly [module: string, app: AppName])[]>> = {
  orders: [
    ['workers/ordering/feed/order-feed.ts', 'ordering'],
    ['workers/billing/orders/order-consumer.ts', 'billing'],
  ],
}

/** What a Worker's module imports of the platform; a declaration names its classes and runs none of them. */
const PLATFORM = 'export class DurableObject {} export class WorkerEntrypoint {} export const env = {}'

/**
 * Loads the declarations of a feed of this project, or of a module that exports them. Throws CommandFailure where there is
 * none.
 */
export async function loadDeclared(name: string): Promise<Declared[]> {
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'cloudflare:workers'
        ? { url: `data:text/javascript,${encodeURIComponent(PLATFORM)}`, shortCircuit: true }
        : next(specifier, context),
  })
  const own = OWN[name]
  if (own !== undefined) {
    const sides = own.map(async ([module, app]) => {
      const declared = await loadModule(join(ROOT, module), join(ROOT, configOf(app)))
      return declared.map((one) => ({ ...one, state: stateOf(app) }))
    })
    return (await Promise.all(sides)).flat()
  }
  const module = resolve(name)
  if (!existsSync(module)) {
    throw new CommandFailure(
      `There is no feed ${name} and no such file: name one of ${Object.keys(OWN).join(', ')}, or a module that exports what defineFeed or defineConsumer has made`,
    )
  }
  const declared = await loadModule(module, configBeside(module))
  if (declared.length > 0) return declared
  throw new CommandFailure(`${name} exports nothing that defineFeed or defineConsumer has made`)
}

async function loadModule(module: string, config: string): Promise<Declared[]> {
  const exported = (await import(pathToFileURL(module).href)) as Record<string, unknown>
  return Object.entries(exported).flatMap(([name, value]): Declared[] => {
    const place = { module: relative(process.cwd(), module), name, config }
    if (isFeed(value)) return [{ ...place, side: 'publisher', feed: value }]
    if (isConsumer(value)) return [{ ...place, side: 'consumer', consumer: value }]
    return []
  })
}

function isFeed(value: unknown): value is Feed {
  return isObject(value) && 'toRecord' in value && 'sql' in value
}

function isConsumer(value: unknown): value is AnyConsumer {
  return isObject(value) && 'probe' in value && 'tables' in value
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** The configuration of the Worker that the module is in: in its folder, or in the nearest above. */
function configBeside(module: string): string {
  for (let folder = dirname(module); ; folder = dirname(folder)) {
    for (const file of ['wrangler.toml', 'wrangler.jsonc', 'wrangler.json']) {
      if (existsSync(join(folder, file))) return join(folder, file)
    }
    if (folder === dirname(folder)) {
      throw new CommandFailure(`There is no wrangler.toml beside ${module}, which says where its migrations are`)
    }
  }
}
