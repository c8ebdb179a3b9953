import { array, assert, constantFrom, double, integer, oneof, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { publishedOrder } from '../../../shared/contract/order.ts'
import { importedOrder } from '../../../shared/contract/order-input.ts'
import { totalsOf } from '../../../shared/money/totals.ts'
import { readPlainImported, readPlainPublished } from '../../../shared/contract/plain-order.ts'
import { madeOrder } from '../../bench/made-orders.ts'

type Fields = Record<string, unknown>

const instant = '2026-02-28T23:59:59.999Z'

function madePublished(index: number): Fields {
  const { state, ...content } = importedOrder.parse(madeOrder(index))
  const kept = { number: index + 1, state, revision: 1, confirmedSequenceNr: index + 1, fingerprint: 2 ** 40 - 1 }
  const assigned = { confirmedAt: instant, confirmedBy: 'ana@example.com', updatedAt: instant, updatedBy: '' }
  return { ...kept, ...content, ...assigned, totals: totalsOf(content.lines, content.charges) }
}

const ODD_TEXTS = [
  '',
  ' ',
  '\u3000',
  'EUR',
  'eur',
  'Draft',
  'Confirmed',
  'Deleted',
  '\n',
  '\t',
  '\u007f',
  '\u0085',
  '\ud800',
  '😀',
  '😀'.repeat(101),
  'x'.repeat(100),
  'x'.repeat(101),
  'x'.repeat(501),
  'a\r\nb',
  '\u2028',
  '\ufeff',
]
const INSTANTS = [
  '2026-02-29T00:00:00Z',
  '2024-02-29T00:00:00Z',
  '2026-04-31T00:00:00Z',
  '2026-12-31T23:59:60Z',
  '2026-01-01',
  '2026-01-01T00:00Z',
  '2026-01-31T12:00:00+00:00',
  '2026-13-01T00:00:00Z',
  '2026-01-30T10:20:30.123456Z',
]
const ODD_NUMBERS = [
  -1,
  0,
  1,
  0.5,
  0.005,
  0.0005,
  99.99,
  99.999,
  100,
  100.01,
  1e6,
  1e12,
  1e12 + 1,
  2 ** 40,
  2 ** 53,
  1e15,
  1e300,
]
/** What people, programs and attackers put where something else is expected. */
const oddValue = oneof(
  constantFrom<unknown[]>(...ODD_TEXTS, ...INSTANTS, ...ODD_NUMBERS, null, true, [], {}, [{}], [null], {
    city: 'Jena',
  }),
  double(),
  integer(),
  string({ unit: 'binary', maxLength: 12 }),
)

describe.each([
  { name: 'publishedOrder', schema: publishedOrder, readPlain: readPlainPublished, made: madePublished },
  {
    name: 'importedOrder',
    schema: importedOrder,
    readPlain: readPlainImported,
    made: (index: number) => madeOrder(index),
  },
])('the plain reader of $name', ({ schema, readPlain, made }) => {
  it('takes made orders as the schema makes them', () => {
    for (let index = 0; index < 200; index += 1) {
      const record = overJson(made(index))
      expect(readPlain(record)).toStrictEqual(schema.parse(record))
    }
  })

  it('takes nothing that the schema refuses or reads otherwise', () => {
    let taken = 0
    const path = array(integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 4 })
    assert(
      property(integer({ min: 0, max: 100 }), path, oneof(oddValue, constantFrom(undefined)), (index, path, value) => {
        const record = overJson(changed(made(index), path, value))
        const plain = readPlain(record)
        if (plain === undefined) return
        taken += 1
        expect(plain).toEqual(schema.parse(record))
      }),
      { numRuns: 4_000 },
    )
    expect(taken).toBeGreaterThan(200)
  })
})

function overJson(record: unknown): unknown {
  return JSON.parse(JSON.stringify(record)) as unknown
}

/** The record with one member changed, added or, for undefined, taken away. */
function changed(record: unknown, [step = 0, ...rest]: readonly number[], value: unknown): unknown {
  if (typeof record !== 'object' || record === null) return value
  const names = [...Object.keys(record), 'unknown']
  const name = names[step % names.length] ?? 'unknown'
  const member = Reflect.get(record, name) as unknown
  const inner = rest.length > 0 && typeof member === 'object' && member !== null ? changed(member, rest, value) : value
  if (Array.isArray(record)) return record.map((item: unknown, index) => (String(index) === name ? inner : item))
  return { ...record, [name]: inner }
}
