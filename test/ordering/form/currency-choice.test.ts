import { describe, expect, it } from 'vitest'
import { listCountries } from '../../../shared/text/country.ts'
import { isCurrency } from '../../../shared/money/currency.ts'
import { currencyOfCountry, currencyOfCustomer } from '../../../workers/ordering/catalogue/usual-currency.ts'
import { readCurrency, takeCurrency } from '../../../workers/ordering/form/currency-choice.ts'
import { emptyForm, emptyLine, type OrderForm } from '../../../workers/ordering/form/form.ts'
import { reprice, repricingOf } from '../../../workers/ordering/form/repricing.ts'

const BLANK = emptyForm('EUR', 'en-GB')
const PRICED: OrderForm = {
  ...BLANK,
  lines: [{ ...emptyLine('en-GB'), sku: 'A', description: 'Tea', unitPrice: '14.00' }],
}
const GBP = { currency: 'GBP', origin: 'country' } as const

describe('a country’s currency', () => {
  it('is known of each in ISO 3166-1 but Antarctica, which has none, and is one of ISO 4217', () => {
    const unknown = listCountries().filter((code) => !isCurrency(currencyOfCountry(code) ?? ''))
    expect(unknown).toEqual(['AQ'])
  })

  it.each([
    ['DE', 'EUR'],
    ['GB', 'GBP'],
    ['HR', 'EUR'],
    ['BG', 'EUR'],
    ['CH', 'CHF'],
    ['LI', 'CHF'],
    ['MX', 'MXN'],
    ['PA', 'PAB'],
    ['AQ', undefined],
    ['Germany', undefined],
  ])('of %s is %s', (country, currency) => {
    expect(currencyOfCountry(country)).toBe(currency)
  })
})

describe('an order’s currency', () => {
  it('is that of the customer’s last order, else that of their country', () => {
    const customer = {
      id: 'A',
      name: 'A',
      contact: null,
      email: null,
      vatId: null,
      address: { street: 'A', additional: null, city: 'A', postalCode: null, region: null, country: 'GB' },
    }
    expect(currencyOfCustomer(customer, 'USD')).toEqual({ currency: 'USD', origin: 'last-order' })
    expect(currencyOfCustomer(customer, null)).toEqual(GBP)
  })

  it('follows the customer until a clerk has chosen one or has entered a price', () => {
    expect(takeCurrency(BLANK, { origin: 'usual' }, GBP)).toMatchObject({
      form: { currency: 'GBP' },
      choice: { origin: 'country' },
    })
    expect(takeCurrency(BLANK, { origin: 'last-order' }, GBP)).toMatchObject({ form: { currency: 'GBP' } })
    expect(takeCurrency(BLANK, { origin: 'chosen' }, GBP)).toMatchObject({ form: { currency: 'EUR' } })
    expect(takeCurrency(PRICED, { origin: 'usual' }, GBP)).toMatchObject({ form: { currency: 'EUR' } })
  })

  it('that was selected is chosen where nothing is priced, and asked about where something is', () => {
    const sent = new Map([
      ['currencyShown', 'EUR'],
      ['pricesShown', 'yes'],
    ])
    expect(readCurrency(sent, { ...BLANK, currency: 'USD' })).toMatchObject({
      form: { currency: 'USD' },
      choice: { origin: 'chosen' },
    })
    expect(readCurrency(sent, { ...PRICED, currency: 'USD' })).toMatchObject({
      form: { currency: 'EUR' },
      choice: { origin: 'usual', asked: 'USD' },
    })
    // Both were entered on a page that showed no price in another currency.
    expect(readCurrency(sent.set('pricesShown', ''), { ...PRICED, currency: 'USD' })).toMatchObject({
      form: { currency: 'USD' },
      choice: { origin: 'chosen' },
    })
  })
})

it('in another currency a price is the catalogue’s where it has the product in that one, and else is emptied', () => {
  const form: OrderForm = {
    ...PRICED,
    lines: [
      ...PRICED.lines,
      { ...emptyLine('en-GB'), sku: 'B', description: 'Pot', unitPrice: '3.10' },
      { ...emptyLine('en-GB'), sku: 'C', description: 'Cup' },
    ],
    charges: [{ description: 'Freight', amount: '5.00', taxPercent: '0' }],
  }
  const product = { sku: 'A', description: 'Tea', unitPrice: 1600, currency: 'JPY', taxPercent: 7 }
  const repricing = repricingOf(form, 'JPY', [
    product,
    { ...product, sku: 'B', currency: 'EUR' },
    { ...product, sku: 'C' },
  ])
  expect(repricing.prices.map(({ kind, row, now, becomes }) => [kind, row, now, becomes])).toEqual([
    ['line', 0, '14.00', 1600],
    ['line', 1, '3.10', undefined],
    ['line', 2, '', 1600],
    ['charge', 0, '5.00', undefined],
  ])
  const repriced = reprice(form, repricing)
  expect([repriced.currency, ...repriced.lines.map(({ unitPrice }) => unitPrice), repriced.charges[0]?.amount]).toEqual(
    ['JPY', '1600', '', '1600', ''],
  )
})
