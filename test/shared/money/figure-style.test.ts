import { assert, boolean, constantFrom, integer, oneof, property, stringMatching } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FigureKind, writeFigure } from '../../../shared/assets/typed-figure.js'
import { listCurrencies, minorUnitDecimals } from '../../../shared/money/currency.ts'
import { formatMoney, writeMinorUnits } from '../../../shared/money/totals.ts'
import { notationOf } from '../../../shared/money/notation.ts'
import { explainFigure, figureStyle, parseFigure } from '../../../shared/money/figure-style.ts'

const LOCALES = ['en-GB', 'de-DE', 'fr-FR', 'de-CH', 'en-IN']
const MORE_LOCALES = [
  'ar-EG',
  'de-AT',
  'en-CH',
  'es',
  'fa',
  'fr-CH',
  'hi-IN-u-nu-deva',
  'ja',
  'mr',
  'pl',
  'pt-PT',
  'tr',
]
const EACH = 600
const KINDS: FigureKind[] = ['quantity', 'percentage', 'amount']

const quantity = integer({ min: 1, max: 1_000_000_000 }).map((thousandths) => thousandths / 1_000)
const percentage = integer({ min: 0, max: 10_000 }).map((hundredths) => hundredths / 100)
const amount = oneof(integer({ min: 0, max: 1e12 }), integer({ min: 0, max: 5_000_000 }))
const currency = constantFrom(...listCurrencies())

describe.each([
  { locales: LOCALES, runs: EACH },
  { locales: MORE_LOCALES, runs: 100 },
])('figures in $locales, as Intl writes them', ({ locales, runs }) => {
  it.each(locales)('%s: quantities and percentages read as they were written, grouped or not', (locale) => {
    const style = figureStyle(locale, undefined)
    const useGrouping = constantFrom(true, false, 'always' as const)
    const written = (value: number, grouping: boolean | 'always', options: Intl.NumberFormatOptions) =>
      new Intl.NumberFormat(locale, { ...options, useGrouping: grouping }).format(value)
    assert(
      property(quantity, useGrouping, (value, grouping) => {
        const typed = written(value, grouping, { maximumFractionDigits: 3 })
        expect(parseFigure(typed, 'quantity', style)).toEqual({ ok: true, value })
      }),
      { numRuns: runs },
    )
    assert(
      property(percentage, boolean(), (value, withSign) => {
        const typed = withSign
          ? written(value / 100, false, { style: 'percent', maximumFractionDigits: 2 })
          : written(value, false, { maximumFractionDigits: 2 })
        expect(parseFigure(typed, 'percentage', style)).toEqual({ ok: true, value })
      }),
      { numRuns: runs },
    )
  })

  it.each(locales)('%s: amounts read as they were written, with their currency or without', (locale) => {
    assert(
      property(amount, currency, boolean(), (value, currency, withSign) => {
        const decimals = minorUnitDecimals(currency)
        const plain = writeMinorUnits(value, currency) as Intl.StringNumericLiteral
        const options = { minimumFractionDigits: decimals, maximumFractionDigits: decimals }
        const parts = new Intl.NumberFormat(locale, { ...options, style: 'currency', currency }).formatToParts(plain)
        const typed = withSign
          ? formatMoney(value, currency, locale)
          : parts.map(({ type, value }) => (type === 'currency' || type === 'literal' ? '' : value)).join('')
        expect(parseFigure(typed, 'amount', figureStyle(locale, currency))).toEqual({ ok: true, value })
      }),
      { numRuns: runs },
    )
  })

  it.each(locales)('%s: what a field is filled in with reads as the same', (locale) => {
    const notation = notationOf(locale)
    assert(
      property(quantity, amount, currency, (quantity, amount, currency) => {
        const style = figureStyle(locale, currency)
        const count = writeFigure(String(quantity), 'quantity', notation)
        const price = writeFigure(writeMinorUnits(amount, currency), 'amount', notation)
        expect(parseFigure(count, 'quantity', style)).toEqual({ ok: true, value: quantity })
        expect(parseFigure(price, 'amount', style)).toEqual({ ok: true, value: amount })
      }),
      { numRuns: runs },
    )
  })

  it.each(locales)('%s: whatever is typed, what a refusal proposes is read when it is typed instead', (locale) => {
    const typed = stringMatching(/^[0-9000., ']{1,10}$/)
    assert(
      property(typed, constantFrom(...KINDS), constantFrom('EUR', 'JPY', 'KWD'), (typed, kind, currency) => {
        const style = figureStyle(locale, currency)
        const read = parseFigure(typed, kind, style)
        if (read.ok || read.error.reason !== 'ambiguous') return
        expect(read.error.readings).toHaveLength(new Set(read.error.readings).size)
        for (const reading of read.error.readings) {
          const again = parseFigure(reading, kind, style)
          expect(again.ok ? 'read' : again.error.reason).toMatch(/^(read|too_large|too_many_decimals)$/)
        }
      }),
      { numRuns: runs },
    )
  })
})

describe('what an English page takes and refuses', () => {
  it.each([
    ['amount', '2,000', '200000'],
    ['amount', '1,234.50', '123450'],
    ['amount', '1234.5', '123450'],
    ['amount', '007.50', '750'],
    ['amount', '€1,234.50', '123450'],
    ['amount', '1234.50 eur', '123450'],
    ['amount', '１，２３４．５０', '123450'],
    ['amount', '2.000', 'Did you mean 2.00 or 2,000.00?'],
    ['amount', '12,34', 'Did you mean 12.34 or 1,234.00?'],
    ['amount', '1.234,50', 'Did you mean 1,234.50 or 1.2345?'],
    ['amount', '0,500', 'Did you mean 0.50 or 500.00?'],
    ['amount', '1,2345.00', 'Did you mean 12,345.00?'],
    ['amount', '1,234,56', 'Did you mean 1,234.56 or 123,456.00?'],
    ['amount', '1 234.50', 'Did you mean 1,234.50?'],
    ['amount', '2.0000', 'Did you mean 2.00?'],
    ['amount', '12.345', '12.345 has too many decimals: EUR has 2. Did you mean 12,345.00?'],
    ['amount', '$5', 'Leave out “$”: the order is in EUR'],
    ['amount', '5 USD', 'Leave out “USD”: the order is in EUR'],
    ['amount', '5 %', 'Leave out “%”: the order is in EUR'],
    ['amount', '-5', 'Must not be below 0'],
    ['amount', '(5.00)', 'Must not be below 0'],
    ['amount', '', 'Enter an amount'],
    ['amount', '€', 'Enter an amount'],
    ['amount', 'abc', 'Write a number, such as 14.50'],
    ['amount', '1e3', 'Write a number, such as 14.50'],
    ['amount', '٤', 'Write a number, such as 14.50'],
    ['amount', '9'.repeat(61), 'Write a number, such as 14.50'],
    ['quantity', '12.5', '12.5'],
    ['quantity', '1,000', '1000'],
    ['quantity', '1.250', '1.25'],
    ['quantity', '1.000', 'Did you mean 1 or 1,000?'],
    ['quantity', '1000.000', 'Did you mean 1,000?'],
    ['quantity', '12,5', 'Did you mean 12.5 or 125?'],
    ['quantity', '.5', 'Did you mean 0.5 or 5?'],
    ['quantity', '12.', 'Did you mean 12?'],
    ['quantity', '1.2345', '1.2345 has too many decimals: at most 3'],
    ['quantity', '1000000.001', 'At most 1,000,000'],
    ['quantity', '12 pcs', 'Leave out “pcs”'],
    ['quantity', '', 'Enter a number'],
    ['percentage', '19', '19'],
    ['percentage', '19 %', '19'],
    ['percentage', '19.25%', '19.25'],
    ['percentage', '19.000', 'Did you mean 19 or 19,000?'],
    ['percentage', '19.255', '19.255 has too many decimals: at most 2. Did you mean 19,255?'],
    ['percentage', '100.01', 'At most 100'],
  ] as const)('%s %j: %s', (kind, typed, expected) => {
    expect(readOrExplain('en-GB', 'EUR', kind, typed)).toBe(expected)
  })

  it.each([
    ['JPY', '1,000', '1000'],
    ['JPY', '1.000', 'Did you mean 1 or 1,000?'],
    ['JPY', '1.5', '1.5 has too many decimals: JPY has none'],
    ['KWD', '1.000', '1000'],
    ['KWD', '1.0000', 'Did you mean 1.000?'],
    ['CLF', '1.0000', '10000'],
    ['CLF', '1.000', 'Did you mean 1.0000 or 1,000.0000?'],
    ['IDR', '150.000', 'Did you mean 150.00 or 150,000.00?'],
  ])('in %s %s: %s', (currency, typed, expected) => {
    expect(readOrExplain('en-GB', currency, 'amount', typed)).toBe(expected)
  })
})

describe('what pages in other locales take and refuse', () => {
  it.each([
    ['de-DE', 'amount', '2.000', '200000'],
    ['de-DE', 'amount', '1.234,50 €', '123450'],
    ['de-DE', 'amount', '2,000', 'Did you mean 2,00 or 2.000,00?'],
    ['de-DE', 'amount', '14.50', 'Did you mean 14,50 or 1.450,00?'],
    ['de-DE', 'amount', '0.500', 'Did you mean 0,50 or 500,00?'],
    ['de-DE', 'quantity', '1.000', '1000'],
    ['de-DE', 'quantity', '1,000', 'Did you mean 1 or 1.000?'],
    ['de-DE', 'percentage', '19,5 %', '19.5'],
    ['tr', 'percentage', '%19,5', '19.5'],
    ['fr-FR', 'amount', '1 234,50 €', '123450'],
    ['fr-FR', 'amount', '1.234,50', 'Did you mean 1\u202f234,50?'],
    ['de-CH', 'amount', "1'234.50", '123450'],
    ['de-CH', 'amount', '1’234.50', '123450'],
    ['fr-CH', 'amount', '12,50', 'Did you mean 12.50 or 1\u202f250.00?'],
    ['fr-CH', 'quantity', '12,5', '12.5'],
    ['en-IN', 'amount', '12,34,567.00', '123456700'],
    ['en-IN', 'amount', '1,234,567.00', 'Did you mean 12,34,567.00?'],
    ['en-IN', 'amount', '100,000', 'Did you mean 100.00 or 1,00,000.00?'],
    ['pt-PT', 'amount', '1234,50', '123450'],
    ['pl', 'amount', '1 234,50', '123450'],
    ['es', 'amount', '1.234,50', '123450'],
    ['de-AT', 'quantity', '1.234,5', '1234.5'],
    ['ar-EG', 'amount', '١٬٢٣٤٫٥٠', '123450'],
    ['ar-EG', 'amount', '1,234.50', '123450'],
    ['ar-EG', 'amount', '١٢,٥', 'Did you mean ١٢٫٥٠ or ١٢٥٫٠٠?'],
    ['ar-EG', 'amount', '1٢', 'Write a number, such as ١٤٫٥٠'],
    ['fa', 'amount', '۱۲٫۵', '1250'],
    ['hi-IN', 'amount', '१२.५', '1250'],
    ['ja', 'quantity', '１２．５', '12.5'],
  ] as const)('%s, %s %j: %s', (locale, kind, typed, expected) => {
    expect(readOrExplain(locale, 'EUR', kind, typed)).toBe(expected)
  })
})

function readOrExplain(locale: string, currency: string, kind: FigureKind, typed: string): string {
  const style = figureStyle(locale, currency)
  const read = parseFigure(typed, kind, style)
  return read.ok ? String(read.value) : explainFigure(read.error, kind, style)
}
