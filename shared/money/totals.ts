import { minorUnitDecimals } from './currency.ts'
import { numberFormat } from '../text/formats.ts'

/** What is charged for: a quantity at a price. `unitPrice` in minor units, percentages 0 to 100, two decimals at most. */
export type PricedLine = { quantity: number; unitPrice: number; discountPercent: number; taxPercent: number }
/** What is charged once: freight, packing. `amount` in minor units. */
export type PricedCharge = { amount: number; taxPercent: number }
/** Sums in minor units. */
export type Totals = { net: number; tax: number; gross: number }
/** One tax rate's share of an order, in minor units. */
export type TaxAtRate = { taxPercent: number; base: number; tax: number }

const PER_UNIT = 1_000 // a quantity has three decimals at most
const PER_PERCENT = 100 // a percentage has two decimals at most
const HUNDRED_PERCENT = 100 * PER_PERCENT

/**
 * One line's net in minor units, rounded half up here; an invoice adds up lines already rounded (EN 16931, BR-CO-10).
 * 12 × 14.00 with 5 % off: 159.60.
 */
export function lineNet({ quantity, unitPrice, discountPercent }: Omit<PricedLine, 'taxPercent'>): number {
  const thousandths = Math.round(quantity * PER_UNIT)
  const kept = HUNDRED_PERCENT - Math.round(discountPercent * PER_PERCENT)
  return divideHalfUp(multiply(thousandths, unitPrice, kept), PER_UNIT * HUNDRED_PERCENT)
}

/**
 * Tax by rate, the lowest rate first: on the sum of the lines' and charges' net at that rate, rounded half up once
 * (EN 16931, BR-CO-17).
 */
export function taxesByRate(lines: readonly PricedLine[], charges: readonly PricedCharge[]): TaxAtRate[] {
  const bases = new Map<number, number>()
  for (const line of lines) bases.set(line.taxPercent, (bases.get(line.taxPercent) ?? 0) + lineNet(line))
  for (const charge of charges) bases.set(charge.taxPercent, (bases.get(charge.taxPercent) ?? 0) + charge.amount)
  return [...bases]
    .sort(([one], [other]) => one - other)
    .map(([taxPercent, base]) => ({
      taxPercent,
      base,
      tax: divideHalfUp(multiply(base, Math.round(taxPercent * PER_PERCENT)), HUNDRED_PERCENT),
    }))
}

/** What an order or an invoice comes to, in minor units. */
export function totalsOf(lines: readonly PricedLine[], charges: readonly PricedCharge[]): Totals {
  const taxes = taxesByRate(lines, charges)
  const net = taxes.reduce((sum, { base }) => sum + base, 0)
  const tax = taxes.reduce((sum, rate) => sum + rate.tax, 0)
  return { net, tax, gross: net + tax }
}

/**
 * Minor units as people of `locale` write the currency: 44000 USD is $440.00, 1999 KWD is KWD 1.999.
 * The digits go to Intl as text, since the quotient may not be a double.
 */
export function formatMoney(minorUnits: number, currency: string, locale = 'en'): string {
  const decimals = minorUnitDecimals(currency)
  return numberFormat(locale, {
    style: 'currency',
    currency,
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(writeMinorUnits(minorUnits, currency) as Intl.StringNumericLiteral)
}

/** Minor units as a plain decimal, whatever the locale: 1400 USD is 14.00, 1400 JPY is 1400. */
export function writeMinorUnits(minorUnits: number | bigint, currency: string): string {
  const decimals = minorUnitDecimals(currency)
  const digits = String(minorUnits)
    .replace('-', '')
    .padStart(decimals + 1, '0')
  const sign = minorUnits < 0 ? '-' : ''
  if (decimals === 0) return sign + digits
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}

/** The exact product of whole numbers: as a number while every step stays below 2^53, as a big integer beyond. */
function multiply(first: number, second: number, third = 1): number | bigint {
  const product = first * second * third
  if (Number.isSafeInteger(product)) return product
  return BigInt(first) * BigInt(second) * BigInt(third)
}

/** The quotient of two values that are not negative, rounded half up. */
function divideHalfUp(dividend: number | bigint, divisor: number): number {
  if (typeof dividend === 'bigint') return Number((dividend * 2n + BigInt(divisor)) / BigInt(divisor * 2))
  const whole = Math.floor(dividend / divisor)
  const rest = dividend - whole * divisor
  return rest * 2 >= divisor ? whole + 1 : whole
}
