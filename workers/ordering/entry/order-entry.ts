import type { Order } from '../../../shared/contract/order.ts'
import type { OrderInput } from '../../../shared/contract/order-input.ts'
import { err, ok, type Result } from '../../../shared/result.ts'
import type { RequestContext } from '../edge/request-context.ts'
import type { OrderingDb } from '../db.ts'
import { findByIdempotencyKey, type IdempotencyRecord, keyLifetimeAt } from '../orders/idempotency-store.ts'
import { noteChange, noteCreation } from './order-audit.ts'
import { openSequencer } from '../feed/sequencer.ts'
import { confirmDraft, softDeleteOrder } from '../orders/order-state-store.ts'
import { findEndOfTaken, findNumberByExternalId, findOrder } from '../orders/order-store.ts'
import { insertOrder, replaceOrder } from '../orders/order-write-store.ts'
import {
  contentOf,
  type DeletionRefusal,
  deletesOwnDraftsOnly,
  type ExternalIdTaken,
  inputOf,
  type OrderRefusal,
  sameContent,
  type StaleRefusal,
} from '../orders/order.ts'
import { type CustomerErased, digestCustomer, findErased, readDigestKey } from '../records/erased-customer-store.ts'

/** A request that must act once: the key that its sender chose, and the SHA-256 of what its body says. */
export type Idempotency = { key: string; bodyDigest: string }
/** The key came with another body before. */
export type KeyReused = { reason: 'key_reused' }
/** The order that a request made; `replayed` if an earlier one with the same key made it. */
export type PlacedOrder = { order: Order; replayed: boolean }

/** How often an order number is taken again because somebody's SQL took it first. */
const MAX_TRIES = 5

/** Makes a Draft. Requests with one key make one order, also when they come at once. */
export async function placeOrder(
  { env, db, by, now, requestId }: RequestContext,
  input: OrderInput,
  idempotency?: Idempotency,
): Promise<Result<PlacedOrder, ExternalIdTaken | KeyReused | CustomerErased>> {
  const record = idempotency && { ...idempotency, valid: keyLifetimeAt(now) }
  const replayed = record && (await findPlaced(db, by, record))
  if (replayed !== undefined) return replayed
  const content = contentOf(input, { externalId: null, placedAt: now })
  const { id } = content.customer
  const customerDigest = await digestCustomer(await readDigestKey(db), id)
  const audit = await noteCreation('placed', content, 'Draft', requestId)
  let above = 0
  for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
    const number = await openSequencer(env).allotKeys(1, above)
    const insert = { number, content, customerDigest, by, now, audit, confirmed: false }
    const order = await insertOrder(db, insert, record)
    if (order !== undefined) return ok({ order, replayed: false })
    const placedMeanwhile = record && (await findPlaced(db, by, record))
    if (placedMeanwhile !== undefined) return placedMeanwhile
    const taken = await findTaken(db, content.externalId)
    if (taken !== undefined) return err(taken)
    const erased = await findErased(db, id, customerDigest)
    if (erased !== undefined) return err(erased)
    above = (await findEndOfTaken(db, number)) ?? above
  }
  throw new Error(`Cannot place order: its number was taken ${MAX_TRIES} times in a row, the last time up to ${above}`)
}

/**
 * Gives the order another content, in one new revision; the same content changes nothing. A Confirmed order stays so.
 * @param seenRevision the revision that whoever amends it has looked at
 */
export async function amendOrder(
  { db, by, now, requestId }: RequestContext,
  number: number,
  input: OrderInput,
  seenRevision: number,
): Promise<Result<Order, OrderRefusal | StaleRefusal | ExternalIdTaken | CustomerErased>> {
  const current = await findLiving(db, number)
  if (!current.ok) return current
  if (current.value.revision !== seenRevision) return err({ reason: 'stale', current: current.value })
  const content = contentOf(input, current.value)
  const before = contentOf(inputOf(current.value), current.value)
  if (sameContent(content, before)) return current
  const { id } = content.customer
  // Whoever the order names already was not erased since: that would have been another revision.
  const customerDigest = id === before.customer.id ? null : await digestCustomer(await readDigestKey(db), id)
  const audit = await noteChange('amended', { before, after: content, confirms: false }, requestId)
  const replacement = { number, content, customerDigest, by, now, audit, seenRevision, confirm: false }
  const replaced = await replaceOrder(db, replacement)
  if (replaced !== undefined) return ok(replaced)
  const meanwhile = await findLiving(db, number)
  if (!meanwhile.ok) return meanwhile
  if (meanwhile.value.revision !== seenRevision) return err({ reason: 'stale', current: meanwhile.value })
  const taken = await findTaken(db, content.externalId)
  if (taken !== undefined) return err(taken)
  const erased = customerDigest === null ? undefined : await findErased(db, id, customerDigest)
  if (erased !== undefined) return err(erased)
  throw new Error(`Cannot amend order ${number}: it was refused at revision ${seenRevision} for no reason left`)
}

/** Confirms the order. One that is Confirmed already stays as it is. */
export async function confirmOrder(context: RequestContext, number: number): Promise<Result<Order, OrderRefusal>> {
  return judgeLiving(await confirmDraft(context.db, number, context))
}

/** Marks the order as deleted. One that is Deleted already stays as it is. */
export async function deleteOrder(context: RequestContext, number: number): Promise<Result<null, DeletionRefusal>> {
  const state = await softDeleteOrder(context.db, number, context, deletesOwnDraftsOnly(context.roles))
  if (state === undefined) return err({ reason: 'unknown' })
  return state === 'Deleted' ? ok(null) : err({ reason: 'not_own_draft' })
}

/** The order, unless it is deleted. */
export async function findLiving(db: OrderingDb, number: number): Promise<Result<Order, OrderRefusal>> {
  return judgeLiving(await findOrder(db, number))
}

function judgeLiving(order: Order | undefined): Result<Order, OrderRefusal> {
  if (order === undefined) return err({ reason: 'unknown' })
  return order.state === 'Deleted' ? err({ reason: 'deleted' }) : ok(order)
}

async function findPlaced(
  db: OrderingDb,
  by: string,
  record: IdempotencyRecord,
): Promise<Result<PlacedOrder, KeyReused> | undefined> {
  const found = await findByIdempotencyKey(db, by, record)
  if (found === undefined) return undefined
  return found.bodyDigest === record.bodyDigest
    ? ok({ order: found.order, replayed: true })
    : err({ reason: 'key_reused' })
}

async function findTaken(db: OrderingDb, externalId: string | null): Promise<ExternalIdTaken | undefined> {
  if (externalId === null) return undefined
  const orderNumber = await findNumberByExternalId(db, externalId)
  return orderNumber === undefined ? undefined : { reason: 'external_id_taken', externalId, orderNumber }
}
