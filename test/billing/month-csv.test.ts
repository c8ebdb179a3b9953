import { describe, expect, it } from 'vitest'
import { anOrder, order10248, orderAtTwoRates, placeOrder } from '../support/orders.ts'
import { startTogether } from '../support/together.ts'
import { approve, headingOf, readInvoice } from './support.ts'

const LINES = /^\uFEFF?(.*)\r\n/gm

/** The month where the business is, as tests expect it. */
function thisMonth(): string {
  const format = new Intl.DateTimeFormat('en-CA', { year: 'numeric', month: '2-digit', timeZone: 'Europe/Berlin' })
  return format.format(new Date()).slice(0, 7)
}

describe('GET /invoices.csv', () => {
  it('lists what was issued in the month, credit notes below 0, and no formula', async () => {
    const { ordering, billing, pull } = await startTogether()
    const { customer } = anOrder()
    await placeOrder(ordering, orderAtTwoRates)
    await placeOrder(ordering, { ...order10248, customer: { ...customer, name: '=HYPERLINK("x")' } })
    await placeOrder(ordering)
    await pull()
    await approve(billing, 1)
    await approve(billing, 2)
    const { etag } = await readInvoice(billing, 1)
    const request = { reason: 'Came broken', lines: [1] }
    await billing.send('POST', '/api/invoices/1/credit-notes', request, { 'If-Match': etag })
    const answer = await billing.fetch(`/invoices.csv?month=${thisMonth()}`)
    expect(answer.headers.get('Content-Disposition')).toContain(`invoices-${thisMonth()}.csv`)
    const lines = [...(await answer.text()).matchAll(LINES)].map(([, line]) =>
      line?.replaceAll(/\d{4}-\d\d-\d\d/g, 'DAY'),
    )
    const year = thisMonth().slice(0, 4)
    expect(lines).toEqual([
      'kind,number,date,correctsInvoice,order,customerId,customerName,vatId,currency,net,tax,gross,issuedBy,reason',
      `Invoice,${year}-000001,DAY,,1,LINDEN,Lindenhof Teehandel,DE000000001,EUR,100,14.2,114.2,you@example.com,`,
      `Invoice,${year}-000002,DAY,,2,KORN,"'=HYPERLINK(""x"")",,USD,200.38,0,200.38,you@example.com,`,
      `Credit note,C${year}-000001,DAY,${year}-000001,1,LINDEN,Lindenhof Teehandel,DE000000001,EUR,-49.5,-9.41,-58.91,you@example.com,Came broken`,
    ])
  })

  it('goes by the days on the documents, and reads a long month to its end', async () => {
    const { billing } = await startTogether()
    await billing.sql(`
      WITH RECURSIVE n (nr) AS (SELECT 1 UNION ALL SELECT nr + 1 FROM n WHERE nr < 250)
      INSERT INTO decisions (nr, decision_id, kind, invoice_id, order_number, issued_number, document, order_revision,
        order_fingerprint, invoice_created_at, decided_at, decided_by, witnessed)
      SELECT nr, nr, 'approved', nr, nr, printf('2026-%06d', nr), '{}', 1, 1, '', '', 'ada@example.com', 1 FROM n`)
    await billing.sql(`
      INSERT INTO invoices (id, order_number, state, created_at, invoice_number, document, decided_at, decided_by, decision,
        issued_on)
      SELECT nr, nr, 'Approved', '2026-01-01T00:00:00Z', issued_number,
        json_object('number', nr, 'currency', 'EUR', 'customer', json_object('id', 'K', 'name', 'K', 'vatId', NULL),
          'lines', json('[]'), 'charges', json('[]')),
        '2026-01-31T22:30:00.000Z', 'ada@example.com', nr, iif(nr <= 20, '2026-01-31', '2026-02-01')
      FROM decisions`)
    const read = async (month: string) =>
      (await (await billing.fetch(`/invoices.csv?month=${month}`)).text()).match(/^Invoice,/gm)
    expect(await read('2026-01')).toHaveLength(20)
    expect(await read('2026-02')).toHaveLength(230)
    expect(await read('2026-03')).toBeNull()
  })

  it.each(['', '?month=2026-13', '?month=2026', '?month='])('answers 400 with a page to %j', async (query) => {
    const { billing } = await startTogether()
    const answer = await billing.fetch(`/invoices.csv${query}`)
    expect(answer.status).toBe(400)
    expect(headingOf(await answer.text())).toBe('The list cannot be filtered like this')
  })
})
