import { gt, lt, or, type SQL } from 'drizzle-orm'
import type { Order } from '../../../shared/contract/order.ts'
import { rowsOf } from '../../../shared/db/d1.ts'
import { type Span, spanAround } from '../../../shared/time/instant.ts'
import type { OrderingDb } from '../db.ts'
import { ORDER_COLUMNS, type OrderRow, toOrder } from './order-store.ts'
import { namesOf, plain } from '../../../shared/handover/sql-names.ts'
import { audit, idempotencyKeys, orders } from '../schema.ts'

/** How long an idempotency key stands for its request. */
const KEY_LIFETIME_MS = 24 * 60 * 60 * 1000

/** A request that must act once: its key, the digest of its body, and when keys were made that stand for something. */
export type IdempotencyRecord = { key: string; bodyDigest: string; valid: Span }

/** The order that the person's key stands for, and the digest of the body that it came with; undefined if it is free. */
export async function findByIdempotencyKey(
  db: OrderingDb,
  by: string,
  { key, valid }: IdempotencyRecord,
): Promise<{ bodyDigest: string; order: Order } | undefined> {
  const result = await db.run(plain`
    SELECT k.${idempotencyKeys.bodyDigest} AS bodyDigest, ${ORDER_COLUMNS}
    FROM ${idempotencyKeys} k JOIN ${orders} o ON o.${orders.number} = k.${idempotencyKeys.orderNumber}
    WHERE k.${idempotencyKeys.createdBy} = ${by} AND k.${idempotencyKeys.key} = ${key}
      AND k.${idempotencyKeys.createdAt} BETWEEN ${valid.from} AND ${valid.until}`)
  const [row] = rowsOf<OrderRow & { bodyDigest: string }>(result)
  return row && { bodyDigest: row.bodyDigest, order: toOrder(row) }
}

/** The condition that the person's key stands for nothing. */
export function keyIsFree(by: string, { key, valid }: IdempotencyRecord): SQL {
  return plain`NOT EXISTS (
    SELECT 1 FROM ${idempotencyKeys} WHERE ${idempotencyKeys.createdBy} = ${by} AND ${idempotencyKeys.key} = ${key}
      AND ${idempotencyKeys.createdAt} BETWEEN ${valid.from} AND ${valid.until}
  )`
}

/**
 * Keeps the key for the order, if the batch that inserts it has done so: two statements for after that. `salt` is that of
 * the order's entry in the audit, which no other write has, and which is there with the order alone. A batch that D1 does
 * twice finds its key kept already. Keys that are too old are forgotten.
 */
export function keepKey(
  db: OrderingDb,
  order: { number: number; by: string; now: string; salt: string },
  { key, bodyDigest, valid }: IdempotencyRecord,
) {
  const { createdAt } = idempotencyKeys
  return [
    db.delete(idempotencyKeys).where(or(lt(createdAt, valid.from), gt(createdAt, valid.until))),
    db.run(plain`
      INSERT INTO ${idempotencyKeys}
        (${namesOf(idempotencyKeys, 'createdBy', 'key', 'bodyDigest', 'orderNumber', 'createdAt')})
      SELECT ${order.by}, ${key}, ${bodyDigest}, ${order.number}, ${order.now}
      WHERE EXISTS (SELECT 1 FROM ${audit} WHERE ${audit.orderNumber} = ${order.number} AND ${audit.salt} = ${order.salt})
      ON CONFLICT DO NOTHING`),
  ] as const
}

/** When idempotency keys were made that stand for something at `now`. */
export function keyLifetimeAt(now: string): Span {
  return spanAround(now, KEY_LIFETIME_MS)
}
