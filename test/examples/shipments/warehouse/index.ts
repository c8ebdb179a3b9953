import { and, eq, isNull, ne, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { type Context, Hono } from 'hono'
import * as z from 'zod/mini'
import { type PublisherEnv, sequencerOf, serviceOf } from '#shared/handover/publisher/worker.ts'
import { parcel, SHIPMENT_FEED, shipment } from '../shipment.ts'
import { parcels, shipmentFeed, shipments } from './schema.ts'

export class ShipmentSequencer extends sequencerOf(shipmentFeed) {}
export class ShipmentService extends serviceOf(shipmentFeed, (env: PublisherEnv) => env.SEQUENCER) {}

type WarehouseEnv = { Bindings: PublisherEnv }

// What is taken here has to fit what crosses, or its reader sets it aside.
const newShipment = z.pick(shipment, { recipient: true, address: true })

/** The warehouse's own API. Whatever it changes, or SQL does, reaches customer care by the feed. */
export default new Hono<WarehouseEnv>()
  .post('/shipments', async (c) => {
    const parsed = newShipment.safeParse(await c.req.json())
    if (!parsed.success) return c.json({ errors: parsed.error.issues }, 422)
    const id = await c.env.SEQUENCER.getByName(SHIPMENT_FEED.feed).allotKeys(1)
    await drizzle(c.env.DB)
      .insert(shipments)
      .values({ id, ...parsed.data })
    return c.json({ id }, 201)
  })
  .put('/shipments/:id', async (c) => {
    const parsed = newShipment.safeParse(await c.req.json())
    if (!parsed.success) return c.json({ errors: parsed.error.issues }, 422)
    return changed(c, await drizzle(c.env.DB).update(shipments).set(parsed.data).where(thisOne(c)).returning())
  })
  .post('/shipments/:id/parcels', async (c) => {
    const parsed = parcel.safeParse(await c.req.json())
    if (!parsed.success) return c.json({ errors: parsed.error.issues }, 422)
    const { barcode, grams } = parsed.data
    const db = drizzle(c.env.DB)
    const added = db
      .select({
        barcode: sql<string>`${barcode}`.as('barcode'),
        shipmentId: shipments.id,
        grams: sql<number>`${grams}`.as('grams'),
      })
      .from(shipments)
      .where(thisOne(c))
    const set = { grams: sql`excluded.grams`, shipmentId: sql`excluded.shipment_id` }
    return changed(
      c,
      await db
        .insert(parcels)
        .select(added)
        .onConflictDoUpdate({ target: sql`barcode`, set })
        .returning(),
    )
  })
  .post('/shipments/:id/dispatch', async (c) => {
    const waiting = and(thisOne(c), isNull(shipments.dispatchedAt))
    const dispatched = { state: 'Dispatched', dispatchedAt: new Date().toISOString() } as const
    return changed(c, await drizzle(c.env.DB).update(shipments).set(dispatched).where(waiting).returning())
  })
  .post('/shipments/:id/deliver', async (c) => {
    const dispatched = and(thisOne(c), eq(shipments.state, 'Dispatched'))
    return changed(
      c,
      await drizzle(c.env.DB).update(shipments).set({ state: 'Delivered' }).where(dispatched).returning(),
    )
  })
  .delete('/shipments/:id', async (c) => {
    return changed(
      c,
      await drizzle(c.env.DB).update(shipments).set({ state: 'Withdrawn' }).where(thisOne(c)).returning(),
    )
  })

/** The shipment that is named, unless it was withdrawn. */
function thisOne(c: Context<WarehouseEnv>) {
  return and(eq(shipments.id, Number(c.req.param('id'))), ne(shipments.state, 'Withdrawn'))
}

function changed(c: Context<WarehouseEnv>, rows: readonly unknown[]): Response {
  return rows.length === 0 ? c.json({ error: 'There is no such shipment to change' }, 404) : c.body(null, 204)
}
