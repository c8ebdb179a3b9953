import { beforeEach, describe, expect, it } from 'vitest'
import type { Invoice } from '../../../workers/billing/documents/invoice.ts'
import { keepMoment, restoreMoment } from '../../../shared/simulator/moment.ts'
import { amendOrder, anOrder, importOrders, placeOrder } from '../../support/orders.ts'
import type { RunningWorker } from '../../../shared/simulator/running-worker.ts'
import { startTogether, type Together } from '../../support/together.ts'
import { pullToEnd } from '../both-sides.ts'
import { openFeed, placesIn } from '../feed-reader.ts'
import { insertBySql } from '../sql-orders.ts'

/** The greatest integer that a program carries exactly, and the greatest number that an order may have. */
const GREATEST = 9_007_199_254_740_991
const GREATEST_NUMBER = 999_999_999_999
const MADE = '2026-03-01T08:00:00Z'

let together: Together
beforeEach(async () => {
  together = await startTogether()
})

async function approve(id: number): Promise<Invoice> {
  const { billing } = together
  const etag = (await billing.fetch(`/api/invoices/${id}`)).headers.get('ETag') ?? ''
  const answer = await billing.send('POST', `/api/invoices/${id}/approve`, undefined, { 'If-Match': etag })
  expect(answer.status).toBe(200)
  return (await answer.json()) as Invoice
}

describe('an order’s number that SQL chose', () => {
  it.each([GREATEST, GREATEST_NUMBER + 1, 1_000_000_000_040])('is refused at %d', async (number) => {
    const { ordering } = together
    await expect(insertBySql(ordering, number)).rejects.toThrow('the number is an integer from 1 to 999999999999')
    expect((await placeOrder(ordering)).number).toBe(1)
  })

  it('is billed at the greatest that there is, and leaves numbers to give, a restore later too', async () => {
    const { ordering, billing } = together
    await placeOrder(ordering)
    await keepMoment(ordering, 1)
    await insertBySql(ordering, GREATEST_NUMBER)
    await pullToEnd(together)
    expect(await billing.sql('SELECT order_number FROM invoices WHERE id = ?', GREATEST_NUMBER)).toHaveLength(1)
    expect((await placeOrder(ordering)).number).toBe(2)
    expect(await importOrders(ordering, [{ ...anOrder(), externalId: 'A' }])).toMatchObject({ created: 1, failed: [] })

    await pullToEnd(together)
    await restoreMoment(ordering, 1)
    await pullToEnd(together)
    const answer = await billing.send('POST', '/api/sync/orphans/restore', { preview: false })
    expect(await answer.json()).toMatchObject({ restored: [2, GREATEST_NUMBER], refused: [] })
    expect((await placeOrder(ordering)).number).toBe(4)
  })

  it('is followed while there are as many left above it as below', async () => {
    const { ordering, pull } = together
    await insertBySql(ordering, 500_000_000_000)
    await pull()
    expect((await placeOrder(ordering)).number).toBe(500_000_000_001)
  })
})

const INTO_ORDERS = `INSERT INTO orders (placed_at, updated_at, updated_by, currency, customer, customer_name_folded`
const REFUSED = {
  ordering: [
    `UPDATE orders SET revision = ${GREATEST}`,
    `UPDATE orders SET revision = 'many'`,
    `UPDATE orders SET fingerprint = ${GREATEST}`,
    `${INTO_ORDERS}, revision) VALUES ('${MADE}', '${MADE}', 'sql', 'EUR', '{}', '', ${GREATEST})`,
    `${INTO_ORDERS}, fingerprint) VALUES ('${MADE}', '${MADE}', 'sql', 'EUR', '{}', '', -1)`,
    `UPDATE feed SET highest = ${GREATEST}`,
    `INSERT INTO audit (nr, at, by, act, request_id) VALUES (${GREATEST}, '${MADE}', 'sql', 'deleted', 'sql')`,
    `INSERT INTO billing_notices (subject, version, order_number, notice, received_at)
      VALUES ('invoice:1', ${GREATEST}, 1, '{}', '${MADE}')`,
  ],
  billing: [
    `UPDATE orders SET fingerprint = ${GREATEST}`,
    `INSERT INTO invoices (id, order_number, created_at) VALUES (1000000000001, 2, '${MADE}')`,
    `INSERT INTO invoices (id, order_number, created_at) VALUES (1000000000002, 2, '${MADE}')`,
    `INSERT INTO invoices (id, order_number, replaces, created_at) VALUES (3000000000001, 1, 2000000000001, '${MADE}')`,
    `INSERT INTO invoice_series (series, highest) VALUES ('2031', 9223372036854775807)`,
    `INSERT INTO decisions (nr, decision_id, kind, invoice_id, order_number, document, order_revision, order_fingerprint,
      invoice_created_at, decided_at, decided_by)
      VALUES (${GREATEST}, 'sql', 'rejected', 1, 1, '{}', 1, 1, '${MADE}', '${MADE}', 'sql')`,
    `INSERT INTO epochs (nr, epoch, first_seen_at) VALUES (${GREATEST}, 'sql', '${MADE}')`,
    `INSERT INTO audit (nr, at, by, act, request_id) VALUES (${GREATEST}, '${MADE}', 'sql', 'erased', 'sql')`,
    `INSERT INTO outbox (subject, version, order_number, notice) VALUES ('invoice:1', ${GREATEST}, 1, '{}')`,
  ],
}

/** A copy beyond the greatest number, which the table itself refuses. */
const BEYOND = `INSERT INTO orders SELECT ${GREATEST}, revision, fingerprint, epoch, deleted, orphaned, record, searched, source,
  fetched_at, run_id FROM orders`

/** Which of the statements no trigger refuses. */
async function findTaken({ sql }: RunningWorker, queries: readonly string[]): Promise<string[]> {
  const taken: string[] = []
  for (const query of queries) {
    const refusal = await sql(query).then(() => 'none', String)
    if (!refusal.includes('SQLITE_CONSTRAINT_TRIGGER')) taken.push(`${query}: ${refusal}`)
  }
  return taken
}

describe('what counts on from a number', () => {
  it('cannot be brought by SQL to where it ends', async () => {
    const { ordering, billing, pull } = together
    await placeOrder(ordering)
    await pull()
    expect(await findTaken(ordering, REFUSED.ordering)).toEqual([])
    expect(await findTaken(billing, REFUSED.billing)).toEqual([])
    await expect(billing.sql(BEYOND)).rejects.toThrow('CHECK constraint failed: number > 0 AND number < 1000000000000')
    await placeOrder(ordering)
    await pullToEnd(together)
    expect((await approve(2)).invoiceNumber).toMatch(/-000001$/)
  })

  it('goes on from the highest that SQL may set', async () => {
    const { ordering, billing, pull } = together
    await placeOrder(ordering)
    await pull()
    await ordering.sql('UPDATE orders SET revision = 1000000000000')
    await ordering.sql('UPDATE feed SET highest = 1000000000000')
    await billing.sql(`INSERT INTO invoice_series (series, highest) VALUES (strftime('%Y', 'now'), 1000000000000)`)
    expect((await amendOrder(ordering, 1, anOrder({ note: 'amended' }))).revision).toBe(1_000_000_000_001)
    expect(placesIn(await (await openFeed(together)).readBatch(null))).toEqual([1_000_000_000_001])
    await pullToEnd(together)
    expect((await approve(1)).invoiceNumber).toMatch(/-1000000000001$/)
  })
})
