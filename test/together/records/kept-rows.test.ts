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
    // Without lines, or their foreign key would keep the orders as well.
    await together.ordering.sql('DELETE FROM order_lines')
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

  it('to a line that is deleted, or moved to another order, is a revision of each order that had or has it', async () => {
    const { ordering } = together
    await placeOrder(ordering, anOrder({ lines: [line('A'), line('B')] }))
    const revisions = () => ordering.sql('SELECT revision FROM orders ORDER BY number')
    expect(await revisions()).toEqual([{ revision: 2 }, { revision: 2 }])
    await ordering.sql('DELETE FROM order_lines WHERE order_number = 2 AND position = 1')
    expect(await revisions()).toEqual([{ revision: 2 }, { revision: 3 }])
    await ordering.sql('UPDATE order_lines SET order_number = 1, position = 5 WHERE order_number = 2')
    expect(await revisions()).toEqual([{ revision: 3 }, { revision: 4 }])
    await together.pull()
    expect((await readOrder(ordering, 1)).lines.map(({ sku }) => sku)).toEqual(['OAT-1', 'A'])
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
  `INSERT INTO order_lines (order_number, position, sku, description, quantity_thousandths, unit_price)
      VALUES (1, 1, 'RYE-1', 'Rye, 1 kg', 1000, 199)`,
  `UPDATE order_lines SET unit_price = 300 WHERE order_number = 1`,
  `INSERT OR REPLACE INTO order_lines SELECT order_number, position, sku, 'Oat flakes, 2 kg', quantity_thousandths,
      unit_price, discount_hundredths, tax_hundredths FROM order_lines`,
  `UPDATE orders SET state = 'Deleted' WHERE number = 1`,
]

function line(sku: string) {
  return { sku, description: sku, quantity: 1, unitPrice: 100 }
}
