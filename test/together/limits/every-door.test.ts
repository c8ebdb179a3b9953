import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { importedOrder, orderInput } from '../../../shared/contract/order-input.ts'
import { fieldsOf, writeForm } from '../../../workers/ordering/form/form.ts'
import { inputOf } from '../../../workers/ordering/orders/order.ts'
import { approve } from '../../billing/support.ts'
import { sentFields } from '../../support/html-form.ts'
import { confirmOrder, type ImportLine, importOrders, placeDraft, readOrder } from '../../support/orders.ts'
import type { Answer } from '../../../shared/simulator/running-worker.ts'
import { startTogether, type Together } from '../../support/together.ts'

const SEED = 13
const ORDERS = 200
const LOCALES = ['en-US', 'de-DE', 'fr-FR', 'de-CH', 'en-IN', 'ar-EG', 'ja-JP', 'sv-SE']

/** Texts as people paste them: of any script, with what is not seen in them, and with white space at their ends. */
function pasted(most: number, lineBreaks = false): fc.Arbitrary<string> {
  const odd = [
    'e\u0301',
    '\u00e9',
    '\u0958',
    '\u1112\u1161\u11ab',
    'q\u0307\u0323',
    '\u212b',
    '\u05e9\u05dc\u05d5\u05dd.',
    '\u0627\u0644',
    '年',
    '👩‍🌾',
    '\u{20bb7}',
    '\u200b',
    '\u00ad',
    '\u2060',
    '\u200e',
    '\u200f',
    '\ufe0f',
    '\u2028',
    '\u00a0',
    '\u3000',
    '  ',
    '"',
    "'",
    '<b>',
    '&amp;',
    '&',
    '</textarea>',
    '\\',
    '%',
    '+',
    '=',
    ';',
    '１２',
    '.',
    ',',
    '-',
    '\ufffd',
    '\ue000',
  ]
  const breaks = lineBreaks ? ['\r\n', '\r', '\n', '\n\n'] : []
  const part = fc.oneof(fc.constantFrom(...odd, ...breaks), fc.string({ unit: 'grapheme', maxLength: 6 }))
  const end = fc.array(fc.constantFrom(' ', '\t', '\r\n', '\n', '\u00a0', '\u3000', '\u0085', '\ufeff'), {
    maxLength: 2,
  })
  return fc
    .tuple(end, fc.array(part, { minLength: 1, maxLength: 6 }), end)
    .map((parts) => parts.flat().join(''))
    .filter((text) => [...text].length <= most)
}

const optional = (text: fc.Arbitrary<string>) =>
  fc.option(fc.oneof(text, fc.constantFrom('', ' ', '\r\n')), { nil: null })
const percent = fc.oneof(
  fc.constantFrom(0, 7, 19, 8.1),
  fc.integer({ min: 0, max: 10_000 }).map((each) => each / 100),
)
const amount = fc.oneof(fc.integer({ min: 0, max: 1e7 }), fc.integer({ min: 0, max: 1e12 }))
const quantity = fc.oneof(
  fc.integer({ min: 1, max: 1_000 }),
  fc.integer({ min: 1, max: 900_000 }).map((each) => each / 1_000),
)
const line = fc.record({
  sku: pasted(100),
  description: pasted(500),
  quantity,
  unitPrice: amount,
  discountPercent: percent,
  taxPercent: percent,
})
const order = fc
  .record({
    placedAt: fc.constantFrom(
      '2026-03-29T00:30:00Z',
      '2025-12-31T23:30:00Z',
      '2012-07-04T00:00:00.123456Z',
      '2026-01-01T00:00:00Z',
    ),
    currency: fc.constantFrom('EUR', 'JPY', 'KWD', 'CLF', 'IDR', 'COP', 'LBP'),
    customer: fc.record({
      id: pasted(100),
      name: pasted(200),
      contact: optional(pasted(200)),
      email: optional(pasted(200)),
      vatId: optional(pasted(100)),
      address: fc.record({
        street: pasted(200),
        additional: optional(pasted(200)),
        city: pasted(200),
        postalCode: optional(pasted(200)),
        region: optional(pasted(200)),
        country: fc.constantFrom('DE', 'us', 'UK', 'Viet Nam', 'Côte d’Ivoire', ' Czech Republic ', 'MO', 'CD'),
      }),
    }),
    lines: fc.array(line, { minLength: 1, maxLength: 3 }),
    charges: fc.array(fc.record({ description: pasted(500), amount, taxPercent: percent }), { maxLength: 2 }),
    suppliedOn: fc.constantFrom(null, '2024-02-29', '2026-12-31'),
    taxExemptionReason: optional(pasted(500)),
    note: optional(pasted(5_000, true)),
  })
  .filter((each) => orderInput.safeParse(each).success)

describe(`an order that was taken in by any door (seed ${SEED})`, () => {
  const sent = fc
    .sample(order, { seed: SEED, numRuns: ORDERS })
    .map((each, index): ImportLine => ({ ...each, externalId: ` X-${index}\u00e9` }))

  it('is the same when it is opened in the form and saved, sent again, or imported again', async () => {
    const { ordering, billing, pull } = await startTogether()
    const through = (door: number) => sent.filter((_, index) => index % 3 === door)
    const [posted, imported, entered] = [through(0), through(1), through(2)]
    for (const each of posted) await placeDraft(ordering, each)
    expect(await importOrders(ordering, imported)).toMatchObject({ created: imported.length, failed: [] })
    const answers: string[] = []
    for (const each of entered) answers.push(await refusalOf(await ordering.submit('/orders', typed(each))))
    expect(answers.filter((answer) => answer !== '')).toEqual([])
    const placed = await ordering.sql<{ number: number }>('SELECT number FROM orders')
    expect(placed).toHaveLength(ORDERS)
    for (const { number } of placed) await confirmOrder(ordering, number)
    await pull()
    for (const { number } of placed.slice(0, 20)) await approve(billing, number)

    for (const [index, { number }] of placed.entries()) {
      const before = await readOrder(ordering, number)
      const locale = LOCALES[index % LOCALES.length] ?? 'en'
      const saved = await saveAsItIs(ordering, number, locale)
      expect([index, locale, saved.status, await readOrder(ordering, number)]).toEqual([index, locale, 303, before])
      const etag = { 'If-Match': `"${before.revision}"` }
      const put = await ordering.send('PUT', `/api/orders/${number}`, inputOf(before), etag)
      expect([index, put.status, put.headers.get('ETag')]).toEqual([index, 200, `"${before.revision}"`])
    }
    expect(await importOrders(ordering, imported)).toEqual({
      created: 0,
      changed: 0,
      unchanged: imported.length,
      failed: [],
    })
    expect(await pull()).toMatchObject({ created: 0, changed: 0, quarantined: 0 })
    const { invoices } = (await (await billing.fetch('/api/invoices?state=Approved')).json()) as { invoices: object[] }
    expect(invoices).toHaveLength(20)
    expect(invoices.filter((invoice) => Reflect.get(invoice, 'orderChangedSince') !== false)).toEqual([])
  }, 300_000)
})

/** Why a form was not saved; nothing if it was. */
async function refusalOf(answer: Answer): Promise<string> {
  return answer.status === 303 ? '' : `${answer.status} ${await answer.text()}`
}

/** The order as somebody types it into the form: the texts as they are, the figures as the page writes them. */
function typed(sent: ImportLine): Record<string, string> {
  const { state: _, ...input } = importedOrder.parse(sent)
  const fields = fieldsOf(writeForm(input, { locale: 'en-GB', timeZone: 'Europe/Berlin' }))
  const texts = Object.fromEntries(
    [...fields.keys()].flatMap((name) => {
      const value = name
        .split('.')
        .reduce<unknown>((at, step) => (at === null ? at : Reflect.get(Object(at), step)), sent)
      return typeof value === 'string' && name !== 'placedAt' ? [[name, value.replaceAll(/\r\n?|\n/g, '\r\n')]] : []
    }),
  )
  return { ...Object.fromEntries(fields), ...texts, action: 'save' }
}

async function saveAsItIs(ordering: Together['ordering'], number: number, locale: string) {
  const path = `/orders/${number}/edit`
  const page = await (await ordering.fetch(path, { headers: { 'Accept-Language': locale } })).text()
  return ordering.submit(path, [...sentFields(page), ['action', 'save']])
}
