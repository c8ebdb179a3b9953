import { listCurrencies, minorUnitDecimals } from '../../../shared/money/currency.ts'
import type { FormError } from '../../../shared/ui/form-fields.tsx'
import { err, ok, type Result } from '../../../shared/result.ts'
import { explainDay, parseDay } from '../../../shared/time/typed-day.ts'
import { explainFigure, figureStyle, parseFigure } from '../../../shared/money/figure-style.ts'
import type { InvoiceState } from './invoice.ts'

/** An amount that is looked for, in the minor unit of any of the currencies. */
export type SoughtAmount = { amount: number; currencies: readonly string[] }

/** Which invoices are listed: those that all of it lets through. What is undefined or empty asks for nothing. */
export type InvoiceFilter = {
  state: InvoiceState | undefined
  /** The order's number. */
  order: number | undefined
  /** Only approved ones that no longer match their orders. */
  mismatched: boolean
  /** Part of the customer's name or of the external id, the beginning of the invoice's number, or the order's number. */
  q: string | undefined
  /** What it comes to: one of these. */
  amounts: readonly SoughtAmount[]
  currency: string | undefined
  /** Days, the first and the last on which it was issued. */
  issuedFrom: string | undefined
  issuedTo: string | undefined
}

/** Which credit notes are listed, as invoices are. */
export type CreditNoteFilter = Omit<InvoiceFilter, 'state' | 'order' | 'mismatched'>

/** An amount in minor units of the currency, or of whichever has it where none is named. */
export function soughtMinorUnits(amount: number, currency: string | undefined): SoughtAmount[] {
  return [{ amount, currencies: currency === undefined ? listCurrencies() : [currency] }]
}

/** What a person looks for in a list, as it is typed; its address says the same. */
export type SoughtQuery = {
  q?: string | undefined
  amount?: string | undefined
  currency?: string | undefined
  issuedFrom?: string | undefined
  issuedTo?: string | undefined
}

/** What a person looks for, read as people of `locale` write it; else what is wrong, by the fields' names. */
export function readSought(query: SoughtQuery, locale: string): Result<CreditNoteFilter, FormError[]> {
  const { q, amount, currency } = query
  const amounts: Result<SoughtAmount[], string> = amount === undefined ? ok([]) : readAmount(amount, currency, locale)
  const days = { issuedFrom: readDay(query.issuedFrom), issuedTo: readDay(query.issuedTo) }
  const errors = Object.entries({ amount: amounts, ...days }).flatMap(([name, read]) =>
    read.ok ? [] : [{ name, message: read.error }],
  )
  const [issuedFrom, issuedTo] = [days.issuedFrom, days.issuedTo]
  if (!amounts.ok || !issuedFrom.ok || !issuedTo.ok) return err(errors)
  return ok({ q, amounts: amounts.value, currency, issuedFrom: issuedFrom.value, issuedTo: issuedTo.value })
}

/**
 * What was typed as an amount of the currency, or, where none is named, of each in which it is one: 12.50 is 1250 in EUR
 * and 12500 in KWD, and none in JPY.
 */
function readAmount(typed: string, currency: string | undefined, locale: string): Result<SoughtAmount[], string> {
  const groups = currency === undefined ? [...Map.groupBy(listCurrencies(), minorUnitDecimals).values()] : [[currency]]
  const refusals: string[] = []
  const amounts = groups.flatMap((currencies) => {
    const style = figureStyle(locale, currencies[0])
    const read = parseFigure(typed, 'amount', style)
    if (read.ok) return [{ amount: read.value, currencies }]
    const { error } = read
    refusals.push(
      error.reason === 'foreign_unit' ? leaveOut(error.unit, currency) : explainFigure(error, 'amount', style),
    )
    return []
  })
  return amounts.length > 0 ? ok(amounts) : err(refusals[0] ?? '')
}

function leaveOut(unit: string, currency: string | undefined): string {
  return `Leave out “${unit}”${currency === undefined ? ', and choose the currency' : `: you chose ${currency}`}`
}

function readDay(typed: string | undefined): Result<string | undefined, string> {
  if (typed === undefined) return ok(undefined)
  const read = parseDay(typed)
  return read.ok ? read : err(explainDay(read.error))
}
