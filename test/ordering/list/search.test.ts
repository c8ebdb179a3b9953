import { array, assert, asyncProperty, constantFrom, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { searchable, searchedForms, searchedNumber } from '../../../shared/text/fold.ts'
import type { RunningWorker } from '../../../shared/simulator/running-worker.ts'
import { startTogether } from '../../support/together.ts'

const NAMES = [
  'Vins & Alcools',
  'Straße 9',
  '"Quoted"',
  'Łódź',
  'AND OR NOT',
  'a',
  '100 % Oat',
  'Moewe  Tee',
  'Lune Dorée',
  'O’Brien – Söhne',
  'Bauer Aue',
  'Übermut (NEAR)',
  'x*y:z^',
]
const IDS = ['NW-10248', 'MADE-7', 'a b', '€', '7', 'Œ-1']

/** Orders by SQL, as many as there are names times ids, each with one of each. */
async function insertEach(ordering: RunningWorker): Promise<{ number: number; name: string; id: string }[]> {
  const orders = NAMES.flatMap((name) => IDS.map((id) => ({ name, id: `${id}/${name.length}` }))).map(
    (order, index) => ({
      number: index + 1,
      ...order,
    }),
  )
  await ordering.sql(
    `INSERT INTO orders (number, external_id, placed_at, updated_at, updated_by, currency, customer,
      customer_name_folded, external_id_folded)
    SELECT value ->> 0, 'id ' || (value ->> 0), '2026-03-01T08:00:00Z', '2026-03-01T08:00:00Z', 'sql', 'EUR', '{}', value ->> 1, value ->> 2
    FROM json_each(?)`,
    JSON.stringify(orders.map(({ number, name, id }) => [number, searchable(name), searchable(id)])),
  )
  return orders
}

async function search(ordering: RunningWorker, q: string): Promise<number[]> {
  const response = await ordering.fetch(`/api/orders?limit=200&q=${encodeURIComponent(q)}`)
  expect(response.status).toBe(200)
  const { orders } = (await response.json()) as { orders: { number: number }[] }
  return orders.map(({ number }) => number)
}

describe('GET /api/orders?q=', () => {
  it('finds what has the text in its name or its external id, of whatever length, and nothing else', async () => {
    const { ordering } = await startTogether()
    const orders = await insertEach(ordering)
    const texts = [...NAMES, ...IDS].flatMap((text) => [...text, text, text.slice(1, 3), text.slice(2, 6), `${text}!`])
    const parts = [...texts, 'er aue', 'moewe', 'möwe tee', `o'brien - soehne`, 'lune doree']
    const query = array(constantFrom(...parts), { minLength: 1, maxLength: 2 }).map((texts) => texts.join('').trim())
    const asked = asyncProperty(
      query.filter((q) => q !== '' && searchedNumber(q) === undefined),
      async (q) => {
        const holds = (text: string): boolean =>
          searchedForms(q).some((form) => form !== undefined && searchable(text).includes(form))
        const expected = orders.filter(({ name, id }) => holds(name) || holds(id)).map(({ number }) => number)
        expect(await search(ordering, q)).toEqual(expected.toReversed())
      },
    )
    await assert(asked, { numRuns: 150 })
  }, 120_000)

  it('finds the order with that number once, and those that have it in their external id', async () => {
    const { ordering } = await startTogether()
    await insertEach(ordering)
    await ordering.sql(`UPDATE orders SET external_id_folded = '12-' || number WHERE number IN (12, 20)`)
    expect(await search(ordering, '12')).toEqual([20, 12])
    expect(await search(ordering, '13')).toEqual([13])
  })

  it('follows a name that changes, by SQL too', async () => {
    const { ordering } = await startTogether()
    await insertEach(ordering)
    await ordering.sql(`UPDATE orders SET customer_name_folded = 'ZEPHYR' WHERE number = 3`)
    expect(await search(ordering, 'zephyr')).toEqual([3])
    expect(await search(ordering, 'ze')).toEqual([3])
    await ordering.sql(`UPDATE orders SET customer_name_folded = 'OTHER' WHERE number = 3`)
    expect(await search(ordering, 'zephyr')).toEqual([])
  })

  it('fails for no text, however odd', async () => {
    const { ordering } = await startTogether()
    await insertEach(ordering)
    const statusOf = async (q: string): Promise<number> =>
      (await ordering.fetch(`/api/orders?q=${encodeURIComponent(q.toWellFormed())}`)).status
    const texts = string({ unit: 'binary', minLength: 1, maxLength: 8 })
    await assert(
      asyncProperty(texts, async (q) => (await statusOf(q)) < 500),
      { numRuns: 100 },
    )
    for (const odd of ['a'.repeat(2_000), '"', '""', '\0', 'a\0b', '\n', '*', 'NEAR(', 'text : a', '\uffff']) {
      expect(await statusOf(odd)).toBeLessThan(500)
    }
  }, 120_000)
})
