import { beforeAll, describe, expect, it } from 'vitest'
import { aPublishedOrder } from '../../support/published-order.ts'
import type { RunningWorker } from '../../../shared/simulator/running-worker.ts'
import { startTogether, type Together } from '../../support/together.ts'

/** At both, each page is full and each count beyond what is counted. */
const SIZES = [5_000, 30_000] as const
/** How many rows go into one transaction. */
const BATCH = 20_000
/** What any page reads at most. */
const MOST_ROWS = 200
/** A page of approved invoices: itself, its order, whether it still matches that, and two for its credit notes. */
const MOST_ROWS_OF_CREDITED = 256
/** What tells how far billing is behind: what waits and what has its number are each counted up to 200. */
const MOST_ROWS_OF_LAG = 420

/** Every list of both apps, by filter, by search and by several at once. */
const PAGES = [
  ['ordering', '/orders'],
  ['ordering', '/orders?state=Draft'],
  ['ordering', '/orders?state=Confirmed'],
  ['ordering', '/orders?after=500'],
  ['ordering', '/orders?customer=KORN-7'],
  ['ordering', '/orders?sort=placed'],
  ['ordering', '/orders?sort=-customer'],
  ['ordering', '/orders?billing=rejected'],
  ['ordering', '/orders?billing=rejected&sort=placed'],
  ['ordering', '/orders?currency=EUR&state=Draft'],
  ['ordering', '/orders?currency=USD'],
  ['ordering', '/orders?customer=KORN-7&sort=placed&state=Draft'],
  ['ordering', '/orders?from=2023-11-14&to=2023-11-14'],
  ['ordering', '/orders?from=2023-11-14&sort=placed&currency=EUR'],
  ['ordering', '/orders?q=korn'],
  ['ordering', '/orders?q=kornblume%207'],
  ['ordering', '/orders?q=blume&state=Draft&sort=customer'],
  ['ordering', '/orders?q=NR-900'],
  ['ordering', '/orders?q=900'],
  ['ordering', '/orders?q=%2300900'],
  ['ordering', '/orders?q=m%C3%B6we'],
  ['ordering', '/orders?q=kornbluehmoewe&sort=customer'],
  ['ordering', '/orders?q=nothing'],
  ['ordering', '/orders?q=kor&customer=KORN-3&currency=EUR&from=2023-11-01&state=Confirmed&sort=-placed'],
  ['ordering', '/api/orders?q=korn&limit=50'],
  ['ordering', '/api/orders?limit=50'],
  ['ordering', '/api/orders?state=Draft&limit=50'],
  ['billing', '/invoices'],
  ['billing', '/invoices?state=ToApprove&after=500'],
  ['billing', '/invoices?state=All'],
  ['billing', '/invoices?state=Approved'],
  ['billing', '/invoices?order=900'],
  ['billing', '/api/invoices?state=ToApprove&limit=50'],
  ['billing', '/api/invoices?limit=50'],
  ['billing', '/invoices?q=korn'],
  ['billing', '/invoices?q=kornblume%207'],
  ['billing', '/invoices?q=blume&state=ToApprove'],
  ['billing', '/invoices?q=blume&state=Approved&after=900'],
  ['billing', '/invoices?q=NR-900'],
  ['billing', '/invoices?q=900'],
  ['billing', '/invoices?q=2026-0000'],
  ['billing', '/invoices?q=2026-000012'],
  ['billing', '/invoices?q=nothing'],
  ['billing', '/invoices?mismatched=true'],
  ['billing', '/invoices?mismatched=true&q=korn'],
  ['billing', '/api/invoices?mismatched=true&limit=50'],
  ['billing', '/invoices?amount=10'],
  ['billing', '/invoices?amount=10&currency=EUR&q=korn&state=Rejected'],
  ['billing', '/invoices?issuedFrom=2023-11-14'],
  ['billing', '/invoices?issuedTo=2023-11-30'],
  ['billing', '/invoices?issuedFrom=2023-11-15&issuedTo=2023-11-15&after=300'],
  ['billing', '/invoices?issuedFrom=2023-11-15&q=blume'],
  ['billing', '/api/invoices?q=korn&limit=50'],
  ['billing', '/api/invoices?gross=1000&currency=EUR&limit=50'],
  ['billing', '/credit-notes'],
  ['billing', '/credit-notes?q=korn'],
  ['billing', '/credit-notes?q=C2026-0000'],
  ['billing', '/credit-notes?q=2026-0000'],
  ['billing', '/credit-notes?q=900'],
  ['billing', '/credit-notes?amount=10'],
  ['billing', '/credit-notes?issuedFrom=2023-11-14'],
  ['billing', '/api/credit-notes?q=korn&limit=50'],
  ['billing', '/invoices/900'],
  // None of the orders has its number in the feed: all of them wait.
  ['billing', '/health'],
  ['billing', '/api/sync'],
] as const

const LAG = new Set<string>(['/health', '/api/sync'])

const RECORD = JSON.stringify(aPublishedOrder({ revision: 1 }))

/**
 * Ordering with `size` orders, each twentieth a Draft, and billing with an invoice of each, all by SQL.
 * @param creditEach the invoice of every such order is credited, if it was approved
 */
async function grow({ ordering, billing }: Together, size: number, creditEach = 20): Promise<void> {
  for (let from = 1; from <= size; from += BATCH) {
    const made = `WITH RECURSIVE made (nr) AS (SELECT ${from} UNION ALL SELECT nr + 1 FROM made
      WHERE nr < ${Math.min(from + BATCH - 1, size)})`
    await run(ordering, [
      `INSERT INTO orders (number, state, external_id, external_id_folded, placed_at, updated_at, updated_by, currency,
        customer, customer_name_folded, customer_sort_key)
      ${made} SELECT nr, iif(nr % 20, 'Confirmed', 'Draft'), 'NR-' || nr, 'NR-' || nr,
        strftime('%Y-%m-%dT%H:%M:%SZ', 1700000000 + nr, 'unixepoch'), '2026-03-01T08:00:00Z', 'sql', 'EUR',
        json_object('id', 'KORN-' || (nr % 10), 'name', 'Kornblume ' || (nr % 10), 'address', json_object()),
        'KORNBLUME ' || (nr % 10), 'KORNBLUME ' || (nr % 10) || char(10) || 'Kornblume ' || (nr % 10) FROM made`,
    ])
    await run(billing, [
      `INSERT INTO orders (number, revision, fingerprint, epoch, deleted, record, searched, source, fetched_at)
      ${made} SELECT nr, 1, nr, 'e', 0, json_set('${RECORD}', '$.number', nr),
        'KORNBLUME ' || (nr % 10) || char(10) || 'NR-' || nr, 'pull', '2026-03-01T08:00:00Z' FROM made`,
      `INSERT INTO invoices (id, order_number, created_at)
      SELECT number, number, '2026-03-01T08:00:00Z' FROM orders WHERE number >= ${from}`,
      ...deciding(from, creditEach),
      // Of a third of those that were approved the order was deleted.
      `UPDATE orders SET deleted = 1 WHERE number >= ${from} AND number % 6 = 0`,
    ])
  }
}

const SELLER = JSON.stringify({ name: 'Seller', address: [], vatId: '', bank: '' })

/** Approves every other invoice from that order on, two hundred a day, and credits some. */
function deciding(from: number, creditEach: number): string[] {
  const day = (days: number) => `strftime('%Y-%m-%d', 1700000000 + 86400 * (number / 200 + ${days}), 'unixepoch')`
  const columns = `decision_id, invoice_id, order_number, document, order_revision, order_fingerprint,
    invoice_created_at, decided_at, decided_by, witnessed, seller, issued_on`
  const values = `number, number, record, 1, fingerprint, fetched_at, '2026-03-02T08:00:00Z', 'sql', 1, '${SELLER}'`
  const note = `json_object('invoiceId', i.id, 'invoiceNumber', i.invoice_number, 'orderNumber', i.order_number,
    'currency', i.currency, 'customer', json(i.document ->> 'customer'), 'lines', json_array(), 'charges', json_array(),
    'linePositions', json_array(0), 'chargePositions', json_array(), 'taxes', json_array(), 'taxExemptionReason', NULL, 'net', i.gross, 'tax', 0,
    'gross', i.gross, 'reason', 'Broken')`
  return [
    // They are made out of their order here.
    'DROP TRIGGER IF EXISTS decisions_have_no_gaps',
    `INSERT INTO decisions (nr, kind, issued_number, ${columns})
    SELECT number, 'approved', printf('2026-%06d', number / 2), 'a' || number, ${values}, ${day(0)}
    FROM orders WHERE number >= ${from} AND number % 2 = 0`,
    `UPDATE invoices SET state = 'Approved', invoice_number = d.issued_number, document = d.document, decision = d.nr,
      decided_at = d.decided_at, decided_by = d.decided_by, order_revision = 1, order_fingerprint = d.order_fingerprint,
      issued_on = d.issued_on, due_on = d.issued_on, seller = d.seller
    FROM decisions d WHERE d.invoice_id = invoices.id AND d.nr >= ${from} AND d.kind = 'approved'`,
    `INSERT INTO decisions (nr, kind, issued_number, ${columns})
    SELECT number - 1, 'credited', printf('C2026-%06d', number / ${creditEach}), 'c' || number, ${values}, ${day(1)}
    FROM orders WHERE number >= ${from} AND number % ${creditEach} = ${14 % creditEach}`,
    `INSERT INTO credit_notes (id, invoice_id, credit_note_number, document, searched, created_at, created_by, reason,
      issued_on, seller)
    SELECT d.nr, i.id, d.issued_number, ${note}, i.searched, d.decided_at, 'sql', 'Broken', d.issued_on, d.seller
    FROM decisions d JOIN invoices i ON i.id = d.invoice_id WHERE d.nr >= ${from} - 1 AND d.kind = 'credited'
      AND NOT EXISTS (SELECT 1 FROM credit_notes WHERE id = d.nr)`,
  ]
}

async function run(worker: RunningWorker, statements: string[]): Promise<void> {
  await worker.batch(statements.map((query) => ({ query, values: [] })))
}

/** The rows that one request reads, as D1 counts them and the debug log says. */
async function rowsRead(together: Together, app: 'ordering' | 'billing', path: string): Promise<number> {
  together.harness.clearLogs()
  const answer = await together[app].fetch(path)
  expect([answer.status, await answer.text()]).toEqual([200, expect.anything()])
  const lines = [...together.log('request'), ...together.log('service.request')]
  return lines.map((line) => line['d1'] as { rowsRead: number }).reduce((sum, { rowsRead }) => sum + rowsRead, 0)
}

const read = new Map<string, number>()

describe.each(SIZES)('with %s orders', (size) => {
  let together: Together
  beforeAll(async () => {
    together = await startTogether()
    await grow(together, size)
  }, 120_000)

  it.each(PAGES)('%s reads a bounded number of rows for %s', async (app, path) => {
    const rows = await rowsRead(together, app, path)
    read.set(`${size} ${app} ${path}`, rows)
    expect(rows).toBeLessThanOrEqual(LAG.has(path) ? MOST_ROWS_OF_LAG : MOST_ROWS)
  })

  it('two filters that lead to many orders and have none in common end after as many pages as these orders fill', async () => {
    let path: string | undefined = '/orders?customer=KORN-7&currency=USD'
    let pages = 0
    for (; path !== undefined; pages += 1) {
      together.harness.clearLogs()
      const html = await (await together.ordering.fetch(path)).text()
      const [{ d1 }] = together.log('request') as unknown as [{ d1: { rowsRead: number } }]
      expect(d1.rowsRead).toBeLessThanOrEqual(MOST_ROWS)
      path = /href="([^"]+)" rel="next"/.exec(html)?.[1]?.replaceAll('&amp;', '&')
    }
    expect(pages).toBe(size === 5_000 ? 5 : 26)
  })
})

describe('with 1,000 orders, of which every approved invoice was credited', () => {
  let together: Together
  beforeAll(async () => {
    together = await startTogether()
    await grow(together, 1_000, 2)
  }, 60_000)

  it.each([
    ['/invoices?state=Approved', MOST_ROWS_OF_CREDITED],
    ['/invoices?state=Approved&q=korn', MOST_ROWS],
    ['/credit-notes', MOST_ROWS],
  ])('billing reads a bounded number of rows for %s', async (path, most) => {
    expect(await rowsRead(together, 'billing', path)).toBeLessThanOrEqual(most)
  })
})

/** Where the larger size has more to find, and is not yet at the bound with the smaller one. */
const FOUND_MORE = /q=((NR-|%2300)?900|C?2026-0000)$/

it.each(PAGES.filter(([, path]) => !FOUND_MORE.test(path)))(
  '%s reads as many rows for %s at both sizes',
  (app, path) => {
    const [small = Number.NaN, large = Number.NaN] = SIZES.map((size) => read.get(`${size} ${app} ${path}`))
    console.log(`${app} ${path}: ${small} and ${large} rows`)
    expect(large).toBeLessThanOrEqual(small * 1.01 + 1)
  },
)
