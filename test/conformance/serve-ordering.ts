import { dropMoment, keepMoment, restoreMoment } from '../../shared/simulator/moment.ts'
import { amendOrder, anOrder, confirmOrder, deleteOrder, importOrders, placeDraft } from '../support/orders.ts'
import type { Together } from '../support/together.ts'
import type { Served } from './serve.ts'
import { type Binding, type Hands, type PublisherTold, servePublisher } from './serve-side.ts'

/** One that ordering can read, of no order in particular. */
const NOTICE = { kind: 'released', at: '2026-03-01T12:00:00Z' }
/** As many orders as an import takes. */
const IMPORTED = 1_000
/** What is kept and restored: one at a time. */
const MOMENT = 1
/** What a line of an order adds beside its description, about. */
const DESCRIPTION = 500

/** Ordering's feed over HTTP, as billing's binding reaches it, and the kit's control beside it. */
export async function serveOrdering(together: Together): Promise<Served> {
  const { ORDERING } = await together.harness.getWorker<{ ORDERING: Binding }>('relay').getEnv()
  const hands = handsOf(together)
  return servePublisher(ORDERING, { notice: NOTICE }, hands)
}

/** What the kit can have done to ordering's records. Each change is one that the app's own API makes. */
function handsOf({ ordering }: Together): Hands<PublisherTold> {
  let changes = 0
  let imported = 0

  /** Another content than any before. */
  const anotherOrder = () => anOrder({ note: `change ${(changes += 1)}` })

  async function create({ count = 1, bytes = 0 }: PublisherTold): Promise<object> {
    const large = Array.from({ length: Math.ceil(bytes / DESCRIPTION) }, () => 'x'.repeat(DESCRIPTION))
    const lines = large.map((description) => ({ sku: 'OAT-1', description, quantity: 1, unitPrice: 1 }))
    const orders = Array.from({ length: count }, () => ({
      ...anOrder(lines.length === 0 ? {} : { lines }),
      externalId: `KIT-${(imported += 1)}`,
      state: 'Confirmed' as const,
    }))
    for (let from = 0; from < count; from += IMPORTED) await importOrders(ordering, orders.slice(from, from + IMPORTED))
    const ids = JSON.stringify(orders.map(({ externalId }) => externalId))
    const rows = await ordering.sql<{ number: number }>(
      'SELECT number FROM orders WHERE external_id IN (SELECT value FROM json_each(?)) ORDER BY number',
      ids,
    )
    return { keys: rows.map(({ number }) => number) }
  }

  return {
    create,
    change: async ({ keys = [] }) => {
      for (const key of keys) await amendOrder(ordering, key, anotherOrder())
    },
    delete: async ({ keys = [] }) => {
      for (const key of keys) await deleteOrder(ordering, key)
    },
    draft: async () => ({ keys: [(await placeDraft(ordering)).number] }),
    publish: async ({ keys = [] }) => {
      for (const key of keys) await confirmOrder(ordering, key)
    },
    republish: async ({ keys = [] }) => {
      for (const key of keys) await ordering.send('POST', '/api/feed/republish', { after: key - 1, limit: 1 })
    },
    // A transaction of D1 is one batch: one that takes long is one that was sent and lands late.
    hold: async ({ key = 0 }) => {
      await ordering.failDatabase({ kind: 'land-late', matching: 'UPDATE orders' })
      await amendOrder(ordering, key, anotherOrder()).then(
        () => Promise.reject(new Error('The change was to land late, and has landed')),
        () => undefined,
      )
    },
    commit: () => ordering.landLate(),
    keep: async () => {
      await dropMoment(ordering, MOMENT)
      await keepMoment(ordering, MOMENT)
    },
    restore: () => restoreMoment(ordering, MOMENT),
    break: () => ordering.failDatabase({ kind: 'refuse', times: Number.MAX_SAFE_INTEGER }),
    unbreak: () => ordering.failDatabase(),
  }
}
