import type { Served } from '../conformance/serve.ts'
import { type Binding, type Hands, type PublisherTold, servePublisher } from '../conformance/serve-side.ts'
import { dropMoment, keepMoment, restoreMoment } from '../../shared/simulator/moment.ts'
import type { Answer } from '../../shared/simulator/running-worker.ts'
import { SHIPMENT_FEED } from '../examples/shipments/shipment.ts'
import type { Shipments } from './world.ts'

/** What is kept and restored: one at a time. */
const MOMENT = 1
/** One that the warehouse can read, of no shipment in particular. */
const NOTICE = { kind: 'released', at: '2026-03-01T12:00:00Z' }
/** What both sides name in their own way. */
export const NAMES = { ...SHIPMENT_FEED, tombstone: { state: 'Withdrawn' } }

/** The warehouse's feed over HTTP, as customer care's binding reaches it, and the kit's control beside it. */
export async function serveWarehouse(shipments: Shipments): Promise<Served> {
  const { ORDERING: feed } = await shipments.harness.getWorker<{ ORDERING: Binding }>('relay').getEnv()
  const hands = handsOf(shipments)
  return servePublisher(feed, { names: NAMES, notice: NOTICE }, hands)
}

/** What the kit can have done to shipments: a change is, in turn, one of the app's API, of a parcel, and of SQL. */
function handsOf({ warehouse }: Shipments): Hands<PublisherTold> {
  let changes = 0

  async function send(method: string, path: string, body?: object): Promise<Answer> {
    const answer = await warehouse.send(method, path, body)
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return answer
  }

  async function make(bytes = 0): Promise<number> {
    changes += 1
    const address = bytes === 0 ? `Street ${changes}` : 'x'.repeat(Math.min(bytes, 1_000))
    const { id } = (await (await send('POST', '/shipments', { recipient: 'Nora', address })).json()) as { id: number }
    await send('POST', `/shipments/${id}/parcels`, { barcode: `P${id}`, grams: 500 })
    if (bytes > 1_000) await warehouse.sql('UPDATE shipments SET address = ? WHERE id = ?', 'x'.repeat(bytes), id)
    return id
  }

  /** Many at once, by SQL. */
  async function makeMany(count: number): Promise<number[]> {
    const rows = await warehouse.sql<{ id: number }>(
      `INSERT INTO shipments (recipient, address, state, dispatched_at)
      SELECT 'Nora', 'Street', 'Dispatched', '2026-03-01T12:00:00Z' FROM json_each(?) RETURNING id`,
      JSON.stringify(Array.from({ length: count }, (_, nr) => nr)),
    )
    return rows.map(({ id }) => id)
  }

  async function change(id: number): Promise<void> {
    changes += 1
    switch (changes % 3) {
      case 0:
        await send('PUT', `/shipments/${id}`, { recipient: 'Nora', address: `Street ${changes}` })
        return
      case 1:
        await send('POST', `/shipments/${id}/parcels`, { barcode: `P${id}`, grams: 500 + changes })
        return
      default:
        await warehouse.sql('UPDATE parcels SET grams = grams + 1 WHERE shipment_id = ?', id)
    }
  }

  return {
    create: async ({ count = 1, bytes }: PublisherTold) => {
      if (count > 20 && bytes === undefined) return { keys: await makeMany(count) }
      const keys: number[] = []
      for (let made = 0; made < count; made += 1) keys.push(await make(bytes))
      for (const id of keys) await send('POST', `/shipments/${id}/dispatch`)
      return { keys }
    },
    change: async ({ keys = [] }) => {
      for (const id of keys) await change(id)
    },
    delete: async ({ keys = [] }) => {
      for (const id of keys) await send('DELETE', `/shipments/${id}`)
    },
    draft: async () => ({ keys: [await make()] }),
    publish: async ({ keys = [] }) => {
      for (const id of keys) await send('POST', `/shipments/${id}/dispatch`)
    },
    republish: async ({ keys = [] }) => {
      for (const id of keys) await warehouse.sql('UPDATE shipments SET sequence_nr = -1 WHERE id = ?', id)
    },
    hold: async ({ key = 0 }) => {
      await warehouse.failDatabase({ kind: 'land-late', matching: 'insert into "parcels"' })
      await send('POST', `/shipments/${key}/parcels`, { barcode: `LATE${key}`, grams: 1 }).then(
        () => Promise.reject(new Error('The change was to land late, and has landed')),
        () => undefined,
      )
    },
    commit: () => warehouse.landLate(),
    keep: async () => {
      await dropMoment(warehouse, MOMENT)
      await keepMoment(warehouse, MOMENT)
    },
    restore: () => restoreMoment(warehouse, MOMENT),
    break: () => warehouse.failDatabase({ kind: 'refuse', times: Number.MAX_SAFE_INTEGER }),
    unbreak: () => warehouse.failDatabase(),
  }
}
