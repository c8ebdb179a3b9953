import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isEmailAddress } from '../../../shared/access/token.ts'
import { ORDER_FEED } from '../../../shared/contract/order-feed.ts'
import { answersOf } from '../../../shared/handover/protocol.ts'
import { publishedOrder } from '../../../shared/contract/order.ts'
import { importedOrder, orderInput } from '../../../shared/contract/order-input.ts'
import { ERASED_CUSTOMER } from '../../../shared/contract/personal-data.ts'
import { type FieldError, fieldErrors } from '../../../shared/edge/problem.ts'

const LINE = { sku: '11', description: 'Queso Cabrales', quantity: 12, unitPrice: 1400 }
const ADDRESS = { street: '59 rue de l’Abbaye', city: 'Reims', country: 'FR' }
const CUSTOMER = { id: 'VINET', name: 'Vins et alcools Chevalier', address: ADDRESS }
const CHARGE = { description: 'Freight', amount: 1 }
const NOON = '2026-01-31T12:00:00Z'
const ORDER = { currency: 'EUR', customer: CUSTOMER, lines: [LINE] }

/** The pointers of what is refused in the order; none if it is taken. */
function refusedIn(order: unknown): string[] {
  return errorsOf(order).map(({ pointer }) => pointer)
}

function errorsOf(order: unknown): FieldError[] {
  const parsed = orderInput.safeParse(order)
  return parsed.success ? [] : fieldErrors(parsed.error.issues)
}

const repeat = (count: number, value: object) => Array.from({ length: count }, () => value)
const withLine = (parts: object) => ({ ...ORDER, lines: [{ ...LINE, ...parts }] })
const withCharge = (parts: object) => ({ ...ORDER, charges: [{ ...CHARGE, ...parts }] })
const withCustomer = (parts: object) => ({ ...ORDER, customer: { ...CUSTOMER, ...parts } })
const withAddress = (parts: object) => withCustomer({ address: { ...ADDRESS, ...parts } })

describe('an order that is sent in', () => {
  it('may leave out what the contract says, and gets its defaults', () => {
    expect(orderInput.parse(ORDER)).toEqual({
      currency: 'EUR',
      customer: {
        ...CUSTOMER,
        contact: null,
        email: null,
        vatId: null,
        address: { ...ADDRESS, additional: null, postalCode: null, region: null },
      },
      lines: [{ ...LINE, discountPercent: 0, taxPercent: 0 }],
      charges: [],
      suppliedOn: null,
      taxExemptionReason: null,
      note: null,
    })
  })

  it('has its members in the order of the contract, however they were sent', () => {
    const parsed = orderInput.parse({ note: 'n', lines: [LINE], customer: CUSTOMER, currency: 'EUR', placedAt: NOON })
    expect(Object.keys(parsed)).toEqual([
      'placedAt',
      'currency',
      'customer',
      'lines',
      'charges',
      'suppliedOn',
      'taxExemptionReason',
      'note',
    ])
    expect(Object.keys(parsed.customer.address)).toEqual([
      'street',
      'additional',
      'city',
      'postalCode',
      'region',
      'country',
    ])
  })

  it('has its texts in one form: NFC, LF for a line break, no white space at the ends, null for what is then empty', () => {
    const parsed = orderInput.parse({
      ...withCustomer({ name: '\u3000Cafe\u0301\t\r\n', contact: ' \u00a0', email: '' }),
      externalId: ' \n',
      taxExemptionReason: '\ufeffExport ',
      note: '\r\nfirst\r\nsecond\rthird\n\n',
    })
    expect(parsed.customer).toMatchObject({ name: 'Caf\u00e9', contact: null, email: null })
    expect(parsed.externalId).toBe(null)
    expect(parsed.taxExemptionReason).toBe('Export')
    expect(parsed.note).toBe('first\nsecond\nthird')
  })

  it('has its length counted in that form', () => {
    expect(refusedIn(withLine({ sku: ` ${'e\u0301'.repeat(100)} ` }))).toEqual([])
    expect(refusedIn(withLine({ sku: '\u0958'.repeat(51) }))).toEqual(['/lines/0/sku'])
  })

  it.each([
    ['fr', 'FR'],
    ['uk', 'GB'],
    ['EL', 'GR'],
    [' Czech Republic ', 'CZ'],
  ])('has the country %j as %s', (country, code) => {
    expect(orderInput.parse(withAddress({ country })).customer.address.country).toBe(code)
  })

  it.each([
    ['the least quantity', withLine({ quantity: 0.001 })],
    ['the most of a quantity', withLine({ quantity: 1_000_000, unitPrice: 1 })],
    ['a quantity that no double holds exactly', withLine({ quantity: 8.575 })],
    ['a price of nothing', withLine({ unitPrice: 0 })],
    ['the highest price', withLine({ quantity: 1, unitPrice: 1e12 })],
    ['a day of supply', { ...ORDER, suppliedOn: '2024-02-29' }],
    ['a reason of 500 characters', { ...ORDER, taxExemptionReason: 'é'.repeat(500) }],
    [
      'a region and a second line of the address',
      withAddress({ additional: 'x'.repeat(200), region: 'x'.repeat(200) }),
    ],
    ['marks that say which way a text is read', withCustomer({ name: '\u200f\u05d0\u200e' })],
    ['letters that are joined or parted by what is not seen', withCustomer({ name: '👩\u200d🌾 \u06a9\u200c\u0647' })],
    ['all percentages', withLine({ discountPercent: 100, taxPercent: 99.99 })],
    ['500 characters of four bytes', withLine({ description: '💶'.repeat(500) })],
    ['200 lines and 20 charges', { ...ORDER, lines: repeat(200, LINE), charges: repeat(20, CHARGE) }],
    ['a note of line breaks', { ...ORDER, note: 'first\nsecond\r\nthird' }],
    ['a note of 5,000 characters', { ...ORDER, note: 'é'.repeat(5_000) }],
    ['an instant with a fraction', { ...ORDER, placedAt: '2026-01-31T12:00:00.123Z' }],
    ['the leap day', { ...ORDER, placedAt: '2024-02-29T00:00:00Z' }],
    ['an external id of null', { ...ORDER, externalId: null }],
    ['a gross of exactly 1e15', withLine({ quantity: 1_000_000, unitPrice: 1e9 })],
  ])('may have %s', (_case, order) => {
    expect(refusedIn(order)).toEqual([])
  })

  it.each([
    ['a quantity of nothing', withLine({ quantity: 0 }), '/lines/0/quantity'],
    ['a quantity with four decimals', withLine({ quantity: 1.0001 }), '/lines/0/quantity'],
    ['a quantity above a million', withLine({ quantity: 1_000_000.001 }), '/lines/0/quantity'],
    ['a quantity that is text', withLine({ quantity: '12' }), '/lines/0/quantity'],
    ['a price below nothing', withLine({ unitPrice: -1 }), '/lines/0/unitPrice'],
    ['a price above 1e12', withLine({ unitPrice: 1e12 + 1 }), '/lines/0/unitPrice'],
    ['a price with a fraction', withLine({ unitPrice: 0.5 }), '/lines/0/unitPrice'],
    ['a discount above 100', withLine({ discountPercent: 100.01 }), '/lines/0/discountPercent'],
    ['a discount with three decimals', withLine({ discountPercent: 5.005 }), '/lines/0/discountPercent'],
    ['a tax below nothing', withLine({ taxPercent: -0.01 }), '/lines/0/taxPercent'],
    ['an empty description', withLine({ description: ' ' }), '/lines/0/description'],
    ['a description of 501 characters', withLine({ description: '💶'.repeat(501) }), '/lines/0/description'],
    ['a sku of 101 characters', withLine({ sku: 'x'.repeat(101) }), '/lines/0/sku'],
    ['a control character', withLine({ description: 'a\u0007b' }), '/lines/0/description'],
    ['a line break in a description', withLine({ description: 'a\nb' }), '/lines/0/description'],
    ['a DEL', withLine({ sku: '\u007f1' }), '/lines/0/sku'],
    ['half a surrogate pair', withLine({ description: 'a\ud83d' }), '/lines/0/description'],
    ['a charge above 1e12', withCharge({ amount: 1e12 + 1 }), '/charges/0/amount'],
    ['a charge without a description', withCharge({ description: undefined }), '/charges/0/description'],
    ['a name of 201 characters', withCustomer({ name: 'x'.repeat(201) }), '/customer/name'],
    ['a customer id of 101 characters', withCustomer({ id: 'x'.repeat(101) }), '/customer/id'],
    ['a contact of 201 characters', withCustomer({ contact: 'x'.repeat(201) }), '/customer/contact'],
    ['a city of 201 characters', withAddress({ city: 'x'.repeat(201) }), '/customer/address/city'],
    ['no street', withAddress({ street: undefined }), '/customer/address/street'],
    ['a currency in small letters', { ...ORDER, currency: 'eur' }, '/currency'],
    ['a currency that is none', { ...ORDER, currency: 'XXX' }, '/currency'],
    ['no lines', { ...ORDER, lines: [] }, '/lines'],
    ['201 lines', { ...ORDER, lines: repeat(201, LINE) }, '/lines'],
    ['21 charges', { ...ORDER, charges: repeat(21, CHARGE) }, '/charges'],
    ['a note of 5,001 characters', { ...ORDER, note: 'x'.repeat(5_001) }, '/note'],
    ['a tabulator in a note', { ...ORDER, note: 'a\tb' }, '/note'],
    ['a day without a time', { ...ORDER, placedAt: '2026-01-31' }, '/placedAt'],
    ['a day before the calendar', { ...ORDER, placedAt: '0000-12-31T00:00:00Z' }, '/placedAt'],
    ['supply before the calendar', { ...ORDER, suppliedOn: '0000-12-31' }, '/suppliedOn'],
    ['a day that is none', { ...ORDER, placedAt: '2026-02-30T00:00:00Z' }, '/placedAt'],
    ['an instant elsewhere than in UTC', { ...ORDER, placedAt: '2026-01-31T12:00:00+01:00' }, '/placedAt'],
    ['an external id that nobody can see', { ...ORDER, externalId: '\u200b' }, '/externalId'],
    ['a line break in an external id', { ...ORDER, externalId: 'NW\n1' }, '/externalId'],
    ['a day of supply that is none', { ...ORDER, suppliedOn: '2026-02-29' }, '/suppliedOn'],
    ['an instant of supply', { ...ORDER, suppliedOn: '2026-01-31T00:00:00Z' }, '/suppliedOn'],
    ['a day of supply in words', { ...ORDER, suppliedOn: '31.01.2026' }, '/suppliedOn'],
    ['a reason of 501 characters', { ...ORDER, taxExemptionReason: 'x'.repeat(501) }, '/taxExemptionReason'],
    ['a region of 201 characters', withAddress({ region: 'x'.repeat(201) }), '/customer/address/region'],
    ['a country that is none', withAddress({ country: 'Atlantis' }), '/customer/address/country'],
    ['a country in its own language', withAddress({ country: 'Deutschland' }), '/customer/address/country'],
    ['a code of three letters', withAddress({ country: 'DEU' }), '/customer/address/country'],
    ['a code that ISO has not assigned', withAddress({ country: 'ZZ' }), '/customer/address/country'],
    ['an override of the direction', withCustomer({ name: 'a\u202eb' }), '/customer/name'],
    ['an embedding', { ...ORDER, note: '\u202bx' }, '/note'],
    ['an isolate that is not closed', withLine({ description: '\u2067x' }), '/lines/0/description'],
    ['a non-character', withCustomer({ contact: 'a\ufdd0' }), '/customer/contact'],
    ['a non-character of a plane above', { ...ORDER, note: 'a\u{1ffff}' }, '/note'],
    ['a gross above 1e15', { ...withLine({ quantity: 1_000_000, unitPrice: 1e9 }), charges: [CHARGE] }, '/lines'],
    ['an unknown field', { ...ORDER, priority: 'high' }, '/priority'],
    ['a field of ordering’s own', { ...ORDER, number: 7 }, '/number'],
    ['an unknown field in a line', withLine({ colour: 'red' }), '/lines/0/colour'],
    ['an unknown field in the address', withAddress({ zip: '1' }), '/customer/address/zip'],
    ['a field whose name needs escaping', { ...ORDER, 'a/b~c': 1 }, '/a~1b~0c'],
  ])('is refused with %s, by its pointer', (_case, order, pointer) => {
    expect(refusedIn(order)).toEqual([pointer])
  })

  it('names every field that is wrong, not just the first', () => {
    expect(refusedIn({ ...withLine({ quantity: 0, unitPrice: -1 }), currency: 'eur', extra: 1 }).sort()).toEqual([
      '/currency',
      '/extra',
      '/lines/0/quantity',
      '/lines/0/unitPrice',
    ])
  })

  it.each([null, [], 'order', 7, true])('is refused when it is %j', (order) => {
    expect(refusedIn(order)).toEqual([''])
  })
})

describe('a line of an import', () => {
  it('needs its external id, and is a Draft unless it says Confirmed', () => {
    expect(importedOrder.parse({ ...ORDER, externalId: 'NW-1' }).state).toBe('Draft')
    expect(importedOrder.parse({ ...ORDER, externalId: 'NW-1', state: 'Confirmed' }).state).toBe('Confirmed')
    expect(importedOrder.safeParse(ORDER).success).toBe(false)
    expect(importedOrder.safeParse({ ...ORDER, externalId: 'NW-1', state: 'Deleted' }).success).toBe(false)
  })
})

const PUBLISHED = {
  number: 1,
  state: 'Confirmed',
  revision: 2,
  confirmedSequenceNr: 17,
  fingerprint: 730_144_440_321,
  externalId: null,
  placedAt: '2026-03-01T08:00:00Z',
  confirmedAt: '2026-03-01T08:01:00.000Z',
  confirmedBy: 'ana@example.com',
  updatedAt: '2026-03-01T08:01:00.000Z',
  updatedBy: 'ana@example.com',
  ...orderInput.parse(ORDER),
  totals: { net: 16_800, tax: 0, gross: 16_800 },
}

describe('an order that crosses to billing', () => {
  it('is read as it stands, since both sides are compared: what SQL has written in another form is not changed', () => {
    const customer = { ...PUBLISHED.customer, name: ' Cafe\u0301 ', contact: '' }
    expect(publishedOrder.parse({ ...PUBLISHED, customer, note: 'a\n' })).toEqual({
      ...PUBLISHED,
      customer,
      note: 'a\n',
    })
  })

  it('may be for a customer who was erased', () => {
    expect(publishedOrder.safeParse({ ...PUBLISHED, customer: ERASED_CUSTOMER }).success).toBe(true)
  })

  it('may come from an ordering that is older, without the members that were added since', () => {
    const { suppliedOn, taxExemptionReason, ...older } = PUBLISHED
    expect(publishedOrder.parse(older)).toEqual({ ...older, suppliedOn, taxExemptionReason })
  })

  it('passes over what a newer ordering has added', () => {
    const newer = { ...PUBLISHED, priority: 'high', lines: [{ ...PUBLISHED.lines[0], colour: 'red' }] }
    expect(publishedOrder.parse(newer)).toEqual(PUBLISHED)
  })

  it('may wait for its number, and may be deleted', () => {
    expect(publishedOrder.safeParse({ ...PUBLISHED, confirmedSequenceNr: -1 }).success).toBe(true)
    expect(publishedOrder.safeParse({ ...PUBLISHED, state: 'Deleted' }).success).toBe(true)
  })

  it.each([
    ['was never confirmed', { state: 'Draft' }],
    ['has no time of confirmation', { confirmedAt: null }],
    ['has no revision', { revision: 0 }],
    ['has a number beyond what a program counts', { number: 2 ** 53 }],
    ['has the sequence number 0', { confirmedSequenceNr: 0 }],
    ['has a fingerprint of 2^40', { fingerprint: 2 ** 40 }],
    ['has a fingerprint below nothing', { fingerprint: -1 }],
    ['names a country by a word', { customer: { ...PUBLISHED.customer, address: { ...ADDRESS, country: 'France' } } }],
    ['turns the direction of writing', { customer: { ...PUBLISHED.customer, name: 'a\u202e' } }],
    ['has a name that nobody can see', { customer: { ...PUBLISHED.customer, name: '\u2060' } }],
    ['was supplied on no day', { suppliedOn: '2026-13-01' }],
    ['does not add up', { totals: { net: 16_800, tax: 1, gross: 16_801 } }],
    ['has no lines', { lines: [], totals: { net: 0, tax: 0, gross: 0 } }],
  ])('is refused when it %s', (_case, parts) => {
    expect(publishedOrder.safeParse({ ...PUBLISHED, ...parts }).success).toBe(false)
  })
})

const { batch } = answersOf(ORDER_FEED)

describe('a page of the feed', () => {
  it('is taken whatever its records are: they are judged one by one', () => {
    const page = { orders: [PUBLISHED, 'not an order', null], next: 'e.17', more: false, epoch: 'e' }
    const { orders, ...rest } = page
    expect(batch.parse(page)).toEqual({ records: orders, ...rest })
  })

  it.each([
    ['has no orders', { next: 'e.17', more: false, epoch: 'e' }],
    ['has no token', { orders: [], more: false, epoch: 'e' }],
    ['has an empty token', { orders: [], next: '', more: false, epoch: 'e' }],
    ['does not tell its end', { orders: [], next: 'e.17', epoch: 'e' }],
    ['names no epoch', { orders: [], next: 'e.17', more: false }],
  ])('is refused when it %s', (_case, page) => {
    expect(batch.safeParse(page).success).toBe(false)
  })
})

describe('who did something', () => {
  it('fits a record whenever it is an email that lets somebody in', () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 260 }),
      fc.constantFrom('a'.repeat(242), '😀'.repeat(242)),
    )
    fc.assert(
      fc.property(name, fc.oneof(fc.constant('example.com'), fc.string({ unit: 'binary' })), (local, host) => {
        const email = `${local}@${host}`
        fc.pre(isEmailAddress(email))
        const record = { ...PUBLISHED, confirmedBy: email, updatedBy: email }
        expect(publishedOrder.parse(record)).toMatchObject({ confirmedBy: email, updatedBy: email })
      }),
    )
  })

  it.each(['e\u0301va@example.com', 'eva\u2066@example.com', 'eva@example.com ', '\uD800@example.com', 'eva'])(
    'is nobody by %j, which no record keeps so',
    (odd) => expect(isEmailAddress(odd)).toBe(false),
  )
})
