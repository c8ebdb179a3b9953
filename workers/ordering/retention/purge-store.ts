import { rowsOf } from '../../../shared/db/d1.ts'
import { elementsOf } from '../../../shared/db/json-elements.ts'
import type { Span } from '../../../shared/time/instant.ts'
import type { OrderingDb } from '../db.ts'
import { foldOrder } from '../orders/order-write-store.ts'
import { plain } from '../../../shared/handover/sql-names.ts'
import { idempotencyKeys, orders } from '../schema.ts'

/** At most this many keys are purged in one go: a statement that takes seconds would hold up who places an order. */
const MOST = 5_000

/** Purges expired idempotency keys, many at once, and returns how many. */
export async function purgeKeys(db: OrderingDb, { from, until }: Span): Promise<number> {
  const { meta } = await db.run(plain`
    DELETE FROM ${idempotencyKeys} WHERE (${idempotencyKeys.createdBy}, ${idempotencyKeys.key}) IN (
      SELECT ${idempotencyKeys.createdBy}, ${idempotencyKeys.key} FROM ${idempotencyKeys}
        WHERE ${idempotencyKeys.createdAt} < ${from} OR ${idempotencyKeys.createdAt} > ${until} LIMIT ${MOST}
    )`)
  return meta.changes
}

/**
 * Folds orders that SQL alone has written, or that were there before they were folded so, at most `limit`, and returns how
 * many. One that is changed meanwhile is left to who changed it. It is no revision: what an order says stays.
 */
export async function refoldOrders(db: OrderingDb, limit: number): Promise<number> {
  const result = await db.run(plain`
    SELECT ${orders.number}, ${orders.customer} ->> 'name' AS name, ${orders.externalId} AS externalId
      FROM ${orders} INDEXED BY orders_fold_stale
    WHERE ${orders.foldStale} = 1 LIMIT ${limit}`)
  const stale = rowsOf<{ number: number; name: string | null; externalId: string | null }>(result)
  if (stale.length === 0) return 0
  const folded = stale.map((order) => ({ ...order, ...foldOrder(order.name ?? '', order.externalId) }))
  await db.run(plain`
    UPDATE ${orders} SET ${orders.customerNameFolded} = r.value ->> 'nameFolded',
      ${orders.customerSortKey} = r.value ->> 'nameSorted',
      ${orders.externalIdFolded} = r.value ->> 'externalFolded', ${orders.foldStale} = 0
    FROM ${elementsOf(folded)} r
    WHERE ${orders.number} = r.value ->> 'number' AND ${orders.customer} ->> 'name' IS r.value ->> 'name'
      AND ${orders.externalId} IS r.value ->> 'externalId'`)
  return stale.length
}
