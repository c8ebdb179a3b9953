import { beforeAll, describe, expect, it } from 'vitest'
import { amendOrder, anOrder, placeDraft, placeOrder } from '../../support/orders.ts'
import type { RunningWorker } from '../../../shared/simulator/running-worker.ts'
import { startTogether, type Together } from '../../support/together.ts'

const ENTRIES = 1_000
/** All but those that placed and confirmed it. */
const AMENDED = ENTRIES - 2
/** A page's 50 entries, one more that tells whether any is older, and the order. */
const MOST_ROWS = 60

let together: Together
let few: Record<string, number>
beforeAll(async () => {
  together = await startTogether()
  await placeOrder(together.ordering, anOrder())
  await together.pull()
  few = await readAll()
  await addEntries(together.ordering, 1, AMENDED)
})

/** As many amendments as a clerk leaves who saves an order all day. */
async function addEntries(ordering: RunningWorker, order: number, count: number): Promise<void> {
  await ordering.sql(
    `WITH RECURSIVE made (nr) AS (SELECT 1 UNION ALL SELECT nr + 1 FROM made WHERE nr < ?)
    INSERT INTO audit (at, by, act, order_number, revision, request_id, before, after)
    SELECT '2026-03-02T08:00:00.000Z', 'clerk-' || nr, 'amended', ?, 1, 'r', '{"/note":"a"}', '{"/note":"b"}' FROM made`,
    count,
    order,
  )
}

/** The rows that one request reads in both apps' databases, as D1 counts them and the debug log says. */
async function rowsRead(app: 'ordering' | 'billing', path: string): Promise<number> {
  together.harness.clearLogs()
  const answer = await together[app].fetch(path)
  expect([answer.status, await answer.text()]).toEqual([200, expect.anything()])
  const lines = [...together.log('request'), ...together.log('service.request')]
  return lines.map((line) => line['d1'] as { rowsRead: number }).reduce((sum, { rowsRead: read }) => sum + read, 0)
}

const READERS = [
  ['ordering', '/orders/1'],
  ['ordering', '/orders/1?before=500'],
  ['ordering', '/orders/1/delete'],
  ['billing', '/trace?order=1'],
] as const

async function readAll(): Promise<Record<string, number>> {
  const rows: Record<string, number> = {}
  for (const [app, path] of READERS) rows[path] = await rowsRead(app, path)
  return rows
}

describe('with 1,000 entries in the audit of one order', () => {
  it.each(READERS)('%s reads a bounded number of rows for %s', async (app, path) => {
    const rows = await rowsRead(app, path)
    console.log(`${app} ${path}: ${few[path]} rows with one entry, ${rows} with ${ENTRIES}`)
    expect(rows).toBeGreaterThan(0)
    expect(rows).toBeLessThanOrEqual(MOST_ROWS)
  })

  it('the pages of its history show each entry once, the oldest first on each, and lead back to the newest', async () => {
    let path: string | undefined = '/orders/1'
    const shown: string[] = []
    const pages: string[] = []
    while (path !== undefined) {
      const html: string = await (await together.ordering.fetch(path)).text()
      pages.push(html)
      shown.unshift(...[...html.matchAll(/by <bdi>(clerk-\d+)<\/bdi>/g)].map(([, by = '']) => by))
      path = findLink(html, 'Older entries')
    }
    expect(shown).toEqual(Array.from({ length: AMENDED }, (_, index) => `clerk-${index + 1}`))
    expect(pages).toHaveLength(ENTRIES / 50)
    expect(pages.map((html) => html.includes('>Placed</p>'))).toEqual([...pages.slice(1).map(() => false), true])
    expect(pages.map((html) => findLink(html, 'Newest'))).toEqual([
      undefined,
      ...pages.slice(1).map(() => '/orders/1#history'),
    ])
  })
})

it('an order of 50 entries has one page, and one of 51 has two', async () => {
  const { number } = await placeDraft(together.ordering)
  await addEntries(together.ordering, number, 49)
  const path = `/orders/${number}`
  expect(findLink(await (await together.ordering.fetch(path)).text(), 'Older entries')).toBeUndefined()
  await addEntries(together.ordering, number, 1)
  const older = findLink(await (await together.ordering.fetch(path)).text(), 'Older entries')
  const last = await (await together.ordering.fetch(older ?? '')).text()
  expect(last).toContain('Entered by')
  expect(findLink(last, 'Older entries')).toBeUndefined()
})

it('who confirmed an order is not said twice, however long ago it was', async () => {
  const { number } = await placeOrder(together.ordering)
  await addEntries(together.ordering, number, 60)
  expect(await (await together.ordering.fetch(`/orders/${number}`)).text()).not.toContain('Confirmed by')
})

it.each(['0', '-1', 'x', '1e3', '99999999999999'])(
  'an address with before=%s shows the newest entries',
  async (before) => {
    const html = await (await together.ordering.fetch(`/orders/1?before=${before}`)).text()
    expect(html).toContain(`by <bdi>clerk-${AMENDED}</bdi>`)
  },
)

it('a request that is out of date is refused without reading the whole audit of its order', async () => {
  await amendOrder(together.ordering, 1, anOrder({ note: 'Ring twice' }))
  together.harness.clearLogs()
  const late = await together.ordering.send('PUT', '/api/orders/1', anOrder({ note: 'Late' }), { 'If-Match': '"1"' })
  expect(late.status).toBe(412)
  const [cost] = together.log('request').map((line) => line['d1'] as { rowsRead: number })
  expect(cost?.rowsRead).toBeLessThanOrEqual(MOST_ROWS)
})

/** Where a link of a page leads, as its address is written there. */
function findLink(html: string, words: string): string | undefined {
  return new RegExp(`<a [^>]*href="([^"]+)"[^>]*>${words}</a>`).exec(html)?.[1]
}
