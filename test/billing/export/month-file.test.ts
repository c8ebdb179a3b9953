import { strFromU8, unzipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { anOrder, order10248, orderAtTwoRates, placeOrder } from '../../support/orders.ts'
import type { RunningWorker } from '../../../shared/simulator/running-worker.ts'
import { startTogether, type Together } from '../../support/together.ts'
import { approve, headingOf, readInvoice } from '../support.ts'

const LINES = /^\uFEFF?(.*)\r\n/gm

/** The month where the business is, as tests expect it. */
function thisMonth(): string {
  const format = new Intl.DateTimeFormat('en-CA', { year: 'numeric', month: '2-digit', timeZone: 'Europe/Berlin' })
  return format.format(new Date()).slice(0, 7)
}

const HEADINGS =
  'Document,Number,Date,Due,Day of supply,Corrects invoice,Order,Customer ID,Customer,Country,VAT ID,Currency,Tax ' +
  'rate %,' +
  'Net at this rate,Tax at this rate,Gross at this rate,Document net,Document tax,Document total,Tax exemption ' +
  'reason,Issued by,Reason'

/** Two invoices, one at two rates, one to a customer with a hostile name; and a credit note for a line of the first. */
async function issueThree(): Promise<Together> {
  const together = await startTogether()
  const { ordering, billing, pull } = together
  const { customer } = anOrder()
  await placeOrder(ordering, {
    ...orderAtTwoRates,
    suppliedOn: '2026-03-05',
    taxExemptionReason: 'Not for these rates',
  })
  await placeOrder(ordering, {
    ...order10248,
    taxExemptionReason: 'Export',
    customer: { ...customer, name: `Foo;=cmd|' /C calc'!A0;x` },
  })
  await placeOrder(ordering)
  await pull()
  await approve(billing, 1)
  await approve(billing, 2)
  const { etag } = await readInvoice(billing, 1)
  const request = { reason: 'Came broken', lines: [1] }
  await billing.send('POST', '/api/invoices/1/credit-notes', request, { 'If-Match': etag })
  return together
}

describe('GET /invoices.csv', () => {
  it('lists what was issued in the month by tax rate, credit notes below 0, with totals, and no formula', async () => {
    const { billing } = await issueThree()
    const read = async (path: string, language: string) => {
      const answer = await billing.fetch(path, { headers: { 'Accept-Language': language } })
      const lines = [...(await answer.text()).matchAll(LINES)].map(([, line]) => line ?? '')
      return { answer, lines: lines.map((line) => line.replaceAll(/\d{4}-\d\d-\d\d/g, 'DAY')) }
    }
    const path = `/invoices.csv?month=${thisMonth()}`
    const { answer, lines } = await read(path, 'en-GB')
    expect(answer.headers.get('Content-Disposition')).toContain(`invoices-${thisMonth()}.csv`)
    const year = thisMonth().slice(0, 4)
    const linden = '1,LINDEN,Lindenhof Teehandel,DE,DE000000001,EUR'
    const by = 'you@example.com'
    expect(lines).toEqual([
      HEADINGS,
      `Invoice,${year}-000001,DAY,DAY,DAY,,${linden},7,40.00,2.80,42.80,100.00,14.20,114.20,,${by},`,
      `Invoice,${year}-000001,DAY,DAY,DAY,,${linden},19,60.00,11.40,71.40,,,,,${by},`,
      `Invoice,${year}-000002,DAY,DAY,,,2,KORN,"Foo;'=cmd|' /C calc'!A0;x",DE,,USD,0,200.38,0.00,200.38,200.38,0.00,200.38,Export,${by},`,
      `Credit note,C${year}-000001,DAY,,,${year}-000001,${linden},19,-49.50,-9.41,-58.91,-49.50,-9.41,-58.91,,${by},Came broken`,
      'Total,,,,,,,,,,,EUR,7,40.00,2.80,42.80,50.50,4.79,55.29,,,',
      'Total,,,,,,,,,,,EUR,19,10.50,1.99,12.49,,,,,,',
      'Total,,,,,,,,,,,USD,0,200.38,0.00,200.38,200.38,0.00,200.38,,,',
    ])
    const german = (await read(path, 'de-DE')).lines
    expect(german[1]).toBe(
      `Invoice;${year}-000001;DAY;DAY;DAY;;1;LINDEN;Lindenhof Teehandel;DE;DE000000001;EUR;7;40,00;2,80;42,80;100,00;14,20;114,20;;${by};`,
    )
    expect(german[3]).toContain(`;"Foo;'=cmd|' /C calc'!A0;x";`)
    expect((await read(`${path}&csv=comma`, 'de-DE')).lines).toEqual(lines)
  })

  it('is a workbook at /invoices.xlsx', async () => {
    const { billing } = await issueThree()
    const answer = await billing.fetch(`/invoices.xlsx?month=${thisMonth()}`)
    expect(answer.headers.get('Content-Disposition')).toContain(`invoices-${thisMonth()}.xlsx`)
    const { 'xl/worksheets/sheet1.xml': sheet } = unzipSync(new Uint8Array(await answer.arrayBuffer()))
    const xml = strFromU8(sheet ?? new Uint8Array())
    expect(xml).toContain(
      `<c r="I4" s="2" t="inlineStr"><is><t xml:space="preserve">Foo;=cmd|' /C calc'!A0;x</t></is></c>`,
    )
    expect(xml).toContain('<c r="S5" s="6"><v>-58.91</v></c>')
    expect(xml).toContain('<c r="T4" s="2" t="inlineStr"><is><t xml:space="preserve">Export</t></is></c>')
    expect(xml).not.toContain('<f>')
    expect((await billing.fetch('/invoices.xlsx?month=2026-13')).status).toBe(400)
  })

  it('adds up more than a number holds, exactly', async () => {
    const { billing } = await startTogether()
    await insertInvoices(
      billing,
      12,
      `json_array(json_object('sku', 'S', 'description', 'S', 'quantity', 1,
      'unitPrice', 999999999999999, 'discountPercent', 0, 'taxPercent', 0))`,
    )
    const text = await (await billing.fetch('/invoices.csv?month=2026-01')).text()
    expect(text).toContain('Total,,,,,,,,,,,EUR,0,119999999999999.88,0.00,119999999999999.88,')
  })

  it('goes by the days on the documents, and reads a long month to its end', async () => {
    const { billing } = await startTogether()
    await insertInvoices(billing, 250, `json('[]')`)
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
    expect(headingOf(await answer.text())).toBe('The list cannot be filtered this way')
  })
})

/** Issued invoices by SQL alone, the first 20 in January and the others in February. `lines` is SQL. */
async function insertInvoices(billing: RunningWorker, count: number, lines: string): Promise<void> {
  await billing.sql(`
    WITH RECURSIVE n (nr) AS (SELECT 1 UNION ALL SELECT nr + 1 FROM n WHERE nr < ${count})
    INSERT INTO decisions (nr, decision_id, kind, invoice_id, order_number, issued_number, document, order_revision,
      order_fingerprint, invoice_created_at, decided_at, decided_by, witnessed)
    SELECT nr, nr, 'approved', nr, nr, printf('2026-%06d', nr), '{}', 1, 1, '', '', 'ada@example.com', 1 FROM n`)
  await billing.sql(`
    INSERT INTO invoices (id, order_number, state, created_at, invoice_number, document, decided_at, decided_by, decision,
      issued_on)
    SELECT nr, nr, 'Approved', '2026-01-01T00:00:00Z', issued_number,
      json_object('number', nr, 'currency', 'EUR', 'customer',
        json_object('id', 'K', 'name', 'K', 'vatId', NULL, 'address', json_object('country', 'DE')),
        'lines', ${lines}, 'charges', json('[]'), 'suppliedOn', NULL, 'taxExemptionReason', NULL),
      '2026-01-31T22:30:00.000Z', 'ada@example.com', nr, iif(nr <= 20, '2026-01-31', '2026-02-01')
    FROM decisions`)
}
