import type { PublishedOrder } from '../../../shared/contract/order.ts'
import { eraseOrder } from '../../../shared/contract/personal-data.ts'
import { rowsOf } from '../../../shared/db/d1.ts'
import { boundElementsOf, elementsOf } from '../../../shared/db/json-elements.ts'
import { auditRestoring } from '../records/audit-store.ts'
import { digestCustomer, readDigestKey, selectTombstones, toTombstones } from '../records/erased-customer-store.ts'
import type { OrderingDb } from '../db.ts'
import { isUntaken, toColumns } from '../orders/order-write-store.ts'
import { plain } from '../../../shared/handover/sql-names.ts'
import { orders } from '../schema.ts'

type Refusal = { key: number; reason: 'number_taken' | 'external_id_taken' }

/** Which of the orders cannot be restored: their number, or their external id, belongs to an order by now. */
export async function findRestoreRefusals(db: OrderingDb, lost: readonly PublishedOrder[]): Promise<Refusal[]> {
  const asked = JSON.stringify(lost.map(({ number, externalId }) => [number, externalId]))
  const result = await db.run(plain`
    SELECT value ->> 0 AS key,
      iif(EXISTS (SELECT 1 FROM ${orders} WHERE ${orders.number} = r.value ->> 0), 'number_taken',
      'external_id_taken') AS reason
    FROM json_each(${asked}) r
    WHERE EXISTS (SELECT 1 FROM ${orders} WHERE ${orders.number} = r.value ->> 0
      OR ${orders.externalId} = r.value ->> 1)`)
  return rowsOf<Refusal>(result)
}

/**
 * Restores orders that ordering has lost, whole and under their own numbers, each one revision above the one that
 * was known of it. Those whose number or external id is taken are left out. Returns the numbers that were restored.
 */
export async function restoreOrders(db: OrderingDb, lost: readonly PublishedOrder[], now: string): Promise<number[]> {
  const restored = firstOfEachId(await withoutErased(db, lost))
  const facts = restored.map(({ number, externalId, state, revision }) => ({ number, externalId, state, revision }))
  const records = restored.map((order) => ({ ...order, ...toColumns(order) }))
  const [, inserted] = await db.batch([
    auditRestoring(db, elementsOf(facts), isUntaken, now),
    db.run(plain`
      INSERT INTO ${orders} (${orders.number}, ${orders.state}, ${orders.revision}, ${orders.externalId},
        ${orders.placedAt}, ${orders.confirmedAt}, ${orders.confirmedBy}, ${orders.updatedAt},
        ${orders.updatedBy}, ${orders.currency}, ${orders.customer}, ${orders.lines}, ${orders.charges},
        ${orders.suppliedOn}, ${orders.taxExemptionReason}, ${orders.note}, ${orders.customerNameFolded},
        ${orders.externalIdFolded}, ${orders.customerSortKey}, ${orders.foldStale})
      SELECT value ->> 'number', value ->> 'state', value ->> 'revision', value ->> 'externalId', value ->> 'placedAt',
        value ->> 'confirmedAt', value ->> 'confirmedBy', value ->> 'updatedAt', value ->> 'updatedBy',
        value ->> 'currency', value -> 'customer', value -> 'lines', value -> 'charges', value ->> 'suppliedOn',
        value ->> 'taxExemptionReason', value ->> 'note', value ->> 'nameFolded', value ->> 'externalFolded',
        value ->> 'nameSorted', 0
      FROM ${boundElementsOf(records)} r WHERE ${isUntaken}
      RETURNING ${orders.number}`),
  ])
  return rowsOf<{ number: number }>(inserted).map(({ number }) => number)
}

/** Of several orders with one external id the first: billing may have copies from different moments. */
function firstOfEachId(orders: readonly PublishedOrder[]): PublishedOrder[] {
  const ids = new Set<string>()
  return orders.filter(({ externalId }) => {
    const isFirst = externalId === null || !ids.has(externalId)
    if (externalId !== null) ids.add(externalId)
    return isFirst
  })
}

/** The orders, those of customers who were erased without them: what was sold comes back, and nobody by it. */
async function withoutErased(db: OrderingDb, orders: readonly PublishedOrder[]): Promise<PublishedOrder[]> {
  const key = await readDigestKey(db)
  const digests = await Promise.all(orders.map(({ customer }) => digestCustomer(key, customer.id)))
  const tombstones = toTombstones(await selectTombstones(db, digests))
  return orders.map((order, index) => (tombstones.has(digests[index] ?? '') ? eraseOrder(order) : order))
}
