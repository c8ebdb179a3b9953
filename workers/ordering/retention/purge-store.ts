import { sql } from 'drizzle-orm'
import { rowsOf } from '../../../shared/db/d1.ts'
import { elementsOf } from '../../../shared/db/json-elements.ts'
import type { Span } from '../../../shared/time/instant.ts'
import type { OrderingDb } from '../db.ts'
import { foldOrder } from '../orders/order-write-store.ts'

/** At most this many keys are purged in one go: a statement that takes seconds would hold up who places an order. */
const MOST = 5_000

/** Purges expired idempotency keys, many at once, and returns how many. */
export async function purgeKeys(db: OrderingDb, { from, until }: Span): Promise<number> {
  const { meta } = await db.run(sql`
    DELETE FROM idempotency_keys WHERE (created_by, key) IN (
      SELECT created_by, key FROM idempotency_keys WHERE created_at < ${from} OR created_at > ${until} LIMIT ${MOST}
    )`)
  return meta.changes
}

/**
 * Folds orders that SQL alone has written, or that were there before they were folded so, at most `limit`, and returns how
 * many. One that is changed meanwhile is left to who changed it. It is no revision: what an order says stays.
 */
export async function refoldOrders(db: OrderingDb, limit: number): Promise<number> {
  const result = await db.run(sql`
    SELECT number, customer ->> 'name' AS name, external_id AS externalId FROM orders INDEXED BY orders_fold_stale
    WHERE fold_stale = 1 LIMIT ${limit}`)
  const stale = rowsOf<{ number: number; name: string | null; externalId: string | null }>(result)
  if (stale.length === 0) return 0
  const folded = stale.map((order) => ({ ...order, ...foldOrder(order.name ?? '', order.externalId) }))
  await db.run(sql`
    UPDATE orders SET customer_name_folded = r.value ->> 'nameFolded', customer_sort_key = r.value ->> 'nameSorted',
      external_id_folded = r.value ->> 'externalFolded', fold_stale = 0
    FROM ${elementsOf(folded)} r
    WHERE number = r.value ->> 'number' AND customer ->> 'name' IS r.value ->> 'name'
      AND external_id IS r.value ->> 'externalId'`)
  return stale.length
}
