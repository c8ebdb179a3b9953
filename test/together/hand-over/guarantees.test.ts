import { beforeEach, describe, expect, it } from 'vitest'
import type { Invoice } from '../../../workers/billing/documents/invoice.ts'
import type { DatabaseFault } from '../../../shared/simulator/fault.ts'
import { amendOrder, anOrder, deleteOrder, placeOrder } from '../../support/orders.ts'
import type { Answer } from '../../../shared/simulator/running-worker.ts'
import { startTogether, type Together } from '../../support/together.ts'
import { findAllowed } from '../allowed-statements.ts'
import { expireLease, pullToEnd, readBilling, readOrdering } from '../both-sides.ts'
import { insertManyBySql } from '../sql-orders.ts'

// The first guarantee is held by histories.test.ts, the fourth by kept-rows.test.ts as well.

let together: Together
beforeEach(async () => {
  together = await startTogether()
})

async function approve(id: number): Promise<Answer> {
  const { billing } = together
  const etag = (await billing.fetch(`/api/invoices/${id}`)).headers.get('ETag') ?? ''
  return billing.send('POST', `/api/invoices/${id}/approve`, undefined, { 'If-Match': etag })
}

async function readInvoice(id: number): Promise<Invoice> {
  return (await (await together.billing.fetch(`/api/invoices/${id}`)).json()) as Invoice
}

/** The invoice numbers that were given, in order. */
async function readNumbers(): Promise<(string | number | null | undefined)[]> {
  const rows = await together.billing.sql(
    'SELECT invoice_number AS nr FROM invoices WHERE invoice_number IS NOT NULL ORDER BY invoice_number',
  )
  return rows.map(({ nr }) => nr)
}

function firstNumbers(count: number): string[] {
  const year = new Date().getFullYear()
  return Array.from({ length: count }, (_, index) => `${year}-${String(index + 1).padStart(6, '0')}`)
}

describe('guarantee 1: every order that was ever confirmed arrives', () => {
  it('when it changes while a page is read, after the page was read, and while the page is stored', async () => {
    const { ordering, pull } = together
    await insertManyBySql(ordering, { from: 1, to: 3 })
    for (let round = 1; round <= 5; round += 1) {
      await Promise.all([
        pull(),
        amendOrder(ordering, 1, anOrder({ note: `round ${round}` })),
        amendOrder(ordering, 2, anOrder({ note: `round ${round}` })),
      ])
    }
    await pullToEnd(together)
    expect(await readBilling(together.billing)).toEqual(await readOrdering(ordering))
  })
})

describe('guarantee 2: the token is stored with what its page brought', () => {
  it.each(['refuse', 'land-late'] as const)('not at all when the page fails (%s)', async (kind) => {
    const { ordering, billing, pull } = together
    await placeOrder(ordering)
    const { token } = await pull()
    await placeOrder(ordering)
    await billing.failDatabase({ kind, matching: 'UPDATE order_pull SET token' })
    await pull()
    expect(await billing.sql('SELECT token FROM order_pull')).toEqual([{ token }])
    expect(await readBilling(billing)).toHaveLength(1)
  })

  it('whole when the page was stored and the answer was lost', async () => {
    const { ordering, billing, pull } = together
    await placeOrder(ordering)
    await billing.failDatabase({ kind: 'lose-answer', matching: 'UPDATE order_pull SET token' })
    expect(await pull()).toMatchObject({ outcome: 'failed' })
    expect(await billing.sql(`SELECT token LIKE '%.1' AS stands FROM order_pull`)).toEqual([{ stands: 1 }])
    expect(await readBilling(billing)).toHaveLength(1)
    await expireLease(together)
    expect(await pull()).toMatchObject({ outcome: 'ok', created: 0, unchanged: 0, pages: 0 })
  })

  it('not at all when one statement of the page is refused as a mistake of the database', async () => {
    const { ordering, billing, pull } = together
    await placeOrder(ordering)
    await billing.sql(`CREATE TRIGGER breaks BEFORE INSERT ON invoices BEGIN SELECT RAISE(ABORT, 'broken'); END`)
    expect(await pull()).toMatchObject({ outcome: 'failed', token: null })
    expect(await readBilling(billing)).toEqual([])
    await billing.sql('DROP TRIGGER breaks')
    expect(await pull()).toMatchObject({ outcome: 'ok', created: 1 })
  })
})

describe('guarantee 3: an older revision never overwrites a newer one', () => {
  const older: DatabaseFault = { kind: 'land-late', matching: 'INSERT INTO orders' }

  it('when the link’s store lands after the pull’s', async () => {
    const { ordering, billing, pull } = together
    await placeOrder(ordering)
    await pull()
    await billing.failDatabase(older)
    expect((await billing.fetch('/link/new_order/1')).status).toBe(503)
    await amendOrder(ordering, 1, anOrder({ note: 'newer' }))
    await pull()
    await billing.landLate()
    expect(await readBilling(billing)).toMatchObject([{ revision: 3, content: { note: 'newer' } }])
  })

  it('when the pull brings what the link has overtaken', async () => {
    const { ordering, billing, relay, pull } = together
    await placeOrder(ordering)
    await amendOrder(ordering, 1, anOrder({ note: 'newer' }))
    await billing.fetch('/link/new_order/1')
    await relay.fail({ kind: 'replace', matching: '/orders?', text: '"revision":3', by: '"revision":2' })
    expect(await pull()).toMatchObject({ outcome: 'ok', unchanged: 1, changed: 0 })
    expect(await readBilling(billing)).toMatchObject([{ revision: 3, content: { note: 'newer' } }])
  })

  it('when a page lands late, the lease and the run being what they were', async () => {
    const { ordering, billing, pull } = together
    await placeOrder(ordering)
    await billing.failDatabase({ kind: 'land-late', matching: 'UPDATE order_pull SET token' }, { kind: 'refuse' })
    await pull()
    await amendOrder(ordering, 1, anOrder({ note: 'newer' }))
    expect((await billing.fetch('/link/new_order/1')).status).toBe(200)
    await billing.landLate()
    expect(await readBilling(billing)).toMatchObject([{ revision: 3, content: { note: 'newer' } }])
    await expireLease(together)
    await pullToEnd(together)
    expect(await readBilling(billing)).toEqual(await readOrdering(ordering))
  })
})

describe('guarantee 5: one order, one invoice; approved, it never changes; no gaps', () => {
  it('one invoice, whichever way the order comes and however often', async () => {
    const { ordering, billing, pull } = together
    await placeOrder(ordering)
    const follow = () => billing.fetch('/link/new_order/1')
    await Promise.all([follow(), pull(), follow(), pull(), follow()])
    await amendOrder(ordering, 1, anOrder({ note: 'amended' }))
    await Promise.all([pull(), follow(), follow()])
    expect(await billing.sql('SELECT order_number FROM invoices')).toEqual([{ order_number: 1 }])
  })

  it('the approved one stays as it was, and tells that its order was changed and deleted', async () => {
    const { ordering, pull } = together
    await placeOrder(ordering)
    await pull()
    await approve(1)
    const approved = await readInvoice(1)
    expect(approved).toMatchObject({ state: 'Approved', invoiceNumber: firstNumbers(1)[0] })
    await amendOrder(ordering, 1, anOrder({ note: 'amended' }))
    await pull()
    expect(await readInvoice(1)).toEqual({ ...approved, orderChangedSince: true, mismatched: true })
    await deleteOrder(ordering, 1)
    await pull()
    expect(await readInvoice(1)).toEqual({ ...approved, orderChangedSince: true, orderDeleted: true, mismatched: true })
  })

  it('the approved one is not to be changed by SQL either', async () => {
    const { ordering, billing, pull } = together
    await placeOrder(ordering)
    await pull()
    await approve(1)
    const allowed = await findAllowed(
      billing,
      'invoices',
      `UPDATE invoices SET state = 'ToApprove', invoice_number = NULL`,
      `UPDATE invoices SET document = '{}'`,
      `UPDATE invoices SET invoice_number = '2026-000009'`,
      'UPDATE invoices SET decided_by = NULL',
      'UPDATE OR REPLACE invoices SET id = 9',
      'UPDATE invoices SET rowid = 9',
      'DELETE FROM invoices',
    )
    expect(allowed).toEqual([])
  })

  it('numbers without gaps when many are approved at once', async () => {
    await insertManyBySql(together.ordering, { from: 1, to: 8 })
    await together.pull()
    const answers = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(approve))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200))
    expect(await readNumbers()).toEqual(firstNumbers(8))
  })

  it('one number when an invoice is approved twice at once', async () => {
    await insertManyBySql(together.ordering, { from: 1, to: 1 })
    await together.pull()
    const answers = await Promise.all([approve(1), approve(1), approve(1)])
    expect(answers.map(({ status }) => String(status)).sort()).toEqual(['200', '409', '409'])
    expect(await readNumbers()).toEqual(firstNumbers(1))
  })

  it.each(['refuse', 'lose-answer', 'land-late'] as const)(
    'numbers without gaps when the database fails an approval (%s)',
    async (kind) => {
      const { ordering, billing, pull } = together
      await insertManyBySql(ordering, { from: 1, to: 4 })
      await pull()
      await approve(1)
      await billing.failDatabase({ kind, matching: 'INSERT INTO decisions' })
      expect((await approve(2)).status).toBe(503)
      expect((await approve(3)).status).toBe(200)
      await billing.landLate()
      const { status } = await approve(2)
      expect(status).toBe(kind === 'lose-answer' ? 409 : 200)
      await approve(4)
      expect(await readNumbers()).toEqual(firstNumbers(4))
      expect(await billing.sql('SELECT count(*) AS approvals FROM decisions')).toEqual([{ approvals: 4 }])
    },
  )
})
