import { beforeEach, describe, expect, it } from 'vitest'
import type { BillingErasure, OrderingErasure } from '../../shared/personal-data.ts'
import { approve, reject } from '../billing/support.ts'
import { anOrder, confirmOrder, type Draft, importOrders, placeDraft, placeOrder } from '../support/orders.ts'
import type { RunningWorker } from '../support/running-worker.ts'
import { startTogether, type Together } from '../support/together.ts'

const CUSTOMER = {
  id: 'C-WILMA',
  name: 'Wilhelmine Musterfrau',
  contact: 'Wilhelmine',
  email: 'wilhelmine@example.com',
  vatId: 'DEWILMA',
  address: {
    street: 'Waldiweg 7',
    additional: 'At Wilhelmine’s',
    city: 'Musterstadt',
    postalCode: 'WILMA7',
    region: 'Musterstadt',
    country: 'DE',
  },
}
/** Any of what tells of her, in any capitals: a search is stored folded. No digits, which a fingerprint may hold as well. */
const TRACES = /WILMA|wilhelmine|waldiweg|musterstadt/i

let together: Together
let ordering: RunningWorker
let billing: RunningWorker
beforeEach(async () => {
  together = await startTogether()
  ;({ ordering, billing } = together)
})

function ofHers(parts: Partial<Draft> = {}): Draft {
  return anOrder({ customer: CUSTOMER, taxExemptionReason: 'Export', note: 'Wilhelmine rings herself', ...parts })
}

async function erase<Erasure>(app: RunningWorker, preview: boolean, customer = CUSTOMER.id): Promise<Erasure> {
  const response = await app.send('POST', '/api/personal-data/erase', { customer, preview })
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`)
  return (await response.json()) as Erasure
}

/** All that an app's database holds, table by table, as text. */
async function dump(app: RunningWorker): Promise<Record<string, string>> {
  const tables = await app.sql<{ name: string }>(
    `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_%' ESCAPE '\\'`,
  )
  const dumped = await Promise.all(
    tables.map(async ({ name }) => [name, JSON.stringify(await app.sql(`SELECT * FROM ${name}`))] as const),
  )
  return Object.fromEntries(dumped)
}

async function tablesWithTraces(app: RunningWorker): Promise<string[]> {
  return Object.entries(await dump(app))
    .filter(([, text]) => TRACES.test(text))
    .map(([name]) => name)
    .sort()
}

async function fillCatalogue(): Promise<void> {
  const headers = { 'Content-Type': 'application/x-ndjson' }
  await ordering.fetch('/api/customers/import', { method: 'POST', headers, body: JSON.stringify(CUSTOMER) })
}

describe('erasing a customer', () => {
  it('is previewed: what stands where is told, and nothing is changed', async () => {
    await fillCatalogue()
    await placeDraft(ordering, ofHers())
    await placeOrder(ordering, ofHers())
    await placeOrder(ordering)
    await together.pull()
    await approve(billing, 2)
    const before = [await dump(ordering), await dump(billing)]
    expect(await erase<OrderingErasure>(ordering, true)).toEqual({
      preview: true,
      catalogue: true,
      orders: [1, 2],
      drafts: [1],
    })
    const year = new Date().getFullYear()
    expect(await erase<BillingErasure>(billing, true)).toEqual({
      preview: true,
      waiting: [],
      orphaned: [],
      decisions: [],
      retained: [{ issuedNumber: `${year}-000001`, until: `${year + 10}-12-31` }],
    })
    expect([await dump(ordering), await dump(billing)]).toEqual(before)
  })

  it('leaves no trace in ordering, and in billing none but the invoice as it was issued', async () => {
    await fillCatalogue()
    await placeDraft(ordering, ofHers())
    await placeOrder(ordering, ofHers())
    await ordering.send('DELETE', `/api/orders/${(await placeOrder(ordering, ofHers())).number}`)
    await together.pull()
    await approve(billing, 2)
    const issued = await (await billing.fetch('/api/invoices/2')).json()
    await erase(billing, false)
    await erase(ordering, false)
    await together.pull()
    expect(await tablesWithTraces(ordering)).toEqual([])
    expect(await tablesWithTraces(billing)).toEqual(['decisions', 'invoices'])
    // What it says is what was ordered: nobody is asked to correct it.
    expect(await (await billing.fetch('/api/invoices/2')).json()).toEqual(issued)
    expect(await ordering.sql('SELECT number, state FROM orders')).toEqual([
      { number: 1, state: 'Deleted' },
      { number: 2, state: 'Confirmed' },
      { number: 3, state: 'Deleted' },
    ])
    expect(await (await ordering.fetch('/orders/2')).text()).toContain(
      'Personal data erased by <bdi>you@example.com</bdi>',
    )
  })

  it('leaves others alone', async () => {
    await placeOrder(ordering)
    await placeOrder(ordering, ofHers())
    await together.pull()
    await approve(billing, 2)
    const before = await ordering.sql('SELECT * FROM orders WHERE number = 1')
    const copy = await billing.sql('SELECT * FROM orders WHERE number = 1')
    await erase(billing, false)
    await erase(ordering, false)
    await together.pull()
    expect(await ordering.sql('SELECT * FROM orders WHERE number = 1')).toEqual(before)
    expect(await billing.sql('SELECT * FROM orders WHERE number = 1')).toEqual(copy)
    const [audited] = await ordering.sql<{ salts: number }>(
      'SELECT count(salt) AS salts FROM audit WHERE order_number = 1',
    )
    expect(audited?.salts).toBe(1)
  })

  it('erases an invoice too once it was kept for RETAIN_YEARS, and its amounts stay', async () => {
    const old = await startTogether({ billing: { RETAIN_YEARS: 0 } })
    ;({ ordering, billing } = old)
    together = old
    await placeOrder(ordering, ofHers())
    await together.pull()
    await approve(billing, 1)
    // As if it had been issued last year: its number names the year.
    const [entry] = await billing.sql<{ document: string }>('SELECT document FROM decisions')
    expect(entry?.document).toMatch(TRACES)
    expect((await erase<BillingErasure>(billing, false)).decisions).toEqual([])
    await billing.batch(
      [
        'DROP TRIGGER decisions_never_change',
        'DROP TRIGGER invoices_are_frozen',
        `UPDATE decisions SET issued_number = '2020-000001'`,
        `UPDATE invoices SET invoice_number = '2020-000001'`,
      ].map((query) => ({ query, values: [] })),
    )
    expect((await erase<BillingErasure>(billing, false)).decisions).toEqual([1])
    await erase(ordering, false)
    await together.pull()
    expect(await tablesWithTraces(billing)).toEqual([])
    expect(await (await billing.fetch('/api/invoices/1')).json()).toMatchObject({
      state: 'Approved',
      customer: { name: 'Erased' },
      note: null,
      gross: 1000,
    })
  })

  it('is refused while an invoice of theirs waits, and names the orders', async () => {
    await placeOrder(ordering, ofHers())
    await placeOrder(ordering, ofHers())
    await together.pull()
    await reject(billing, 1, 'Wilhelmine moved')
    const refused = await billing.send('POST', '/api/personal-data/erase', { customer: CUSTOMER.id, preview: false })
    expect(refused.status).toBe(409)
    expect(await refused.json()).toMatchObject({ type: '/problems/conflict', orders: [1, 2] })
    expect(await tablesWithTraces(billing)).toContain('invoices')
  })

  it('erases a rejection with its reason once the order is deleted, in billing, in its ledger, and in what ordering was told', async () => {
    await placeOrder(ordering, ofHers())
    await together.pull()
    await reject(billing, 1, 'Wilhelmine moved to Waldiweg 9')
    await together.pull()
    expect(await tablesWithTraces(ordering)).toContain('billing_notices')
    await ordering.send('DELETE', '/api/orders/1')
    await together.pull()
    await erase(billing, false)
    await erase(ordering, false)
    await together.pull()
    expect(await tablesWithTraces(billing)).toEqual([])
    expect(await tablesWithTraces(ordering)).toEqual([])
    // A restore plays the ledger back: it brings nobody back.
    await billing.batch(
      ['DROP TRIGGER decisions_are_kept', 'DELETE FROM decisions'].map((query) => ({ query, values: [] })),
    )
    await together.pull()
    expect(await billing.sql('SELECT kind, reason FROM decisions')).toEqual([{ kind: 'rejected', reason: 'Erased' }])
    expect(await tablesWithTraces(billing)).toEqual([])
  })

  it('is not undone by an import that comes again', async () => {
    const line = { ...ofHers(), externalId: 'NW-1', state: 'Confirmed' as const }
    await importOrders(ordering, [line])
    await together.pull()
    await approve(billing, 1)
    await erase(ordering, false)
    expect(await importOrders(ordering, [line])).toMatchObject({ created: 0, changed: 0, unchanged: 1 })
    expect(await tablesWithTraces(ordering)).toEqual([])
  })

  it('makes the fingerprints of the audit say nothing, and is itself audited', async () => {
    await confirmOrder(ordering, (await placeDraft(ordering, ofHers())).number)
    await erase(ordering, false)
    expect(await ordering.sql('SELECT act, salt FROM audit')).toEqual([
      { act: 'placed', salt: null },
      { act: 'confirmed', salt: null },
      { act: 'erased', salt: null },
    ])
  })

  it('twice does nothing more, nor for who is not there', async () => {
    await placeOrder(ordering, ofHers())
    await together.pull()
    await approve(billing, 1)
    await erase(billing, false)
    await erase(ordering, false)
    await together.pull()
    const before = [await dump(ordering), (await dump(billing))['orders']]
    expect(await erase(ordering, false)).toMatchObject({ catalogue: false, orders: [] })
    await erase(billing, false)
    expect(await erase(ordering, false, 'NOBODY')).toMatchObject({ catalogue: false, orders: [] })
    expect(
      (await ordering.send('POST', '/api/personal-data/erase', { customer: 'erased', preview: false })).status,
    ).toBe(422)
    expect([await dump(ordering), (await dump(billing))['orders']]).toEqual(before)
  })
})

describe('what is frozen stays so while nothing is erased', () => {
  it.each([
    "UPDATE invoices SET document = json_replace(document, '$.customer.name', 'X')",
    `UPDATE decisions SET document = json_replace(document, '$.customer.name', 'X')`,
    `UPDATE decisions SET reason = 'X'`,
    'DELETE FROM erasure',
  ])('%s', async (statement) => {
    await placeOrder(ordering)
    await together.pull()
    await approve(billing, 1)
    await expect(billing.sql(statement)).rejects.toThrow(/never/)
  })

  it('and even while something is, amounts and numbers do', async () => {
    await placeOrder(ordering)
    await together.pull()
    await approve(billing, 1)
    await billing.sql('UPDATE erasure SET running = 1')
    for (const statement of [
      `UPDATE invoices SET document = json_replace(document, '$.totals.gross', 1)`,
      `UPDATE invoices SET invoice_number = '2020-000009'`,
      `UPDATE invoices SET state = 'Rejected'`,
      `UPDATE decisions SET document = json_replace(document, '$.totals.gross', 1)`,
      `UPDATE decisions SET issued_number = '2020-000009'`,
    ]) {
      await expect(billing.sql(statement)).rejects.toThrow(/never changes/)
    }
  })
})
