import { beforeEach, describe, expect, it } from 'vitest'
import { approve, readInvoice } from '../../billing/support.ts'
import { anOrder, deleteOrder, placeDraft, placeOrder, readOrder } from '../../support/orders.ts'
import { startTogether, type Together } from '../../support/together.ts'
import { findAllowed } from '../allowed-statements.ts'

let together: Together
beforeEach(async () => {
  together = await startTogether()
})

describe('a row of an order', () => {
  beforeEach(async () => {
    await placeOrder(together.ordering, anOrder({ externalId: 'A-1' }))
    await placeOrder(together.ordering, anOrder({ externalId: 'A-2' }))
  })

  const columns = 'number, external_id, placed_at, updated_at, updated_by, currency, customer, customer_name_folded'
  const copied =
    'placed_at, updated_at, updated_by, currency, customer, customer_name_folded FROM orders WHERE number = 1'

  it('is kept: DELETE is refused', async () => {
    expect(
      await findAllowed(
        together.ordering,
        'orders',
        'DELETE FROM orders',
        'DELETE FROM orders WHERE number = 1',
        'DELETE FROM orders WHERE rowid = 2',
      ),
    ).toEqual([])
  })

  it('is not replaced: INSERT OR REPLACE is refused', async () => {
    expect(
      await findAllowed(
        together.ordering,
        'orders',
        `INSERT OR REPLACE INTO orders (${columns}) SELECT 1, 'A-3', ${copied}`,
        `INSERT OR REPLACE INTO orders (${columns}) SELECT 3, 'A-1', ${copied}`,
        `REPLACE INTO orders (${columns}) SELECT 2, NULL, ${copied}`,
      ),
    ).toEqual([])
  })

  it('is not replaced: UPDATE OR REPLACE is refused', async () => {
    expect(
      await findAllowed(
        together.ordering,
        'orders',
        'UPDATE OR REPLACE orders SET number = 2 WHERE number = 1',
        `UPDATE OR REPLACE orders SET external_id = 'A-2' WHERE number = 1`,
      ),
    ).toEqual([])
  })

  it('is not replaced: INSERT … ON CONFLICT DO UPDATE is refused', async () => {
    expect(
      await findAllowed(
        together.ordering,
        'orders',
        `INSERT INTO orders (${columns}) SELECT 1, 'A-3', ${copied} ON CONFLICT (number) DO UPDATE SET note = 'upserted'`,
        `INSERT INTO orders (${columns}) SELECT 3, 'A-1', ${copied} ON CONFLICT DO UPDATE SET number = 9`,
      ),
    ).toEqual([])
  })

  it('never becomes a Draft again', async () => {
    expect(
      await findAllowed(together.ordering, 'orders', `UPDATE orders SET state = 'Draft' WHERE number = 1`),
    ).toEqual([])
    await deleteOrder(together.ordering, 1)
    expect(
      await findAllowed(together.ordering, 'orders', `UPDATE orders SET state = 'Draft' WHERE number = 1`),
    ).toEqual([])
  })
})

describe('a copy of an order in billing', () => {
  beforeEach(async () => {
    await placeOrder(together.ordering)
    await placeOrder(together.ordering)
    await together.pull()
  })

  it('is kept: DELETE and the three forms of REPLACE are refused', async () => {
    expect(
      await findAllowed(
        together.billing,
        'orders',
        'DELETE FROM orders',
        'DELETE FROM orders WHERE number = 1',
        'INSERT OR REPLACE INTO orders SELECT * FROM orders',
        'UPDATE OR REPLACE orders SET number = 2 WHERE number = 1',
        'INSERT INTO orders SELECT * FROM orders WHERE number = 1 ON CONFLICT (number) DO UPDATE SET revision = 9',
      ),
    ).toEqual([])
  })

  it('has an invoice that is kept: DELETE and the three forms of REPLACE are refused', async () => {
    expect(
      await findAllowed(
        together.billing,
        'invoices',
        'DELETE FROM invoices',
        'DELETE FROM invoices WHERE id = 1',
        'INSERT OR REPLACE INTO invoices SELECT * FROM invoices',
        `INSERT OR REPLACE INTO invoices (id, order_number, created_at) VALUES (9, 1, '2026-03-01T08:00:00Z')`,
        'UPDATE OR REPLACE invoices SET id = 2 WHERE id = 1',
        'UPDATE OR REPLACE invoices SET order_number = 2 WHERE id = 1',
        `INSERT INTO invoices SELECT * FROM invoices WHERE id = 1 ON CONFLICT (id) DO UPDATE SET state = 'Cancelled'`,
      ),
    ).toEqual([])
  })
})

describe('a change by SQL', () => {
  beforeEach(async () => {
    await placeOrder(together.ordering)
    await together.pull()
  })

  it('is a new revision that reaches billing, whatever it changes', async () => {
    const { ordering, billing } = together
    for (const statement of CHANGES) {
      const [before] = await ordering.sql<Facts>(FACTS_OF_ORDER)
      await ordering.sql(statement)
      const [after] = await ordering.sql<Facts>(FACTS_OF_ORDER)
      const { outcome } = await together.pull()
      expect({
        statement,
        risen: Number(after?.revision) > Number(before?.revision),
        drawnAgain: after?.fingerprint !== before?.fingerprint,
        outcome,
        copy: await billing.sql('SELECT revision, fingerprint FROM orders'),
      }).toEqual({ statement, risen: true, drawnAgain: true, outcome: 'ok', copy: [after] })
    }
  })

  it('of the day of supply or the reason of exemption stands on the invoice, and takes an approved one from its order', async () => {
    const { ordering, billing } = together
    await ordering.sql(`UPDATE orders SET supplied_on = '2026-03-05', tax_exemption_reason = 'Export' WHERE number = 1`)
    await together.pull()
    const said = { suppliedOn: '2026-03-05', taxExemptionReason: 'Export' }
    expect((await readInvoice(billing, 1)).invoice).toMatchObject(said)
    expect((await approve(billing, 1)).status).toBe(200)
    for (const change of [`supplied_on = '2026-03-06'`, `supplied_on = '2026-03-05', tax_exemption_reason = NULL`]) {
      await ordering.sql(`UPDATE orders SET ${change} WHERE number = 1`)
      await together.pull()
      expect((await readInvoice(billing, 1)).invoice).toMatchObject({ ...said, orderChangedSince: true })
    }
    await ordering.sql(`UPDATE orders SET tax_exemption_reason = 'Export' WHERE number = 1`)
    await together.pull()
    expect((await readInvoice(billing, 1)).invoice).toMatchObject({ ...said, orderChangedSince: false })
  })

  it('leaves the ranges as they are counted from the orders', async () => {
    const { ordering } = together
    await placeOrder(ordering)
    for (const statement of CHANGES) {
      await ordering.sql(statement)
      const counted = await ordering.sql(`SELECT number / 256 AS range, count(*) AS orders,
        sum(fingerprint) AS fingerprints FROM orders WHERE confirmed_at IS NOT NULL GROUP BY 1`)
      expect({ statement, ranges: await ordering.sql('SELECT * FROM order_ranges') }).toEqual({
        statement,
        ranges: counted,
      })
    }
  })

  it('is one revision, however many columns it changes', async () => {
    const { ordering } = together
    await ordering.sql(`UPDATE orders SET note = 'all', lines = json_set(lines, '$[0].quantity', 2.5), charges = '[]'`)
    expect(await ordering.sql('SELECT revision FROM orders')).toEqual([{ revision: 3 }])
  })

  it('that confirms a Draft makes it reach billing, with the time of the change', async () => {
    const { ordering } = together
    await placeDraft(ordering)
    await ordering.sql(`UPDATE orders SET state = 'Confirmed' WHERE number = 2`)
    const { confirmedAt, confirmedBy } = await readOrder(ordering, 2)
    expect(Date.parse(confirmedAt ?? '')).toBeGreaterThan(Date.now() - 60_000)
    expect(confirmedBy).toBe('sql')
    expect(await together.pull()).toMatchObject({ outcome: 'ok', created: 1 })
  })

  it('to a copy in billing voids its fingerprint, so that it is not taken for the order', async () => {
    const { billing } = together
    await billing.sql(`UPDATE orders SET record = json_set(record, '$.note', 'tampered')`)
    expect(await billing.sql('SELECT fingerprint FROM orders')).toEqual([{ fingerprint: null }])
  })
})

type Facts = { revision: number; fingerprint: number }
const FACTS_OF_ORDER = 'SELECT revision, fingerprint FROM orders WHERE number = 1'

const CHANGES = [
  `UPDATE orders SET note = 'by SQL' WHERE number = 1`,
  `UPDATE orders SET customer = json_set(customer, '$.name', 'Kornblume am Markt') WHERE number = 1`,
  `UPDATE orders SET external_id = 'SQL-1' WHERE number = 1`,
  `UPDATE orders SET supplied_on = '2026-03-05' WHERE number = 1`,
  `UPDATE orders SET tax_exemption_reason = 'Export' WHERE number = 1`,
  `UPDATE orders SET currency = 'USD' WHERE number = 1`,
  `UPDATE orders SET charges = '[{"description":"Freight","amount":1,"taxPercent":0}]' WHERE number = 1`,
  `UPDATE orders SET revision = 1 WHERE number = 1`,
  `UPDATE orders SET fingerprint = 7 WHERE number = 1`,
  `UPDATE orders SET confirmed_at = NULL, confirmed_by = NULL WHERE number = 1`,
  `UPDATE orders SET lines = json_insert(lines, '$[#]', json_object('sku', 'RYE-1', 'description', 'Rye, 1 kg',
      'quantity', 0.125, 'unitPrice', 199, 'discountPercent', 0.25, 'taxPercent', 7)) WHERE number = 1`,
  `UPDATE orders SET lines = json_set(lines, '$[0].unitPrice', 300) WHERE number = 1`,
  `UPDATE orders SET lines = json_remove(lines, '$[1]') WHERE number = 1`,
  `UPDATE orders SET state = 'Deleted' WHERE number = 1`,
]
