import { beforeEach, describe, expect, it } from 'vitest'
import { type AuditEntry, fingerprintOf } from '../../../shared/records/audit.ts'
import { approve, reject } from '../../billing/support.ts'
import { amendOrder, anOrder, deleteOrder, importOrders, placeDraft, placeOrder } from '../../support/orders.ts'
import type { Answer, RunningWorker } from '../../../shared/simulator/running-worker.ts'
import { startTogether, type Together } from '../../support/together.ts'

const ME = 'you@example.com'

let together: Together
let ordering: RunningWorker
let billing: RunningWorker
beforeEach(async () => {
  together = await startTogether()
  ;({ ordering, billing } = together)
})

async function readLines(answer: Answer): Promise<AuditEntry[]> {
  expect(answer.headers.get('Content-Type')).toBe('application/x-ndjson')
  const lines = (await answer.text()).split('\n')
  expect(lines.pop()).toBe('')
  return lines.map((line) => JSON.parse(line) as AuditEntry)
}

function aProduct(sku: string) {
  return { sku, description: 'Assam', unitPrice: 400, currency: 'EUR', taxPercent: 7 }
}

async function importRecords(catalogue: 'customers' | 'products', records: readonly object[]): Promise<void> {
  const body = records.map((record) => JSON.stringify(record)).join('\n')
  const headers = { 'Content-Type': 'application/x-ndjson' }
  expect((await ordering.fetch(`/api/${catalogue}/import`, { method: 'POST', headers, body })).status).toBe(200)
}

async function readAudit(app: RunningWorker, query = ''): Promise<AuditEntry[]> {
  return readLines(await app.fetch(`/api/audit${query}`))
}

describe('the audit of ordering', () => {
  it('tells who placed, amended, confirmed and deleted an order, and by which request', async () => {
    const placed = await ordering.send('POST', '/api/orders', anOrder())
    await amendOrder(ordering, 1, anOrder({ note: 'Ring twice' }))
    await ordering.send('POST', '/api/orders/1/confirm')
    await deleteOrder(ordering, 1)
    const entries = await readAudit(ordering)
    expect(entries.map(({ nr, act, by, orderNumber, revision }) => [nr, act, by, orderNumber, revision])).toEqual([
      [1, 'placed', ME, 1, 1],
      [2, 'amended', ME, 1, 2],
      [3, 'confirmed', ME, 1, 3],
      [4, 'deleted', ME, 1, 4],
    ])
    expect(entries[0]?.requestId).toBe(placed.headers.get('X-Request-Id'))
    expect(entries.map(({ before, after }) => [Object.keys(before ?? {}), Object.keys(after ?? {})])).toEqual([
      [[], ['/state', '']],
      [['/note'], ['/note']],
      [['/state'], ['/state']],
      [['/state'], ['/state']],
    ])
    expect(entries[3]).toMatchObject({ before: { '/state': 'Confirmed' }, after: { '/state': 'Deleted' } })
  })

  it('has no entry for what changed nothing: a replay, the same content, a second confirmation, a stale request', async () => {
    const key = { 'Idempotency-Key': 'once' }
    await ordering.send('POST', '/api/orders', anOrder(), key)
    await ordering.send('POST', '/api/orders', anOrder(), key)
    await amendOrder(ordering, 1, anOrder())
    await ordering.send('POST', '/api/orders/1/confirm')
    await ordering.send('POST', '/api/orders/1/confirm')
    const stale = await ordering.send('PUT', '/api/orders/1', anOrder({ note: 'Late' }), { 'If-Match': '"1"' })
    expect(stale.status).toBe(412)
    await deleteOrder(ordering, 1)
    await deleteOrder(ordering, 1)
    expect((await readAudit(ordering)).map(({ act }) => act)).toEqual(['placed', 'confirmed', 'deleted'])
  })

  it('has an entry for each order that an import makes or changes, and none for the unchanged', async () => {
    const lines = [
      { ...anOrder(), externalId: 'A', state: 'Confirmed' as const },
      { ...anOrder(), externalId: 'B' },
    ]
    await importOrders(ordering, lines)
    await importOrders(ordering, lines)
    await importOrders(ordering, [{ ...anOrder({ note: 'New' }), externalId: 'B', state: 'Confirmed' as const }])
    const entries = await readAudit(ordering)
    expect(entries.map(({ act, orderNumber, after }) => [act, orderNumber, after?.['/state']])).toEqual([
      ['imported', 1, 'Confirmed'],
      ['imported', 2, 'Draft'],
      ['imported', 2, 'Confirmed'],
    ])
    expect(Object.keys(entries[2]?.before ?? {})).toEqual(['/state', '/note'])
  })

  it('names the products that an import makes and changes, with their fields, and none that it leaves as they are', async () => {
    const [assam, ceylon] = [aProduct('TEA-1'), aProduct('TEA-2')]
    await importRecords('products', [assam, ceylon])
    await importRecords('products', [assam, ceylon])
    await importRecords('products', [assam, { ...ceylon, unitPrice: 450, currency: 'USD' }, aProduct('TEA-3')])
    expect(await readAudit(ordering)).toMatchObject([
      {
        act: 'products imported',
        by: ME,
        after: { '/created': 2, '/changed': 0 },
        records: [
          { id: 'TEA-1', fields: null },
          { id: 'TEA-2', fields: null },
        ],
      },
      {
        act: 'products imported',
        after: { '/created': 1, '/changed': 1 },
        records: [
          { id: 'TEA-2', fields: ['/currency', '/unitPrice'] },
          { id: 'TEA-3', fields: null },
        ],
      },
    ])
  })

  it('names a customer who was changed, with the fields that came, changed and went, and no value of any', async () => {
    const { customer } = anOrder()
    await importRecords('customers', [{ ...customer, contact: 'Wilhelmine' }])
    const address = { ...customer.address, city: 'Weimar', additional: 'Hinterhaus' }
    await importRecords('customers', [{ ...customer, contact: null, address }])
    const [, changed] = await readAudit(ordering)
    expect(changed?.records).toEqual([
      { id: customer.id, fields: ['/address/additional', '/address/city', '/contact'] },
    ])
    const rows = await ordering.sql('SELECT * FROM audit LEFT JOIN audited_records ON audit_nr = nr')
    expect(JSON.stringify(rows)).not.toMatch(/Wilhelmine|Weimar|Hinterhaus/)
  })

  it('has one entry for an import of 1,000 records, which counts them all and names the first 20', async () => {
    const products = Array.from({ length: 1_000 }, (_, index) => aProduct(`TEA-${index}`))
    await importRecords('products', products)
    const [entry, ...others] = await readAudit(ordering)
    expect(others).toEqual([])
    expect(entry?.after).toEqual({ '/created': 1_000, '/changed': 0 })
    expect(entry?.records?.map(({ id }) => id)).toEqual(products.slice(0, 20).map(({ sku }) => sku))
  })

  it('names a customer no more who was erased, and still the others of that import', async () => {
    const { customer } = anOrder()
    await importRecords('customers', [customer, { ...customer, id: 'MOHN' }])
    const body = { customer: customer.id, preview: false }
    expect((await billing.send('POST', '/api/personal-data/erase', body)).status).toBe(200)
    const [imported] = await readAudit(ordering)
    expect(imported?.records).toEqual([
      { id: null, fields: null },
      { id: 'MOHN', fields: null },
    ])
    await importRecords('customers', [customer])
    expect((await readAudit(ordering)).map(({ act }) => act)).toEqual(['customers imported', 'customer erased'])
  })

  it('holds no personal data, but fingerprints that one who has the salt can hold a value against', async () => {
    const secret = 'Wilhelmine Musterfrau'
    const customer = { ...anOrder().customer, name: secret, email: 'wilhelmine@example.com' }
    await placeOrder(ordering, anOrder({ customer, note: 'Her dog is called Waldi' }))
    await amendOrder(ordering, 1, anOrder({ note: 'Waldi bites' }))
    const rows = await ordering.sql<{ act: string; before: string; salt: string }>('SELECT * FROM audit')
    expect(JSON.stringify(rows)).not.toMatch(/Wilhelmine|wilhelmine|Waldi|Kornblume/)
    const amended = rows.find(({ act }) => act === 'amended')
    const before = JSON.parse(amended?.before ?? '') as Record<string, string>
    expect(before['/customer/name']).toBe(await fingerprintOf(amended?.salt ?? '', '/customer/name', secret))
    expect(before['/customer/name']).not.toBe(before['/note'])
    expect(await (await ordering.fetch('/api/audit')).text()).not.toContain(amended?.salt)
  })

  it('is written with the change or not at all', async () => {
    await placeDraft(ordering)
    await ordering.failDatabase({ kind: 'refuse', matching: 'INSERT INTO audit', times: 3 })
    expect((await ordering.send('POST', '/api/orders/1/confirm')).status).toBe(503)
    expect((await ordering.send('POST', '/api/orders', anOrder())).status).toBe(503)
    expect((await ordering.send('DELETE', '/api/orders/1')).status).toBe(503)
    expect(await ordering.sql('SELECT number, state FROM orders')).toEqual([{ number: 1, state: 'Draft' }])
    expect(await readAudit(ordering)).toHaveLength(1)
  })

  it('is read on from a number, with a link to what comes next', async () => {
    for (let nr = 1; nr <= 3; nr += 1) await placeDraft(ordering)
    const first = await ordering.fetch('/api/audit?limit=2')
    expect(first.headers.get('Link')).toBe('</api/audit?after=2&limit=2>; rel="next"')
    expect((await readLines(first)).map(({ nr }) => nr)).toEqual([1, 2])
    const rest = await ordering.fetch('/api/audit?after=2&limit=2')
    expect(rest.headers.get('Link')).toBe(null)
    expect((await readLines(rest)).map(({ nr }) => nr)).toEqual([3])
    for (const query of ['limit=0', 'limit=1001', 'after=-1', 'after=x', 'limit=1e3']) {
      expect((await ordering.fetch(`/api/audit?${query}`)).status).toBe(400)
    }
  })

  it('is shown at the order, with the fields by their names', async () => {
    await placeDraft(ordering)
    await amendOrder(ordering, 1, anOrder({ note: 'Ring twice' }))
    const page = await (await ordering.fetch('/orders/1')).text()
    expect(page).toContain(`Entered by <bdi>${ME}</bdi>, revision 1`)
    expect(page).toMatch(/Amended by <bdi>you@example\.com<\/bdi>, revision 2.*<p>Note<\/p>/s)
  })
})

describe('the audit of billing', () => {
  it('tells who approved and who rejected, with the number that was given', async () => {
    await placeOrder(ordering)
    await placeOrder(ordering)
    await together.pull()
    const approved = await approve(billing, 1)
    await reject(billing, 2, 'The address of Wilhelmine is wrong')
    const entries = await readAudit(billing)
    expect(entries).toMatchObject([
      {
        act: 'approved',
        by: ME,
        orderNumber: 1,
        requestId: approved.headers.get('X-Request-Id'),
        before: { '/state': 'ToApprove' },
        after: { '/state': 'Approved', '/invoiceNumber': expect.stringMatching(/^\d{4}-000001$/) as string },
      },
      { act: 'rejected', orderNumber: 2, after: { '/state': 'Rejected' } },
    ])
    expect(JSON.stringify(entries)).not.toContain('Wilhelmine')
  })

  it('tells who put the token back, and from where', async () => {
    await placeOrder(ordering)
    const { token } = await together.pull()
    await billing.send('POST', '/api/sync/reset', { token: null, preview: true })
    await billing.send('POST', '/api/sync/reset', { token: null, preview: false })
    expect(await readAudit(billing)).toMatchObject([
      { act: 'token reset', by: ME, before: { '/token': token }, after: { '/token': null } },
    ])
  })
})

describe.each(['ordering', 'billing'] as const)('an entry in %s', (app) => {
  it.each([
    'DELETE FROM audit',
    `UPDATE audit SET by = 'ana@example.com'`,
    `UPDATE audit SET after = '{}'`,
    'UPDATE audit SET rowid = 9',
    'UPDATE audit SET nr = 9',
    `UPDATE OR REPLACE audit SET rowid = 2`,
    `INSERT OR REPLACE INTO audit (nr, at, by, act, request_id) VALUES (1, '', '', '', '')`,
    `REPLACE INTO audit (nr, at, by, act, request_id) VALUES (1, '', '', '', '')`,
  ])('is not changed by SQL: %s', async (statement) => {
    await placeOrder(ordering)
    await together.pull()
    await approve(billing, 1)
    const before = await together[app].sql('SELECT * FROM audit')
    expect(before.length).toBeGreaterThan(0)
    await expect(together[app].sql(statement)).rejects.toThrow(/the audit|an entry of the audit/)
    expect(await together[app].sql('SELECT * FROM audit')).toEqual(before)
  })
})

it.each([
  'DELETE FROM audited_records',
  `UPDATE audited_records SET record_id = 'TEA-2'`,
  'UPDATE audited_records SET record_id = NULL',
  'UPDATE audited_records SET fields = NULL',
  'UPDATE audited_records SET audit_nr = 9',
  `UPDATE OR REPLACE audited_records SET place = 2, record_id = NULL`,
  `REPLACE INTO audited_records (audit_nr, place, catalogue) VALUES (1, 1, 'products')`,
])('what an entry names of the catalogue is not changed by SQL: %s', async (statement) => {
  await importRecords('products', [aProduct('TEA-1')])
  await importRecords('products', [{ ...aProduct('TEA-1'), unitPrice: 450 }])
  const before = await ordering.sql('SELECT * FROM audited_records')
  expect(before).toHaveLength(2)
  await expect(ordering.sql(statement)).rejects.toThrow(/audit/)
  expect(await ordering.sql('SELECT * FROM audited_records')).toEqual(before)
})
