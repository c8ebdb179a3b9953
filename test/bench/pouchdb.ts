import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { rateOf } from './figure.ts'

// PouchDB is what replicates documents between two stores in JavaScript, resuming where it was. Its tree holds packages
// that npm calls deprecated, so it is installed beside the project and for this alone.

const PACKAGES = {
  'pouchdb-core': '9.0.0',
  'pouchdb-adapter-leveldb': '9.0.0',
  'pouchdb-adapter-memory': '9.0.0',
  'pouchdb-replication': '9.0.0',
}
const BULK = 1_000

export type Adapter = 'leveldb' | 'memory'
export type PouchDocument = { _id: string }
type Database = {
  bulkDocs: (documents: readonly PouchDocument[]) => Promise<unknown>
  replicate: { to: (target: Database, options: object) => Promise<{ docs_written: number }> }
  destroy: () => Promise<unknown>
}
export type Pouch = { new (name: string, options: { adapter: Adapter }): Database; plugin: (plugin: unknown) => Pouch }

let installed: Promise<Pouch | undefined> | undefined

/**
 * Installs PouchDB into the directory unless it is there. Undefined, and a line says so, where npm cannot bring it.
 * Once: PouchDB takes a plugin only once.
 */
export function installPouch(directory: string): Promise<Pouch | undefined> {
  installed ??= install(directory)
  return installed
}

async function install(directory: string): Promise<Pouch | undefined> {
  await mkdir(directory, { recursive: true })
  const require = createRequire(join(directory, 'package.json'))
  if (!existsSync(join(directory, 'node_modules/pouchdb-core'))) {
    await writeFile(join(directory, 'package.json'), JSON.stringify({ private: true, dependencies: PACKAGES }))
    try {
      await promisify(execFile)('npm', ['install', '--no-audit', '--no-fund'], { cwd: directory, timeout: 120_000 })
    } catch {
      console.warn('PouchDB cannot be installed: it is left out of the comparison.')
      return undefined
    }
  }
  const load = (name: keyof typeof PACKAGES): unknown => require(name)
  const plugins = [load('pouchdb-adapter-leveldb'), load('pouchdb-adapter-memory'), load('pouchdb-replication')]
  return plugins.reduce((pouch: Pouch, plugin) => pouch.plugin(plugin), load('pouchdb-core') as Pouch)
}

/** Replicates the documents once from one new store into another, and returns how many came a second. */
export async function replicate(
  PouchDB: Pouch,
  adapter: Adapter,
  directory: string,
  documents: readonly PouchDocument[],
  batchSize: number,
): Promise<number> {
  const name = join(directory, `${adapter}-${performance.now()}`)
  const source = new PouchDB(`${name}-source`, { adapter })
  const target = new PouchDB(`${name}-target`, { adapter })
  for (let from = 0; from < documents.length; from += BULK) await source.bulkDocs(documents.slice(from, from + BULK))
  const rate = await rateOf(documents.length, async () => {
    const { docs_written: written } = await source.replicate.to(target, { batch_size: batchSize, batches_limit: 10 })
    if (written !== documents.length) throw new Error(`PouchDB replicated ${written} of ${documents.length} documents`)
  })
  await source.destroy()
  await target.destroy()
  return rate
}
