import { isDataRefusal } from '../../../shared/db/d1.ts'
import { describeError } from '../../../shared/edge/log.ts'
import type { FieldError } from '../../../shared/edge/problem.ts'
import { err, ok, type Result } from '../../../shared/result.ts'
import type { RequestContext } from '../edge/request-context.ts'
import type { DecisionMade } from '../ledger/decision-history-store.ts'
import { type StoreOutcome, storeAndReadOrder, readStoredOrder, type StoredOrder } from './deep-link-store.ts'
import type { Invoice } from '../documents/invoice.ts'
import { fetchOrder, fetchBatch, type OrderRefusal } from '../client/order-client.ts'
import { describeFieldErrors, type OrderCopy, type ReadOrder } from '../copies/order-copy.ts'
import { type NoAnswer, noAnswer } from '../client/ordering-binding.ts'
import { learnEpoch } from '../copies/epoch-store.ts'
import { witness } from '../ledger/shown-invoice.ts'

/** Why what is shown may be out of date. */
export type Staleness = { reason: 'no_answer' | 'unreadable' | 'orphaned'; detail: string }

/** What the link of a new order leads to; `stale` is null where the order was read a moment ago. */
export type LinkOutcome =
  | { outcome: 'invoice'; invoice: Invoice; copy: OrderCopy; decisions: DecisionMade[]; stale: Staleness | null }
  | { outcome: 'unknown' }
  | { outcome: 'deleted'; invoice: Invoice | null }
  | { outcome: 'unavailable'; detail: string }
  | { outcome: 'unreadable'; errors: FieldError[] }

/** How often it is asked: again after an answer of an epoch that is not billing's current one. */
const ATTEMPTS = 2

/**
 * Fetches the order over the binding, stores it with its invoice, and returns both: one call and one D1 batch. It goes
 * through the same mapping and guard as the pull, and never moves the pull's token. When ordering does not answer, what
 * is stored is shown with its age.
 */
export async function followLink(context: RequestContext, number: number): Promise<LinkOutcome> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const fetched = await fetchOrder(context.env.ORDERING, number)
    if (!fetched.ok) return withoutOrder(context, number, fetched.error)
    const followed = await storeFetched(context, fetched.value, number)
    if (!followed.ok) return followed.error
    const { current, stored } = followed.value
    if (current === fetched.value.epoch) return outcomeOf(context, stored, null)
    if (attempt === ATTEMPTS) break
    const learned = await findNewerEpoch(context, current)
    if (!learned.ok) return withoutOrder(context, number, learned.error)
  }
  return withoutOrder(context, number, noAnswer('Another epoch of its feed began in the meantime'))
}

/**
 * Learns which epoch is the newer: `known`, or that of an order that was read outside the feed. The order may have been
 * under way while a newer one was learned, or be newer itself. The feed's answer tells: it is asked for after `known` was.
 */
export async function findNewerEpoch({ db, env, now }: RequestContext, known: string): Promise<Result<null, NoAnswer>> {
  const batch = await fetchBatch(env.ORDERING, null, 1)
  if (!batch.ok) return err(noAnswer('Its feed does not answer'))
  await learnEpoch(db, batch.value.epoch, known, now)
  return ok(null)
}

async function storeFetched(
  context: RequestContext,
  read: ReadOrder & { epoch: string },
  number: number,
): Promise<Result<StoreOutcome, LinkOutcome>> {
  const { db, log, now } = context
  try {
    return ok(await storeAndReadOrder(db, read, number, now))
  } catch (error) {
    if (!isDataRefusal(error)) throw error
    log.warn('link.refused', { number, ...describeError(error) })
    const errors = [{ pointer: '', detail: 'Billing’s database refuses this order' }]
    return err(await showStored(context, number, errors))
  }
}

/** What is stored, where ordering has not answered with the order. */
async function withoutOrder(context: RequestContext, number: number, refusal: OrderRefusal): Promise<LinkOutcome> {
  const { db, log } = context
  log.warn('link.stale', { number, reason: refusal.reason })
  switch (refusal.reason) {
    case 'unknown':
      return outcomeOf(context, await readStoredOrder(db, number), {
        reason: 'orphaned',
        detail: 'Ordering no longer has this order',
      })
    case 'unreadable':
      return showStored(context, number, refusal.errors)
    case 'no_answer': {
      const found = await readStoredOrder(db, number)
      if (found === undefined) return { outcome: 'unavailable', detail: refusal.detail }
      return outcomeOf(context, found, { reason: 'no_answer', detail: refusal.detail })
    }
  }
}

async function showStored(context: RequestContext, number: number, errors: FieldError[]): Promise<LinkOutcome> {
  const found = await readStoredOrder(context.db, number)
  if (found === undefined) return { outcome: 'unreadable', errors }
  return outcomeOf(context, found, { reason: 'unreadable', detail: describeFieldErrors(errors) })
}

async function outcomeOf(
  context: RequestContext,
  found: StoredOrder | undefined,
  stale: Staleness | null,
): Promise<LinkOutcome> {
  if (found === undefined) return { outcome: 'unknown' }
  const { copy, invoice, decisions } = found
  if (invoice !== undefined) await witness(context, [invoice])
  if (copy.order.state === 'Deleted') return { outcome: 'deleted', invoice: invoice?.invoice ?? null }
  if (invoice === undefined) throw new Error(`Cannot show the invoice of order ${copy.order.number}: it has none`)
  return { outcome: 'invoice', invoice: invoice.invoice, copy, decisions, stale }
}
