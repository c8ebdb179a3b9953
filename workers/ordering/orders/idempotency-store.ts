import { sql, type SQL } from 'drizzle-orm'
import type { Order } from '../../../shared/contract/order.ts'
import { rowsOf } from '../../../shared/db/d1.ts'
import { type Span, spanAround } from '../../../shared/time/instant.ts'
import type { OrderingDb } from '../db.ts'
import { ORDER_COLUMNS, type OrderRow, toOrder } from './order-store.ts'

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
  const result = await db.run(sql`
    SELECT k.body_digest AS bodyDigest, ${ORDER_COLUMNS}
    FROM idempotency_keys k JOIN orders o ON o.number = k.order_number
    WHERE k.created_by = ${by} AND k.key = ${key} AND k.created_at BETWEEN ${valid.from} AND ${valid.until}`)
  const [row] = rowsOf<OrderRow & { bodyDigest: string }>(result)
  return row && { bodyDigest: row.bodyDigest, order: toOrder(row) }
}

/** The condition that the person's key stands for nothing. */
export function keyIsFree(by: string, { key, valid }: IdempotencyRecord): SQL {
  return sql`NOT EXISTS (
    SELECT 1 FROM idempotency_keys WHERE created_by = ${by} AND key = ${key} AND created_at BETWEEN ${valid.from} AND ${valid.until}
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
  return [
    db.run(sql`DELETE FROM idempotency_keys WHERE created_at < ${valid.from} OR created_at > ${valid.until}`),
    db.run(sql`
      INSERT INTO idempotency_keys (created_by, key, body_digest, order_number, created_at)
      SELECT ${order.by}, ${key}, ${bodyDigest}, ${order.number}, ${order.now}
      WHERE EXISTS (SELECT 1 FROM audit WHERE order_number = ${order.number} AND salt = ${order.salt})
      ON CONFLICT DO NOTHING`),
  ]
}

/** When idempotency keys were made that stand for something at `now`. */
export function keyLifetimeAt(now: string): Span {
  return spanAround(now, KEY_LIFETIME_MS)
}
