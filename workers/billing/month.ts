import * as z from '../../shared/zod.ts'
import type { Acting } from './acting.ts'
import { addDays, dayOf } from '../../shared/business-day.ts'
import { findLastDecision } from './decision-store.ts'
import { openLedger } from './invoice-ledger.ts'
import { type Issued, type IssuedRange, listIssuedCreditNotes, listIssuedInvoices } from './month-store.ts'

const A_PART = 100

/** A month as `2026-11`. */
export const month = z.string().check(z.regex(/^\d{4}-(?:0[1-9]|1[0-2])$/, 'Must be a month, as 2026-11'))

/** The month in which an instant falls where the business is. */
export function monthOf(instant: string, timeZone: string): string {
  return dayOf(instant, timeZone).slice(0, 7)
}

/**
 * What was issued in the month, by the calendar of the business: its invoices by their numbers, then its credit notes,
 * a part at a time as it is read.
 */
export async function* readMonth(acting: Acting, of: string): AsyncGenerator<Issued[], void> {
  const year = of.slice(0, 4)
  yield* readSeries(acting, of, year, listIssuedInvoices)
  yield* readSeries(acting, of, `C${year}`, listIssuedCreditNotes)
}

async function* readSeries(
  acting: Acting,
  of: string,
  series: string,
  list: typeof listIssuedInvoices,
): AsyncGenerator<Issued[], void> {
  // Days of UTC: a day more on either side, for wherever the business is. The calendar decides afterwards.
  const first = `${of}-01`
  const range: IssuedRange = { series, from: addDays(first, -1), until: addDays(first, 33), after: `${series}-` }
  let part: Issued[]
  do {
    part = await list(acting.db, range, A_PART)
    if (part.some(({ witnessed }) => witnessed === 0)) {
      await openLedger(acting.env).witness(await findLastDecision(acting.db))
    }
    yield part.filter(({ issuedAt }) => monthOf(issuedAt, acting.env.TIME_ZONE) === of)
    range.after = part.at(-1)?.issuedNumber ?? range.after
  } while (part.length === A_PART)
}
