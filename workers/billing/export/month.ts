import * as z from '../../../shared/zod.ts'
import type { RequestContext } from '../edge/request-context.ts'
import { dayOf } from '../../../shared/time/business-day.ts'
import { findLastDecision } from '../ledger/decision-store.ts'
import { openLedger } from '../ledger/invoice-ledger.ts'
import { type Issued, type IssuedRange, listIssuedCreditNotes, listIssuedInvoices } from './month-store.ts'

const A_PART = 100

/** A month as `2026-11`. */
export const month = z.string().check(z.regex(/^\d{4}-(?:0[1-9]|1[0-2])$/, 'Must be a month, as 2026-11'))

/** The month in which an instant falls where the business is. */
export function monthOf(instant: string, timeZone: string): string {
  return dayOf(instant, timeZone).slice(0, 7)
}

/**
 * What was issued in the month, by the calendar of the business: its invoices by day and number, then its credit
 * notes, a part at a time as it is read. The days are those that were recorded when each was issued.
 */
export async function* readMonth(context: RequestContext, of: string): AsyncGenerator<Issued[], void> {
  yield* readIssued(context, of, listIssuedInvoices)
  yield* readIssued(context, of, listIssuedCreditNotes)
}

async function* readIssued(
  context: RequestContext,
  of: string,
  list: typeof listIssuedInvoices,
): AsyncGenerator<Issued[], void> {
  const range: IssuedRange = { until: `${of}-31`, after: { issuedOn: `${of}-01`, issuedNumber: '' } }
  for (;;) {
    const part = await list(context.db, range, A_PART)
    const last = part.at(-1)
    if (last === undefined) return
    if (part.some(({ witnessed }) => witnessed === 0)) {
      await openLedger(context.env).witness(await findLastDecision(context.db))
    }
    yield part
    range.after = last
  }
}
