import * as fc from 'fast-check'

/** Texts that have broken something somewhere: SQL, markup, Unicode, numbers, paths, templates. */
const ODD_TEXTS = [
  '',
  ' ',
  '0',
  '-1',
  '1.5',
  '1e400',
  'NaN',
  'null',
  'true',
  '[]',
  '{}',
  '__proto__',
  'constructor',
  "' OR 1=1 --",
  '"; DROP TABLE orders; --',
  '%',
  '_',
  '%00',
  '\u0000',
  '\uFEFF',
  '\uD800',
  '\u202E',
  '😀',
  'ß',
  'İ',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '${7*7}{{7*7}}',
  '../../../etc/passwd',
  '9007199254740993',
  '99999999999999999999',
  '2026-02-30T00:00:00Z',
  '0123456789abcdef.1',
  'a'.repeat(600),
  '1'.repeat(40),
]

/** Any of these, or any text. */
export const oddText = fc.oneof(
  fc.constantFrom(...ODD_TEXTS),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string(),
)
const odd: fc.Arbitrary<unknown> = fc.oneof(
  oddText,
  fc.double(),
  fc.bigInt().map(Number),
  fc.jsonValue({ maxDepth: 3 }),
)
const order = fc.record(
  {
    externalId: fc.option(fc.string({ maxLength: 20 })),
    placedAt: fc
      .date({ noInvalidDate: true, min: new Date(0), max: new Date('2030-01-01') })
      .map((at) => at.toISOString()),
    currency: fc.constantFrom('EUR', 'JPY', 'KWD', 'XXX'),
    customer: fc.record({
      id: fc.constantFrom('KORN', 'LINDEN'),
      name: fc.string({ minLength: 1, unit: 'grapheme' }),
      address: fc.record({ street: fc.constant('Markt 1'), city: fc.constant('Jena'), country: fc.constant('DE') }),
    }),
    lines: fc.array(
      fc.record({
        sku: fc.string({ minLength: 1, maxLength: 10 }),
        description: fc.string({ minLength: 1, unit: 'grapheme' }),
        quantity: fc.integer({ min: 1, max: 1_000_000_000 }).map((thousandths) => thousandths / 1_000),
        unitPrice: fc.integer({ min: 0, max: 1_000_000_000_000 }),
        taxPercent: fc.integer({ min: 0, max: 10_000 }).map((hundredths) => hundredths / 100),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    note: fc.option(fc.string({ unit: 'grapheme' })),
    state: fc.constantFrom('Draft', 'Confirmed'),
  },
  { requiredKeys: ['currency', 'customer', 'lines'] },
)
const small = fc.constantFrom(
  { reason: 'Wrong' },
  { token: null, preview: false },
  { preview: true },
  { number: 1 },
  { subject: 'order:1' },
  { lines: [0], reason: 'Broken' },
  { id: 'KORN', name: 'Korn' },
)

/** A document in which one member, however deep, is something else. */
const spoilt = fc.tuple(fc.oneof(order, small), fc.array(fc.nat(), { maxLength: 4 }), odd).map(spoil)

function spoil([document, way, by]: [object, number[], unknown]): object {
  const copy = structuredClone(document)
  let place: object = copy
  for (const [depth, step] of way.entries()) {
    const names = Object.keys(place)
    const name = names[step % Math.max(1, names.length)] ?? '__proto__'
    const next: unknown = Reflect.get(place, name)
    if (depth === way.length - 1 || typeof next !== 'object' || next === null) {
      Object.defineProperty(place, name, { value: by, enumerable: true, configurable: true, writable: true })
      break
    }
    place = next
  }
  return copy
}

const json = fc.oneof(order, small, spoilt, odd).map((document) => JSON.stringify(document) ?? 'undefined')
const lines = fc
  .array(fc.oneof(json, fc.constantFrom('', '{', '\r', '\uFEFF{}')), { maxLength: 5 })
  .map((all) => all.join('\n'))
const FIELDS = (
  'seen seenRevision reason action idempotencyKey conflict customerSearch token subject currency placedAt externalId ' +
  'note customer.id customer.name customer.street customer.city customer.country lines.0.sku lines.0.quantity ' +
  'lines.0.unitPrice lines.0.description lines.99999999.sku lines.-1.sku charges.0.amount charges.x.description ' +
  '__proto__ lines.__proto__.sku'
).split(' ')
const form = fc
  .array(
    fc.tuple(fc.constantFrom(...FIELDS), fc.oneof(oddText, fc.constantFrom('save', 'addLine', 'EUR', '1', '2.50'))),
  )
  .map((fields) => {
    const sent = fields.map(([name, value]): [string, string] => [name, value.toWellFormed()])
    return new URLSearchParams(sent).toString()
  })
const bytes = fc.uint8Array({ maxLength: 300 })

type Content = fc.Arbitrary<string | Uint8Array>

/** Mostly what the type promises. */
function contentOf(promised: fc.Arbitrary<string>): Content {
  return fc.oneof({ weight: 5, arbitrary: promised }, { weight: 1, arbitrary: bytes })
}

/** What is sent, by the Content-Type that it is said to have. */
export const TYPES = {
  'application/json': contentOf(fc.oneof({ weight: 9, arbitrary: json }, fc.constant('['.repeat(20_000)))),
  'application/x-ndjson': contentOf(lines),
  'application/x-www-form-urlencoded': contentOf(form),
  'multipart/form-data; boundary=x': contentOf(
    form.map((text) => `--x\r\nContent-Disposition: form-data; name="seen"\r\n\r\n${text}\r\n--x--\r\n`),
  ),
  'text/plain': contentOf(json),
  '': contentOf(json),
}

/** A body under any type. */
export const body = fc
  .constantFrom(...Object.entries(TYPES))
  .chain(([type, content]) => content.map((sent) => ({ type, sent })))
