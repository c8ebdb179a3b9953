import { dayOf } from '../../shared/business-day.ts'
import type { BillingErasure } from '../../shared/personal-data.ts'
import { err, ok, type Result } from '../../shared/result.ts'
import type { Acting } from './acting.ts'
import { findLastDecision } from './decision-store.ts'
import { erasePersonalData, findPersonalData } from './erasure-store.ts'
import { openLedger } from './invoice-ledger.ts'

/** Longer than anything is kept. */
const FOREVER_YEARS = 1_000

/** Why nothing was erased: invoices of the customer wait for a decision, or for their order to be corrected. */
export type ErasureRefusal = { reason: 'waiting'; orders: number[] }

/**
 * Erases what billing has of the customer, but for issued documents that must be kept; a preview only tells. The ledger
 * is overwritten as well: it would bring everything back after a restore. Safe to repeat.
 */
export async function eraseCustomer(
  acting: Acting,
  customer: string,
  preview: boolean,
): Promise<Result<BillingErasure, ErasureRefusal>> {
  const { db, env, log, now } = acting
  const ledger = openLedger(env)
  // What a restore has lost is played back first, or it would not be found.
  if (!preview) await ledger.reconcile(await findLastDecision(db))
  const year = Number(dayOf(now, env.TIME_ZONE).slice(0, 4))
  const found = await findPersonalData(db, { customer, year, retainYears: readYears(env.RETAIN_YEARS) })
  if (preview) return ok({ preview, ...found })
  if (found.waiting.length > 0) return err({ reason: 'waiting', orders: found.waiting })
  // The ledger first: were D1 first and the ledger not reached, nothing would be found to try again.
  await ledger.erase(found.decisions)
  await erasePersonalData(db, customer, found, acting)
  log.warn('personal-data.erased', { decisions: found.decisions, retained: found.retained.length })
  return ok({ preview, ...found })
}

/** What is no number of years keeps everything. */
function readYears(years: unknown): number {
  const number = Number(years)
  return Number.isInteger(number) && number >= 0 ? number : FOREVER_YEARS
}
