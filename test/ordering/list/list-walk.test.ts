import { assert, asyncProperty, constantFrom, record } from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { searchable, searchedForms, sortKey } from '../../../shared/text/fold.ts'
import type { RunningWorker } from '../../../shared/simulator/running-worker.ts'
import { startTogether } from '../../support/together.ts'

/** More than a page may look at, so that lists go on where little of them fits. */
const COUNT = 900
const NAMES = ['MILL & MARKET', 'MILLER', 'WINDMILL FOODS', 'Äpfel', 'OAT']
const CURRENCIES = ['EUR', 'EUR', 'EUR', 'JPY']
const STATES = ['Draft', 'Confirmed', 'Confirmed', 'Deleted'] as const

type Made = ReturnType<typeof make>

function make(number: number) {
  const customer = (number * 7) % 11
  return {
    number,
    state: STATES[(number * 13) % 4] ?? 'Draft',
    externalId: number % 3 === 0 ? null : `ID-${number * 37}`,
    placedAt: `2026-0${1 + ((number * 5) % 3)}-1${number % 4}T0${number % 3}:00:00Z`,
    currency: CURRENCIES[(number * 3) % 4] ?? 'EUR',
    customer: `C-${customer}`,
    name: `${NAMES[(number * 7) % 5]} ${customer}`,
  }
}

const ORDERS = Array.from({ length: COUNT }, (_, index) => make(index + 1))

let ordering: RunningWorker
beforeAll(async () => {
  ;({ ordering } = await startTogether())
  await ordering.sql(
    `INSERT INTO orders (number, state, external_id, external_id_folded, placed_at, updated_at, updated_by, currency,
      customer, customer_name_folded, customer_sort_key)
    SELECT value ->> 'number', value ->> 'state', value ->> 'externalId', value ->> 'externalId', value ->> 'placedAt',
      '2026-03-01T08:00:00Z', 'sql', value ->> 'currency', json_object('id', value ->> 'customer'),
      value ->> 'folded', value ->> 'sortKey'
    FROM json_each(?)`,
    JSON.stringify(ORDERS.map((made) => ({ ...made, folded: searchable(made.name), sortKey: sortKey(made.name) }))),
  )
})

type Filter = Record<'state' | 'q' | 'customer' | 'currency' | 'from' | 'to' | 'sort', string>

function letsThrough({ state, q, customer, currency, from, to }: Filter, made: Made): boolean {
  const text = `${searchable(made.name)}\n${made.externalId ?? ''}`
  const holds = searchedForms(q).some((form) => text.includes(form ?? q)) || String(made.number) === q.replace('#', '')
  const day = made.placedAt.slice(0, 10)
  return (
    made.state !== 'Deleted' &&
    (state === '' || made.state === state) &&
    holds &&
    (customer === '' || made.customer === customer) &&
    (currency === '' || made.currency === currency) &&
    day >= from &&
    (to === '' || day <= to)
  )
}

function sorted(orders: readonly Made[], sort: string): number[] {
  const keyOf = (made: Made) =>
    sort.endsWith('placed') ? made.placedAt : sort.endsWith('customer') ? sortKey(made.name) : ''
  const ascending = orders.toSorted((one, other) =>
    keyOf(one) === keyOf(other) ? one.number - other.number : keyOf(one) < keyOf(other) ? -1 : 1,
  )
  return (sort === '' || sort.startsWith('-') ? ascending.toReversed() : ascending).map(({ number }) => number)
}

/** The numbers on all pages, from the first by `Next page` to the last. */
async function walk(filter: Filter): Promise<number[]> {
  const numbers: number[] = []
  let path: string | undefined = `/orders?${new URLSearchParams(filter).toString()}`
  while (path !== undefined) {
    const html = await (await ordering.fetch(path)).text()
    numbers.push(
      ...[...html.matchAll(/data-label="Number"><a href="\/orders\/(\d+)"/g)].map(([, number]) => Number(number)),
    )
    path = /href="([^"]+)" rel="next"/.exec(html)?.[1]?.replaceAll('&amp;', '&')
  }
  return numbers
}

it('goes through whatever a filter lets through, in its order, each order once', async () => {
  const filters = record({
    state: constantFrom('', 'Draft', 'Confirmed'),
    q: constantFrom(
      '',
      '',
      'mill',
      'market 3',
      'dmi',
      'wind',
      'fel',
      'äpfel',
      'aepfel',
      '#37',
      'id-3',
      'ID-9990',
      '37',
      '370',
      'a',
      '& m',
      'zzz',
    ),
    customer: constantFrom('', '', 'C-4'),
    currency: constantFrom('', '', 'JPY', 'EUR'),
    from: constantFrom('', '', '2026-02-11', '2026-03-13'),
    to: constantFrom('', '', '2026-02-12', '2026-03-13'),
    sort: constantFrom('', 'number', 'placed', '-placed', 'customer', '-customer'),
  })
  const asked = asyncProperty(filters, async (filter) => {
    const expected = ORDERS.filter((made) => letsThrough(filter, made))
    expect(await walk(filter)).toEqual(sorted(expected, filter.sort))
  })
  await assert(asked, { numRuns: 60 })
}, 120_000)
