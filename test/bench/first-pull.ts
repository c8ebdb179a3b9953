import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importedOrder } from '../../shared/contract/order-input.ts'
import { startApps, writeBodies } from './apps.ts'
import { figureOf, type Goal, type Measure, rateOf, ratio } from './figure.ts'
import { madeOrder } from './made-orders.ts'
import { startPair } from './pair.ts'
import { copyOrders, openSource, type Passage } from './plain-sqlite.ts'
import { type Adapter, installPouch, type Pouch, type PouchDocument, replicate } from './pouchdb.ts'

const PRODUCT = 'Waybill'
const PAGE_SIZE = 1_000
/** The naive pull's rate does not depend on how many there are, and it is slow. */
const MOST_NAIVE = 1_000
/** PouchDB is tried with each in the first round, and goes on with its best. */
const BATCH_SIZES = [100, 500, 1_000, 2_500]

/**
 * The import of `count` orders over HTTP and their first pull, against plain SQLite, PouchDB and the naive pull. Each
 * round starts everything afresh and lets all contenders have their turn. The product runs as two processes, as it is
 * started and as it is deployed; the others are one, and wait for nobody.
 */
export async function measureFirstPull(count: number, rounds: number, state: string): Promise<Measure[]> {
  const lines = Array.from({ length: count }, (_, index) => madeOrder(index))
  const bodies = writeBodies(lines)
  const orders = lines.map((line) => importedOrder.parse(line))
  const documents = orders.map((order, index) => ({ _id: String(index + 1).padStart(9, '0'), ...order }))
  const pouch = await installPouch(join(state, 'pouchdb'))
  const batchSizes = new Map<Adapter, number>()
  const imported = new Rounds()
  const pulled = new Rounds()
  for (let round = 0; round < rounds; round += 1) {
    const directory = await mkdtemp(join(tmpdir(), 'waybill-bench-'))
    const product = await measureProduct(join(directory, 'apps'), bodies, count)
    imported.add(PRODUCT, product.imported)
    pulled.add(PRODUCT, product.pulled)

    const { db, insert } = openSource(join(directory, 'source.db'))
    const insertAll = (): void => {
      for (let from = 0; from < count; from += PAGE_SIZE) insert(orders.slice(from, from + PAGE_SIZE), from + 1)
    }
    imported.add('plain SQLite', await rateOf(count, insertAll))
    for (const [who, passage] of PASSAGES) {
      const file = join(directory, `${passage}.db`)
      pulled.add(who, await rateOf(count, () => expectAll(count, copyOrders(db, file, passage, PAGE_SIZE))))
    }
    db.close()

    if (pouch !== undefined) {
      for (const adapter of ['leveldb', 'memory'] satisfies Adapter[]) {
        const best = batchSizes.get(adapter) ?? (await findBatchSize(pouch, adapter, directory, documents))
        batchSizes.set(adapter, best)
        pulled.add(`PouchDB, ${adapter}`, await replicate(pouch, adapter, directory, documents, best))
      }
    }
    pulled.add('naive pull', await measureNaive(bodies[0] ?? '', Math.min(count, MOST_NAIVE)))
    await rm(directory, { recursive: true })
  }
  return [describeImport(count, imported), describePull(count, pulled)]
}

const PASSAGES = [
  ['plain SQLite', 'direct'],
  ['plain SQLite, through JSON', 'json'],
  ['plain SQLite, through JSON and zod', 'json+zod'],
] satisfies [string, Passage][]

/** The batch size with which PouchDB replicates these documents fastest. */
async function findBatchSize(
  pouch: Pouch,
  adapter: Adapter,
  directory: string,
  documents: readonly PouchDocument[],
): Promise<number> {
  const rates: { size: number; rate: number }[] = []
  for (const size of BATCH_SIZES) {
    rates.push({ size, rate: await replicate(pouch, adapter, directory, documents, size) })
  }
  return rates.reduce((best, other) => (other.rate > best.rate ? other : best)).size
}

async function measureProduct(directory: string, bodies: readonly string[], count: number) {
  await using apps = await startPair(directory)
  return {
    imported: await rateOf(count, () => apps.importOrders(bodies)),
    pulled: await rateOf(count, async () => expectAll(count, await apps.pullToEnd())),
  }
}

async function measureNaive(body: string, count: number): Promise<number> {
  await using apps = await startApps()
  await apps.importOrders([body])
  return await rateOf(count, async () => expectAll(count, Number(await apps.ask('naive', '/'))))
}

function expectAll(count: number, came: number): void {
  if (came !== count) throw new Error(`${came} of ${count} orders came`)
}

class Rounds {
  readonly #rates = new Map<string, number[]>()

  add(who: string, rate: number): void {
    this.#rates.set(who, [...(this.#rates.get(who) ?? []), rate])
  }

  figures() {
    return [...this.#rates].map(([who, rates]) => figureOf(who, rates))
  }
}

function describeImport(count: number, rounds: Rounds): Measure {
  const figures = rounds.figures()
  const goal = atLeast(0.3, 'of plain SQLite inserting the same rows', ratio(figures, PRODUCT, 'plain SQLite'))
  return { name: `Import of ${count.toLocaleString('en')} orders`, unit: 'orders/s', figures, goals: [goal] }
}

function describePull(count: number, rounds: Rounds): Measure {
  const figures = rounds.figures()
  const to = (who: string): number => ratio(figures, PRODUCT, who)
  const goals = [
    atLeast(0.5, 'of plain SQLite through JSON', to('plain SQLite, through JSON')),
    ...(figures.some(({ who }) => who === 'PouchDB, leveldb')
      ? [atLeast(4, 'times PouchDB on leveldb', to('PouchDB, leveldb'))]
      : []),
    atLeast(30, 'times the naive pull', to('naive pull')),
  ]
  return { name: `First pull of ${count.toLocaleString('en')} orders`, unit: 'orders/s', figures, goals }
}

function atLeast(goal: number, what: string, reached: number): Goal {
  return { what, bound: 'at least', goal, reached }
}
