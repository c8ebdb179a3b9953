import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  formatMoney,
  lineNet,
  type PricedCharge,
  type PricedLine,
  taxesByRate,
  totalsOf,
  writeMinorUnits,
} from '../../../shared/money/totals.ts'

/** A decimal in its smallest steps, and as the number that JSON makes of its digits. */
type Decimal = { steps: bigint; value: number }

function decimal(most: number, decimals: number, least = 0): fc.Arbitrary<Decimal> {
  return fc.integer({ min: least, max: most * 10 ** decimals }).map((steps) => ({
    steps: BigInt(steps),
    value: Number(`${Math.trunc(steps / 10 ** decimals)}.${String(steps % 10 ** decimals).padStart(decimals, '0')}`),
  }))
}

const quantity = fc.oneof(decimal(1_000_000, 3, 1), decimal(100, 3, 1))
const percent = decimal(100, 2)
const amount = fc.oneof(fc.integer({ min: 0, max: 1e7 }), fc.integer({ min: 0, max: 1e12 }))
const A_THOUSANDTH: Decimal = { steps: 1n, value: 0.001 }
const line = fc.record({ quantity, unitPrice: amount, discount: percent, tax: fc.oneof(percent, fewRates()) })
const charge = fc.record({ amount, tax: fewRates() })

/** Rates that lines share, as they do in life. */
function fewRates(): fc.Arbitrary<Decimal> {
  return fc.constantFrom(...[0, 7, 19].map((value): Decimal => ({ steps: BigInt(value * 100), value })))
}

function roundHalfUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend * 2n + divisor) / (divisor * 2n)
}

type ExactLine = { quantity: Decimal; unitPrice: number; discount: Decimal; tax: Decimal }
const exactNet = (line: ExactLine): bigint =>
  roundHalfUp(line.quantity.steps * BigInt(line.unitPrice) * (10_000n - line.discount.steps), 10_000_000n)

const toPriced = ({ quantity, unitPrice, discount, tax }: ExactLine): PricedLine => ({
  quantity: quantity.value,
  unitPrice,
  discountPercent: discount.value,
  taxPercent: tax.value,
})

describe('lineNet', () => {
  it.each([
    ['the first line of order 10248', 12, 1400, 0, 16_800],
    ['half a minor unit', 0.5, 1, 0, 1],
    ['just below a half', 0.499, 1, 0, 0],
    ['a discount that ends in a half', 1, 10, 5, 10],
    ['a discount that ends below a half', 1, 9, 5.56, 8],
    ['the whole price as a discount', 7, 1999, 100, 0],
    ['1.005 of something, which no double holds', 1.005, 100, 0, 101],
    ['8.575 of something, which is below it as a double', 8.575, 1000, 0, 8575],
    ['the most of a quantity at a price that it can have', 1_000_000, 1e9, 0, 1e15],
    ['the highest price', 1000, 1e12, 0, 1e15],
    ['the highest price by the thousandth', 0.001, 999_999_999_999, 0.01, 999_900_000],
    ['a product beyond 2^53 at the highest price', 999.999, 999_999_999_999, 0.01, 999_899_000_099_000],
    ['a product beyond 2^53', 999_999.999, 999_999_999, 0.01, 999_899_998_000_200],
  ])('rounds %s half up, once', (_case, quantity, unitPrice, discountPercent, net) => {
    expect(lineNet({ quantity, unitPrice, discountPercent })).toBe(net)
  })

  it('is the exact quotient, rounded half up, for any line', () => {
    fc.assert(
      fc.property(line, (line) => {
        expect(lineNet(toPriced(line))).toBe(Number(exactNet(line)))
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('taxesByRate', () => {
  it('sums lines and charges by rate, lowest first, and rounds once a rate', () => {
    const lines = [at(19, 3), at(7, 3), at(19, 3)]
    // 19 % of 6 + 1 = 1.33; 7 % of 3 = 0.21; rounded a line it would be 1 + 1 + 0.
    expect(taxesByRate(lines, [{ amount: 1, taxPercent: 19 }])).toEqual([
      { taxPercent: 7, base: 3, tax: 0 },
      { taxPercent: 19, base: 7, tax: 1 },
    ])
  })

  it('rounds half a minor unit of tax up', () => {
    expect(taxesByRate([at(5, 10)], [])).toEqual([{ taxPercent: 5, base: 10, tax: 1 }])
    expect(taxesByRate([at(5, 9)], [])).toEqual([{ taxPercent: 5, base: 9, tax: 0 }])
  })

  function at(taxPercent: number, net: number): PricedLine {
    return { quantity: 1, unitPrice: net, discountPercent: 0, taxPercent }
  }
})

describe('totalsOf', () => {
  it('adds up the contract’s order: net 20038, gross 20038', () => {
    expect(
      totalsOf(
        [{ quantity: 12, unitPrice: 1400, discountPercent: 0, taxPercent: 0 }],
        [{ amount: 3238, taxPercent: 0 }],
      ),
    ).toEqual({ net: 20_038, tax: 0, gross: 20_038 })
  })

  it('is the exact sum for any order within bounds', () => {
    const bounded = fc
      .record({ lines: fc.array(line, { minLength: 1, maxLength: 20 }), charges: fc.array(charge, { maxLength: 5 }) })
      // What would come to more is sold by the thousandth.
      .map(({ lines, charges }) => ({
        lines: lines.map((line) =>
          exactNet(line) <= 20_000_000_000_000n ? line : { ...line, quantity: A_THOUSANDTH },
        ),
        charges,
      }))
    fc.assert(
      fc.property(bounded, ({ lines, charges }) => {
        const bases = new Map<bigint, bigint>()
        const add = (rate: bigint, net: bigint) => bases.set(rate, (bases.get(rate) ?? 0n) + net)
        for (const line of lines) add(line.tax.steps, exactNet(line))
        for (const { amount, tax } of charges) add(tax.steps, BigInt(amount))
        const net = [...bases.values()].reduce((sum, base) => sum + base, 0n)
        const tax = [...bases].reduce((sum, [rate, base]) => sum + roundHalfUp(base * rate, 10_000n), 0n)
        const priced = charges.map(({ amount, tax }): PricedCharge => ({ amount, taxPercent: tax.value }))
        expect(totalsOf(lines.map(toPriced), priced)).toEqual({
          net: Number(net),
          tax: Number(tax),
          gross: Number(net + tax),
        })
      }),
      { numRuns: 500 },
    )
  })
})

describe('formatMoney', () => {
  it.each([
    [44_000, 'USD', '$440.00'],
    [1_400, 'JPY', '¥1,400'],
    [5, 'EUR', '€0.05'],
    [1_999, 'KWD', 'KWD\u00a01.999'],
    [0, 'EUR', '€0.00'],
    [-150, 'EUR', '-€1.50'],
    [1e15, 'USD', '$10,000,000,000,000.00'],
    [999_999_999_999_999, 'USD', '$9,999,999,999,999.99'],
  ])('writes %d minor units of %s as %s', (minorUnits, currency, written) => {
    expect(formatMoney(minorUnits, currency)).toBe(written)
  })

  it('follows the reader’s locale', () => {
    expect(formatMoney(123_456, 'EUR', 'de')).toBe('1.234,56\u00a0€')
  })
})

it.each([
  [1_400, 'USD', '14.00'],
  [5, 'EUR', '0.05'],
  [-5, 'EUR', '-0.05'],
  [1_400, 'JPY', '1400'],
  [1_999, 'KWD', '1.999'],
  [1e15, 'CLF', '100000000000.0000'],
])('%d minor units of %s are the plain decimal %s', (minorUnits, currency, plain) => {
  expect(writeMinorUnits(minorUnits, currency)).toBe(plain)
})
