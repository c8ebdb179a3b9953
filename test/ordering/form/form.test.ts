import { describe, expect, it } from 'vitest'
import { exactMatch } from '../../../shared/assets/exact-code.js'
import { describeTotal } from '../../../shared/assets/order-totals.js'
import { MAX_AMOUNT, type Order } from '../../../shared/contract/order.ts'
import { listCurrencies } from '../../../shared/money/currency.ts'
import { parseForm, priceForm } from '../../../workers/ordering/form/parse.ts'
import {
  putBack,
  removeCharge,
  removedFrom,
  removeLine,
  stepOf,
  useProduct,
} from '../../../workers/ordering/form/step.ts'
import { listDifferences, takePart } from '../../../workers/ordering/form/conflict.ts'
import {
  emptyCharge,
  emptyForm,
  emptyLine,
  fieldsOf,
  type OrderForm,
  readForm,
  withoutBlankRows,
  writeForm,
} from '../../../workers/ordering/form/form.ts'
import { inputOf } from '../../../workers/ordering/orders/order.ts'

const ASSAM = {
  sku: 'TEA-1',
  description: 'Assam',
  quantity: 2.5,
  unitPrice: 1500,
  discountPercent: 12.5,
  taxPercent: 7,
}
const SHIPPING = { description: 'Shipping', amount: 250, taxPercent: 0 }
const PLACE = { locale: 'en-GB', timeZone: 'UTC' }
const EMPTY = emptyForm('EUR', PLACE.locale)
const ORDER: Order = {
  number: 7,
  state: 'Draft',
  revision: 2,
  confirmedSequenceNr: -1,
  fingerprint: 1,
  externalId: 'NW-7',
  placedAt: '2026-01-31T14:30:00Z',
  confirmedAt: null,
  confirmedBy: null,
  updatedAt: '2026-02-01T08:00:00.123Z',
  updatedBy: 'ana@example.com',
  currency: 'KWD',
  customer: {
    id: 'LINDEN',
    name: 'Lindenhof Teehandel',
    contact: null,
    email: null,
    vatId: 'DE000000001',
    address: {
      street: 'Am Deich 3',
      additional: 'Hof 2',
      city: 'Bremen',
      postalCode: '28195',
      region: null,
      country: 'DE',
    },
  },
  lines: [ASSAM],
  charges: [SHIPPING],
  suppliedOn: '2026-01-30',
  taxExemptionReason: 'Export',
  note: 'Two boxes\nRing twice',
  totals: { net: 3531, tax: 230, gross: 3761 },
}
const STORED = { placedAt: ORDER.placedAt, timeZone: 'UTC' }

describe('what a browser sends', () => {
  it('an order written as a form, sent and parsed, is the same order', () => {
    const form = readForm(fieldsOf(writeForm(inputOf(ORDER), PLACE)), PLACE.locale)
    expect(form.placedAt).toBe('2026-01-31')
    expect(form.lines[0]?.unitPrice).toBe('1.500')
    expect(parseForm(form, STORED)).toEqual({ ok: true, value: inputOf(ORDER) })
  })

  it.each([
    ['de-DE', '2,5', '1,500', '12,5'],
    ['ar-EG', '٢٫٥', '١٫٥٠٠', '١٢٫٥'],
    ['de-CH', '2.5', '1.500', '12.5'],
  ])('in %s its figures are written as the page writes them, and make the same order', (locale, ...written) => {
    const form = writeForm(inputOf(ORDER), { ...PLACE, locale })
    const [line] = form.lines
    expect([line?.quantity, line?.unitPrice, line?.discountPercent]).toEqual(written)
    expect(parseForm(form, STORED)).toEqual({ ok: true, value: inputOf(ORDER) })
  })

  it.each(listCurrencies())('in %s the largest amount stands there to its last digit, and comes back', (currency) => {
    const lines = [{ ...ASSAM, quantity: 1, unitPrice: MAX_AMOUNT - 1 }]
    const input = { ...inputOf(ORDER), currency, lines, charges: [{ ...SHIPPING, amount: MAX_AMOUNT }] }
    const form = writeForm(input, { ...PLACE, locale: 'de-DE' })
    expect(form.lines[0]?.unitPrice.replace(',', '')).toBe(String(MAX_AMOUNT - 1))
    expect(parseForm(form, STORED)).toEqual({ ok: true, value: input })
  })

  it.each([
    ['2012-07-04T00:00:00Z', 'UTC', '2012-07-04'],
    ['2026-01-31T23:30:59Z', 'Europe/Berlin', '2026-02-01'],
    ['2026-11-24T02:27:09.067Z', 'America/New_York', '2026-11-23'],
  ])('the instant %s is a day in %s, %s, and stays to the second while the day does', (placedAt, timeZone, day) => {
    const form = writeForm({ ...inputOf(ORDER), placedAt }, { ...PLACE, timeZone })
    expect(form.placedAt).toBe(day)
    expect(parseForm(form, { placedAt, timeZone })).toMatchObject({ ok: true, value: { placedAt } })
  })

  it('another day begins where the business is', () => {
    const form = { ...writeForm(inputOf(ORDER), PLACE), placedAt: '2026-07-01' }
    const parsed = parseForm(form, { placedAt: ORDER.placedAt, timeZone: 'Europe/Berlin' })
    expect(parsed).toMatchObject({ ok: true, value: { placedAt: '2026-06-30T22:00:00.000Z' } })
  })

  it('rows come in the order of their numbers, whatever gaps were left between them', () => {
    const sent = new Map([
      ['lines.10.sku', 'last'],
      ['lines.2.sku', 'first'],
      ['lines.x.sku', 'none'],
      ['lines.3', 'none'],
    ])
    expect(readForm(sent, 'en-GB').lines.map(({ sku }) => sku)).toEqual(['first', 'last'])
  })

  it('rows in which nothing was typed are left out, but for one line to type in', () => {
    const blank = emptyLine('en-GB')
    const form = { ...EMPTY, lines: [blank, { ...blank, sku: 'A' }, blank] }
    expect(withoutBlankRows(form).lines.map(({ sku }) => sku)).toEqual(['A'])
    expect(withoutBlankRows(EMPTY).lines).toHaveLength(1)
  })
})

describe('what is refused', () => {
  it.each([
    ['12,5', 'Did you mean 12.5 or 125?'],
    ['abc', 'Write a number, such as 12.5'],
    ['', 'Enter a number'],
    ['0', 'Must be above 0'],
    ['1.000', 'Did you mean 1 or 1,000?'],
    ['1.2345', '1.2345 has too many decimals: at most 3'],
    ['1000000.1', 'At most 1,000,000'],
  ])('the quantity %j: %s', (quantity, detail) => {
    expect(errorsOf(withLine({ quantity }))).toEqual([{ pointer: '/lines/0/quantity', detail }])
  })

  it.each([
    ['12,50', 'Did you mean 12.500 or 1,250.000?'],
    ['12.3456', '12.3456 has too many decimals: KWD has 3'],
    ['', 'Enter an amount'],
    [`${MAX_AMOUNT / 1_000}.001`, `At most ${(MAX_AMOUNT / 1_000).toLocaleString('en')}.000 KWD`],
  ])('the unit price %j: %s', (unitPrice, detail) => {
    expect(errorsOf(withLine({ unitPrice }))).toEqual([{ pointer: '/lines/0/unitPrice', detail }])
  })

  it.each([
    ['27.11.2026', 'Write the year first: 2026-11-27'],
    ['2026-02-30', 'There is no day 2026-02-30'],
  ])('the day %j: %s', (placedAt, detail) => {
    expect(errorsOf({ ...writeForm(inputOf(ORDER), PLACE), placedAt })).toEqual([{ pointer: '/placedAt', detail }])
  })

  it('all that is wrong is told at once, in the order of the page', () => {
    const form = { ...writeForm(inputOf(ORDER), PLACE), placedAt: 'today' }
    const lines = [emptyLine('en-GB')]
    const wrong = { ...form, customer: { ...form.customer, name: '', city: '' }, lines }
    expect(errorsOf(wrong).map(({ pointer }) => pointer)).toEqual([
      '/customer/name',
      '/customer/address/city',
      '/lines/0/sku',
      '/lines/0/description',
      '/lines/0/unitPrice',
      '/placedAt',
    ])
  })

  it('no amount is judged until the currency is known', () => {
    const form = { ...writeForm(inputOf(ORDER), PLACE), currency: '' }
    expect(errorsOf(form)).toEqual([{ pointer: '/currency', detail: 'Choose a currency' }])
  })
})

describe('while it is filled in', () => {
  it('what can be read is priced, and what cannot is left out', () => {
    const { lines, ...rest } = writeForm(inputOf(ORDER), PLACE)
    const form = { ...rest, lines: [...lines, emptyLine('en-GB')] }
    // 2.5 × 1.500 less 12.5 % = 3.28125, rounded 3.281; with 0.250 of charges 3.531; 7 % of 3.281 = 0.22967
    expect(priceForm(form)).toMatchObject({ nets: [3281, undefined], totals: { net: 3531, tax: 230, gross: 3761 } })
  })

  it('a product fills its price in where it is in the order’s currency, and never changes that', () => {
    const product = { sku: '11', description: 'Queso', unitPrice: 1400, currency: 'USD', taxPercent: 7 }
    const other = useProduct(EMPTY, 0, product)
    expect([other.currency, other.lines[0]]).toMatchObject(['EUR', { sku: '11', unitPrice: '', taxPercent: '7' }])
    expect(useProduct(emptyForm('USD', 'en-GB'), 0, product).lines[0]).toMatchObject({
      unitPrice: '14.00',
      taxPercent: '7',
    })
  })

  it.each<[string, Partial<OrderForm['lines'][number]>[], Partial<OrderForm['charges'][number]>[]]>([
    ['Total', [{}], []],
    ['Total', [{ sku: 'A', unitPrice: '1' }, {}], [{}]],
    ['Total of 1 of 2 lines: 1 has no price yet', [{ sku: 'A', unitPrice: '1' }, { sku: 'B' }], []],
    [
      'Total of 0 of 3 lines: 2 have no price yet, 1 cannot be read yet',
      [{ sku: 'A' }, { sku: 'B' }, { unitPrice: 'x' }],
      [],
    ],
    ['Total: 1 charge is left out', [{ sku: 'A', unitPrice: '1' }], [{ description: 'Freight' }]],
  ])('the total says what it is the total of: %s', (label, lines, charges) => {
    const form = {
      ...EMPTY,
      lines: lines.map((line) => ({ ...emptyLine('en-GB'), ...line })),
      charges: charges.map((charge) => ({ ...emptyCharge('en-GB'), ...charge })),
    }
    expect(describeTotal(form, priceForm(form))).toBe(label)
  })

  const context = { customerSearch: '', customerSearched: '', scanned: undefined }

  it('Enter saves, unless a search was what was typed', () => {
    const form = writeForm(inputOf(ORDER), PLACE)
    expect(stepOf('enter', form, context)).toEqual({ act: 'save' })
    const searching = { ...context, customerSearch: 'linden' }
    expect(stepOf('enter', EMPTY, searching)).toEqual({ act: 'find-customer' })
    expect(stepOf('enter', form, searching)).toEqual({ act: 'find-customer' })
    expect(stepOf('enter', form, { ...searching, customerSearched: 'linden' })).toEqual({ act: 'save' })
    expect(
      stepOf('enter', { ...form, lines: [...form.lines, { ...emptyLine('en-GB'), sku: 'tea' }] }, context),
    ).toEqual({
      act: 'find-product',
      row: 1,
    })
    expect(stepOf(undefined, EMPTY, searching)).toEqual({ act: 'save' })
    expect(stepOf('drop-table', form, context)).toEqual({ act: 'update' })
  })

  it.each([
    ['190210', ['90210', '190210']],
    ['902101', ['90210', '902101']],
    ['A-100', ['A-100']],
    ['0210', ['0210']],
    ['12', ['2', '12']],
    ['1', undefined],
    ['1,5', undefined],
  ])('Enter after %s was typed into the quantity 1 of a product that Enter found looks for %j', (quantity, codes) => {
    const form = withLine({ quantity })
    const step = stepOf('enter', form, { ...context, scanned: { row: 0, quantity: '1' } })
    expect(step).toEqual(codes === undefined ? { act: 'save' } : { act: 'scan', row: 0, quantity: '1', codes })
  })

  it.each([
    ['A-1', 'A-1'],
    ['a-1', 'a-1'],
    ['b-1', 'B-1'],
    ['A-100', undefined],
    ['', undefined],
  ])('%j is the code of %j: the very same, or the only one in other capitals', (code, found) => {
    const codes = ['A-1', 'a-1', 'B-1', 'A-100-RED', 'C-1', 'c-1']
    expect(exactMatch(codes, (one) => one, code)).toBe(found)
    expect(exactMatch(codes.slice(4), (one) => one, 'C-1')).toBe('C-1')
  })

  it('a row that was taken out is put back where it was', () => {
    const form = writeForm(inputOf(ORDER), PLACE)
    const removed = removedFrom(form, 'lines', 0)
    expect(removed && putBack(removeLine(form, 0), removed)).toEqual(form)
    const charge = removedFrom(form, 'charges', 0)
    expect(charge && putBack(removeCharge(form, 0), charge)).toEqual(form)
    expect(removedFrom(EMPTY, 'lines', 0)).toBeUndefined()
  })
})

describe('where two people differ', () => {
  it('each field is named, in lines and charges too, and 1.5 and 1.500 are no difference', () => {
    const mine = withLine({ quantity: '3', unitPrice: '1.5' })
    expect(listDifferences({ ...mine, note: '', charges: [] }, ORDER, 'UTC')).toEqual([
      { part: 'note', yours: '', theirs: 'Two boxes\nRing twice' },
      { part: 'lines.0.quantity', yours: '3', theirs: '2.5' },
      { part: 'their-charges.0', yours: null, theirs: '\u2068Shipping\u2069 0.250' },
    ])
  })

  it('a line that was put before the others makes no difference of them', () => {
    const mine = writeForm(inputOf(ORDER), PLACE)
    const cup = { ...emptyLine('en-GB'), sku: 'CUP', description: 'A cup', unitPrice: '1.000' }
    expect(listDifferences({ ...mine, lines: [cup, ...mine.lines] }, ORDER, 'UTC')).toEqual([
      { part: 'lines.0', yours: '1 × \u2068CUP\u2069 \u2068A cup\u2069 at 1.000', theirs: null },
    ])
  })

  it('lines in another sequence are told as that', () => {
    const two = { ...ORDER, lines: [...ORDER.lines, { ...ASSAM, sku: 'CUP', description: 'A cup' }] }
    const mine = writeForm(inputOf(two), PLACE)
    const turned = { ...mine, lines: mine.lines.toReversed() }
    const [cup, assam] = ['\u2068A cup\u2069', '\u2068Assam\u2069']
    expect(listDifferences(turned, two, 'UTC')).toEqual([
      { part: 'lines', yours: `${cup}, ${assam}`, theirs: `${assam}, ${cup}` },
    ])
    expect(takePart(turned, 'lines', two, 'UTC')).toEqual(mine)
  })

  it('taking over all parts, one after another, leads to theirs', () => {
    const mine = withLine({ quantity: '3', sku: 'TEA-2' })
    const theirs = { ...ORDER, lines: [...ORDER.lines, { ...ASSAM, sku: 'CUP' }] }
    let form: OrderForm = { ...mine, note: 'Mine', charges: [] }
    for (let takes = 0; takes < 20; takes += 1) {
      const [first] = listDifferences(form, theirs, 'UTC')
      if (first !== undefined) form = takePart(form, first.part, theirs, 'UTC')
    }
    expect(form).toEqual(writeForm(inputOf(theirs), PLACE))
  })

  it('a part that is taken over is theirs, and the others stay', () => {
    const mine = { ...withLine({ quantity: '3' }), note: 'Mine', charges: [] }
    const taken = takePart(takePart(mine, 'lines.0.quantity', ORDER, 'UTC'), 'their-charges.0', ORDER, 'UTC')
    expect(taken.lines[0]?.quantity).toBe('2.5')
    expect(taken.charges).toHaveLength(1)
    expect(taken.note).toBe('Mine')
  })

  it.each(['lines.7', 'lines.x', 'lines.0', 'their-lines.9', 'nonsense', 'lines.0.colour', ''])(
    '%j is no part and changes nothing',
    (part) => {
      const mine = withLine({ quantity: '3' })
      expect(takePart(mine, part, ORDER, 'UTC')).toEqual(mine)
    },
  )
})

function withLine(parts: Partial<OrderForm['lines'][number]>): OrderForm {
  const form = writeForm(inputOf(ORDER), PLACE)
  return { ...form, lines: form.lines.map((line) => ({ ...line, ...parts })) }
}

function errorsOf(form: OrderForm) {
  const parsed = parseForm(form, STORED)
  return parsed.ok ? [] : parsed.error
}
