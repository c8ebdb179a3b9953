import { describe, expect, it } from 'vitest'
import { isCurrency, listCurrencies, minorUnitDecimals } from '../../../shared/money/currency.ts'

describe('minorUnitDecimals', () => {
  it.each([
    ['JPY', 0],
    ['ISK', 0],
    ['USD', 2],
    ['EUR', 2],
    ['HUF', 2],
    ['IQD', 3],
    ['KWD', 3],
    ['TND', 3],
    ['CLF', 4],
  ])('%s has %d, as ISO 4217 says', (currency, decimals) => {
    expect(minorUnitDecimals(currency)).toBe(decimals)
  })

  it.each(['', 'usd', 'EURO', 'XXX', 'XAU', ' EUR'])('throws for %s', (code) => {
    expect(() => minorUnitDecimals(code)).toThrow(`Not a currency of ISO 4217: ${code}`)
    expect(isCurrency(code)).toBe(false)
  })
})

describe('listCurrencies', () => {
  it('lists each once, in the order of the alphabet, in capitals, all known to Intl', () => {
    const currencies = listCurrencies()
    expect(currencies).toEqual([...new Set(currencies)].sort())
    expect(currencies.length).toBeGreaterThan(150)
    for (const currency of currencies) {
      expect(isCurrency(currency)).toBe(true)
      expect(() => new Intl.NumberFormat('en', { style: 'currency', currency })).not.toThrow()
    }
  })
})
