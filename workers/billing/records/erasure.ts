import { dayOf } from '../../../shared/time/business-day.ts'
import { isStorageFailure } from '../../../shared/db/d1.ts'
import { describeError } from '../../../shared/edge/log.ts'
import type { Erasure } from '../../../shared/contract/personal-data.ts'
import { err, ok, type Result } from '../../../shared/result.ts'
import type { RequestContext } from '../edge/request-context.ts'
import { findLastDecision } from '../ledger/decision-store.ts'
import { eraseInOrdering, fetchPersonalData, type OrdersMoved } from '../client/erasure-client.ts'
import { erasePersonalData, findPersonalData } from './erasure-store.ts'
import { openLedger } from '../ledger/invoice-ledger.ts'
import type { NoAnswer } from '../../../shared/handover/consumer/record.ts'

/** Longer than anything is kept. */
const FOREVER_YEARS = 1_000

/**
 * Why a customer was not erased. `waiting`: invoices of these orders are to be decided, corrected or made first, and
 * nothing was erased. `unfinished`: ordering has erased them and billing has not; asked again, it does.
 */
export type ErasureRefusal = OrdersMoved | NoAnswer | { reason: 'unfinished' }

/**
 * Erases what both apps have of the customer, but for issued documents that must be kept; a preview only reports it. The
 * ledger is overwritten as well: it would bring everything back after a restore. Safe to repeat, and repeating it
 * completes one that failed half way: what is left is found by what it says itself.
 */
export async function eraseCustomer(
  context: RequestContext,
  customer: string,
  preview: boolean,
): Promise<Result<Erasure, ErasureRefusal>> {
  const { db, env, log, now, by, requestId } = context
  const ledger = openLedger(env)
  // What a restore has lost is replayed first, or it would not be found.
  if (!preview) await ledger.reconcile(await findLastDecision(db))
  const asked = await fetchPersonalData(context, customer)
  if (!asked.ok) return asked
  const { catalogue, orders } = asked.value
  const numbersOf = (state: string) => orders.filter((order) => order.state === state).map(({ number }) => number)
  const confirmed = orders
    .filter(({ state }) => state === 'Confirmed')
    .map(({ number, revision }): [number, number] => [number, revision])
  const year = Number(dayOf(now, env.TIME_ZONE).slice(0, 4))
  const found = await findPersonalData(db, { customer, confirmed, year, retainYears: readYears(env.RETAIN_YEARS) })
  const whole = { preview, catalogue, orders: orders.map(({ number }) => number), drafts: numbersOf('Draft'), ...found }
  if (preview) return ok(whole)
  if (found.waiting.length > 0) return err({ reason: 'waiting', orders: found.waiting })
  const known = found.orphaned.length + found.decisions.length + found.retained.length > 0
  // Ordering first: it alone can say that no order was confirmed meanwhile.
  const erased = await eraseInOrdering(context, { customer, settled: confirmed, known, by, requestId })
  if (!erased.ok) return erased
  try {
    // The ledger before D1: were D1 first and the ledger not reached, nothing would be found to try again.
    await ledger.erase(found.decisions)
    await erasePersonalData(db, customer, found, context)
  } catch (error) {
    if (!isStorageFailure(error)) throw error
    log.error('personal-data.unfinished', describeError(error))
    return err({ reason: 'unfinished' })
  }
  log.warn('personal-data.erased', { decisions: found.decisions, retained: found.retained.length })
  return ok({ ...whole, ...erased.value })
}

/** What is no number of years keeps everything. */
function readYears(years: unknown): number {
  const number = Number(years)
  return Number.isInteger(number) && number >= 0 ? number : FOREVER_YEARS
}
