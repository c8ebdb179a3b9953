import { type PublishedOrder, publishedOrder } from '../../../shared/contract/order.ts'
import { readPlainPublished } from '../../../shared/contract/plain-order.ts'
import { type FieldError, fieldErrors } from '../../../shared/edge/problem.ts'
import type { Copy, Parsed } from '../../../shared/handover/consumer/record.ts'
import { err, ok, type Result } from '../../../shared/result.ts'

/** Billing's copy of an order. */
export type OrderCopy = Copy<PublishedOrder>

/** Judges a record of the feed of orders by the contract. */
export function parseOrder(record: unknown): Result<Parsed<PublishedOrder>, FieldError[]> {
  const plain = readPlainPublished(record)
  if (plain !== undefined) return ok(parsedOf(plain))
  const parsed = publishedOrder.safeParse(record)
  return parsed.success ? ok(parsedOf(parsed.data)) : err(fieldErrors(parsed.error.issues))
}

function parsedOf(order: PublishedOrder): Parsed<PublishedOrder> {
  const { number, revision, fingerprint, state } = order
  return { key: number, revision, fingerprint, deleted: state === 'Deleted', record: order }
}
