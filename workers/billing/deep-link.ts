import { isDataRefusal } from '../../shared/d1.ts'
import { describeError } from '../../shared/log.ts'
import type { FieldError } from '../../shared/problem.ts'
import type { Acting } from './acting.ts'
import type { DecisionMade } from './decision-history-store.ts'
import { followStoredOrder, readStoredOrder, type StoredOrder } from './deep-link-store.ts'
import type { Invoice } from './invoice.ts'
import { fetchOrder } from './order-client.ts'
import { describeFieldErrors, type OrderCopy } from './order-copy.ts'
import { witness } from './shown-invoice.ts'

/** Why what is shown may be out of date. */
export type Staleness = { reason: 'no_answer' | 'unreadable' | 'orphaned'; detail: string }

/** What the link of a new order leads to; `stale` is null where the order was read a moment ago. */
export type LinkOutcome =
  | { outcome: 'invoice'; invoice: Invoice; copy: OrderCopy; decisions: DecisionMade[]; stale: Staleness | null }
  | { outcome: 'unknown' }
  | { outcome: 'deleted'; invoice: Invoice | null }
  | { outcome: 'unavailable'; detail: string }
  | { outcome: 'unreadable'; errors: FieldError[] }

/**
 * Fetches the order over the binding, stores it with its invoice, and returns both: one call and one D1 batch. It goes
 * through the same mapping and guard as the pull, and never moves the pull's token. When ordering does not answer, what
 * is stored is shown with its age.
 */
export async function followLink(acting: Acting, number: number): Promise<LinkOutcome> {
  const { db, env, log, now } = acting
  const fetched = await fetchOrder(env.ORDERING, number)
  if (fetched.ok) {
    const { epoch } = fetched.value
    try {
      return await outcomeOf(acting, await followStoredOrder(db, fetched.value, epoch, number, now), null)
    } catch (error) {
      if (!isDataRefusal(error)) throw error
      log.warn('link.refused', { number, ...describeError(error) })
      return stored(acting, number, [{ pointer: '', detail: 'The database of billing refuses this order' }])
    }
  }
  const refusal = fetched.error
  log.warn('link.stale', { number, reason: refusal.reason })
  switch (refusal.reason) {
    case 'unknown':
      return await outcomeOf(acting, await readStoredOrder(db, number), {
        reason: 'orphaned',
        detail: 'Ordering has this order no longer',
      })
    case 'unreadable':
      return stored(acting, number, refusal.errors)
    case 'no_answer': {
      const found = await readStoredOrder(db, number)
      if (found === undefined) return { outcome: 'unavailable', detail: refusal.detail }
      return outcomeOf(acting, found, { reason: 'no_answer', detail: refusal.detail })
    }
  }
}

async function stored(acting: Acting, number: number, errors: FieldError[]): Promise<LinkOutcome> {
  const found = await readStoredOrder(acting.db, number)
  if (found === undefined) return { outcome: 'unreadable', errors }
  return outcomeOf(acting, found, { reason: 'unreadable', detail: describeFieldErrors(errors) })
}

async function outcomeOf(
  acting: Acting,
  found: StoredOrder | undefined,
  stale: Staleness | null,
): Promise<LinkOutcome> {
  if (found === undefined) return { outcome: 'unknown' }
  const { copy, invoice, decisions } = found
  if (invoice !== undefined) await witness(acting, [invoice])
  if (copy.order.state === 'Deleted') return { outcome: 'deleted', invoice: invoice?.invoice ?? null }
  if (invoice === undefined) throw new Error(`Cannot show the invoice of order ${copy.order.number}: it has none`)
  return { outcome: 'invoice', invoice: invoice.invoice, copy, decisions, stale }
}
