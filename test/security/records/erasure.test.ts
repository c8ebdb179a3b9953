import { beforeEach, describe, expect, it } from 'vitest'
import type { Erasure } from '../../../shared/contract/personal-data.ts'
import { approve, findInvoiceOf, problemOf, reject } from '../../billing/support.ts'
import {
  amendOrder,
  anOrder,
  deleteOrder,
  type Draft,
  importOrders,
  placeDraft,
  placeOrder,
} from '../../support/orders.ts'
import type { Answer, RunningWorker } from '../../../shared/simulator/running-worker.ts'
import { startTogether, type Together } from '../../support/together.ts'

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

function askErasure(customer: string = CUSTOMER.id, preview = false): Promise<Answer> {
  return billing.send('POST', '/api/personal-data/erase', { customer, preview })
}

async function erase(customer: string = CUSTOMER.id, preview = false): Promise<Erasure> {
  const response = await askErasure(customer, preview)
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

async function importCustomers(...customers: object[]): Promise<unknown> {
  const headers = { 'Content-Type': 'application/x-ndjson' }
  const body = customers.map((customer) => JSON.stringify(customer)).join('\n')
  return (await ordering.fetch('/api/customers/import', { method: 'POST', headers, body })).json()
}

describe('erasing a customer', () => {
  it('is previewed: what stands where is told, and nothing is changed', async () => {
    await importCustomers(CUSTOMER)
    await placeDraft(ordering, ofHers())
    await placeOrder(ordering, ofHers())
    await placeOrder(ordering)
    await together.pull()
    await approve(billing, 2)
    const before = [await dump(ordering), await dump(billing)]
    const year = new Date().getFullYear()
    expect(await erase(CUSTOMER.id, true)).toEqual({
      preview: true,
      catalogue: true,
      orders: [1, 2],
      drafts: [1],
      waiting: [],
      orphaned: [],
      decisions: [],
      retained: [{ issuedNumber: `${year}-000001`, until: `${year + 10}-12-31` }],
    })
    expect([await dump(ordering), await dump(billing)]).toEqual(before)
  })

  it('leaves no trace in ordering, and in billing none but the invoice as it was issued', async () => {
    await importCustomers(CUSTOMER)
    await placeDraft(ordering, ofHers())
    await placeOrder(ordering, ofHers())
    await ordering.send('DELETE', `/api/orders/${(await placeOrder(ordering, ofHers())).number}`)
    await together.pull()
    await approve(billing, 2)
    const issued = await (await billing.fetch('/api/invoices/2')).json()
    await erase()
    expect(await tablesWithTraces(ordering)).toEqual([])
    expect(await tablesWithTraces(billing)).toEqual(['decisions', 'invoices'])
    await together.pull()
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
    await erase()
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
    expect((await erase()).decisions).toEqual([])
    await billing.batch(
      [
        'DROP TRIGGER decisions_never_change',
        'DROP TRIGGER invoices_are_frozen',
        `UPDATE decisions SET issued_number = '2020-000001'`,
        `UPDATE invoices SET invoice_number = '2020-000001'`,
      ].map((query) => ({ query, values: [] })),
    )
    expect((await erase()).decisions).toEqual([1])
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
    const refused = await askErasure()
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
    await erase()
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
    await importCustomers(CUSTOMER)
    await erase()
    const day = new Date().toISOString().slice(0, 10)
    const problem = { type: '/problems/customer-erased', detail: `Customer C-WILMA was erased on ${day}` }
    const other = { ...anOrder(), externalId: 'NW-2' }
    expect(await importOrders(ordering, [line, { ...line, externalId: 'NW-3' }, other])).toMatchObject({
      created: 1,
      failed: [
        { line: 1, externalId: 'NW-1', problem },
        { line: 2, externalId: 'NW-3', problem },
      ],
    })
    expect(await importCustomers(anOrder().customer, { ...CUSTOMER, name: 'Wilma' })).toMatchObject({
      created: 1,
      failed: [{ line: 2, externalId: CUSTOMER.id, problem }],
    })
    expect(await tablesWithTraces(ordering)).toEqual([])
  })

  it('is not undone by an order that is entered or amended, by the API or by the form', async () => {
    await importCustomers(CUSTOMER)
    await placeDraft(ordering)
    await erase()
    expect(await problemOf(await ordering.send('POST', '/api/orders', ofHers()))).toBe('409 /problems/customer-erased')
    const amended = await ordering.send('PUT', '/api/orders/1', ofHers(), { 'If-Match': '"1"' })
    expect(await problemOf(amended)).toBe('409 /problems/customer-erased')
    const { street, city, country } = CUSTOMER.address
    const typed = {
      currency: 'EUR',
      'customer.id': CUSTOMER.id,
      'customer.name': CUSTOMER.name,
      'customer.address.street': street,
      'customer.address.city': city,
      'customer.address.country': country,
      'lines.0.sku': 'OAT-1',
      'lines.0.description': 'Oat flakes',
      'lines.0.quantity': '1',
      'lines.0.unitPrice': '2.50',
      locale: 'en-GB',
      action: 'save',
    }
    for (const path of ['/orders', '/orders/1/edit']) {
      const refused = await ordering.submit(path, { ...typed, seen: '1' })
      expect([path, refused.status]).toEqual([path, 422])
      expect(await refused.text()).toContain('If they order again, use a new ID')
    }
    expect(await tablesWithTraces(ordering)).toEqual([])
    // Under an id of their own a person is a customer again.
    expect((await placeDraft(ordering, ofHers({ customer: { ...CUSTOMER, id: 'C-2' } }))).state).toBe('Draft')
  })

  it('is not undone by orphans that billing restores', async () => {
    await placeOrder(ordering, ofHers())
    await together.pull()
    await deleteOrder(ordering, 1)
    await together.pull()
    // As a restore of billing brings it, of an order that a restore of ordering has lost.
    const [copy] = await billing.sql<{ record: string }>('SELECT record FROM orders')
    await erase()
    await billing.sql(
      `INSERT INTO orders (number, revision, fingerprint, epoch, deleted, orphaned, record, searched, source, fetched_at)
      SELECT 5, revision, fingerprint, epoch, deleted, 1, json_set(?, '$.number', 5), searched, source, fetched_at FROM orders`,
      copy?.record ?? '',
    )
    await billing.send('POST', '/api/sync/orphans/restore', { preview: false })
    expect(await ordering.sql(`SELECT customer ->> 'name' AS name FROM orders WHERE number = 5`)).toEqual([
      { name: 'Erased' },
    ])
    expect(await tablesWithTraces(ordering)).toEqual([])
  })

  it('makes the fingerprints of the audit say nothing, and is itself audited', async () => {
    await placeDraft(ordering, ofHers())
    // It went to another customer, and its past tells of her.
    await placeDraft(ordering, ofHers())
    await amendOrder(ordering, 2, anOrder())
    await erase()
    expect(await ordering.sql('SELECT act, order_number AS number, salt FROM audit')).toEqual([
      { act: 'placed', number: 1, salt: null },
      { act: 'placed', number: 2, salt: null },
      { act: 'amended', number: 2, salt: null },
      { act: 'customer erased', number: null, salt: null },
      { act: 'erased', number: 1, salt: null },
    ])
  })

  it('is audited in both apps, also of a customer who is in the catalogue alone, and nobody is named', async () => {
    await importCustomers(CUSTOMER)
    await erase()
    for (const app of [ordering, billing]) {
      const entries = (await (await app.fetch('/api/audit')).text()).trim().split('\n')
      const last = entries.at(-1) ?? ''
      expect(JSON.parse(last)).toMatchObject({ act: 'customer erased', by: 'you@example.com' })
      expect(last).not.toMatch(TRACES)
    }
  })

  it('waits for an order that was confirmed a moment ago, and for its invoice to be decided', async () => {
    await placeOrder(ordering, ofHers())
    const refused = await askErasure()
    expect(refused.status).toBe(409)
    expect(await refused.json()).toMatchObject({ type: '/problems/conflict', orders: [1] })
    await together.pull()
    expect((await askErasure()).status).toBe(409)
    await approve(billing, 1)
    await erase()
    await together.pull()
    expect((await findInvoiceOf(billing, 1)).invoice).toMatchObject({ state: 'Approved', customer: CUSTOMER })
    expect((await billing.sql(`SELECT id FROM invoices WHERE state = 'ToApprove'`)).length).toBe(0)
  })

  it('waits while an invoice is to be credited since its order was amended, and for no reissue afterwards', async () => {
    await placeOrder(ordering, ofHers())
    await together.pull()
    await approve(billing, 1)
    await amendOrder(ordering, 1, ofHers({ lines: [{ sku: 'X', description: 'X', quantity: 1, unitPrice: 1 }] }))
    await together.pull()
    expect(await (await askErasure()).json()).toMatchObject({ orders: [1] })
    const send = async (path: string, body?: object) =>
      billing.send('POST', path, body, { 'If-Match': (await findInvoiceOf(billing, 1)).etag })
    expect((await send('/api/invoices/1/credit-notes', { reason: 'Amended' })).status).toBe(201)
    await erase()
    const reissued = await send('/api/invoices/1/reissue')
    expect(reissued.status).toBe(409)
    expect(await reissued.json()).toMatchObject({ detail: 'The customer of its order was erased' })
  })

  it('is refused by ordering if an order is confirmed after billing has asked for them', async () => {
    await placeOrder(ordering, ofHers())
    const before = JSON.stringify({ catalogue: false, orders: [{ number: 1, state: 'Draft', revision: 1 }] })
    await together.relay.fail({ kind: 'answer', status: 200, body: before, matching: '/personal-data/find' })
    const refused = await askErasure()
    expect([refused.status, await refused.json()]).toMatchObject([409, { orders: [1] }])
    expect(await ordering.sql(`SELECT act FROM audit WHERE act LIKE '%erased'`)).toEqual([])
    expect(await tablesWithTraces(ordering)).toContain('orders')
  })

  it('that stopped half way says so, and is completed by asking again', async () => {
    await placeOrder(ordering, ofHers())
    await together.pull()
    await reject(billing, 1, 'Wilhelmine moved')
    await deleteOrder(ordering, 1)
    await together.pull()
    await billing.failDatabase({ kind: 'refuse', matching: 'update "repairs"' })
    const stopped = await askErasure()
    expect(stopped.status).toBe(503)
    expect(await stopped.text()).toContain('erased in ordering but not yet in billing')
    expect(await tablesWithTraces(ordering)).toEqual([])
    expect(await tablesWithTraces(billing)).toContain('decisions')
    await together.pull()
    await erase()
    await together.pull()
    expect(await tablesWithTraces(billing)).toEqual([])
    expect(await billing.readObjects()).not.toMatch(TRACES)
  })

  it('is not begun while ordering does not answer', async () => {
    await placeDraft(ordering, ofHers())
    await together.relay.fail({ kind: 'throw' })
    expect(await problemOf(await askErasure())).toBe('503 /problems/unavailable')
    expect(await tablesWithTraces(ordering)).toContain('orders')
  })

  it('erases the reason of a rejection after which the order went to another customer', async () => {
    await placeOrder(ordering, ofHers())
    await together.pull()
    await reject(billing, 1, 'Wilhelmine moved')
    await together.pull()
    await amendOrder(ordering, 1, anOrder())
    await together.pull()
    await erase()
    await together.pull()
    expect(await tablesWithTraces(billing)).toEqual([])
    expect(await tablesWithTraces(ordering)).toEqual([])
  })

  it('twice adds an entry to the audit and nothing more, and who is not known gets no tombstone', async () => {
    await placeOrder(ordering, ofHers())
    await together.pull()
    await approve(billing, 1)
    await erase()
    await together.pull()
    const dumped = async () => {
      const { audit: _ordering, ...inOrdering } = await dump(ordering)
      const { audit: _billing, ...inBilling } = await dump(billing)
      return { inOrdering, inBilling }
    }
    const before = await dumped()
    expect(await erase()).toMatchObject({ catalogue: false, orders: [], retained: [{}] })
    expect(await erase('NOBODY')).toMatchObject({ catalogue: false, orders: [], retained: [] })
    expect((await askErasure('erased')).status).toBe(422)
    expect(await dumped()).toEqual(before)
  })

  it('logs nothing personal', async () => {
    await placeOrder(ordering, ofHers())
    await together.pull()
    await approve(billing, 1)
    together.harness.clearLogs()
    await erase()
    expect(JSON.stringify(together.log().filter(({ level }) => level !== 'trace'))).not.toMatch(TRACES)
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
