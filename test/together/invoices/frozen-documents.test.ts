import { beforeEach, describe, expect, it } from 'vitest'
import { keepMoment, restoreMoment } from '../../../shared/simulator/moment.ts'
import { placeOrder } from '../../support/orders.ts'
import { startTogether, type Together } from '../../support/together.ts'

/** Another seller, in a zone where it is mostly another day: Kiritimati is 13 or 12 hours ahead of Berlin. */
const OTHERWISE = {
  billing: {
    SELLER_NAME: 'Frachtbrief AG',
    SELLER_ADDRESS: 'Bahnhofstr. 1\n8001 Zürich\nCH',
    SELLER_VAT_ID: 'CHE-000.000.000',
    SELLER_BANK: 'IBAN CH00 0000 0000 0000 0000 0',
    DAYS_TO_PAY: 7,
    TIME_ZONE: 'Pacific/Kiritimati',
  },
}
const WAYBILL = {
  name: 'Waybill Trading GmbH',
  address: ['Hafenstr. 12', '20457 Hamburg', 'DE'],
  vatId: 'DE000000000',
  bank: 'IBAN DE00 0000 0000 0000 0000 00',
}

let together: Together
beforeEach(async () => {
  together = await startTogether()
})

async function read(path: string): Promise<string> {
  const answer = await together.billing.fetch(path)
  return `${answer.status} ${answer.headers.get('ETag') ?? ''} ${await answer.text()}`
}

async function readJson(path: string): Promise<Record<string, unknown>> {
  return (await (await together.billing.fetch(path)).json()) as Record<string, unknown>
}

async function act(path: string, body?: unknown): Promise<number> {
  const etag = (await together.billing.fetch('/api/invoices/1')).headers.get('ETag') ?? ''
  return (await together.billing.send('POST', path, body, { 'If-Match': etag })).status
}

/** Everything that shows what was issued: the API, the documents as printed, the lists, the month's export. */
async function readIssued(): Promise<string[]> {
  const { issuedOn } = await readJson('/api/invoices/1')
  const paths = [
    '/api/invoices/1',
    '/api/invoices',
    '/api/credit-notes/2',
    '/api/credit-notes',
    `/invoices.csv?month=${String(issuedOn).slice(0, 7)}`,
    '/credit-notes',
  ]
  const documents = await Promise.all(['/invoices/1', '/credit-notes/2'].map(readDocument))
  return [...(await Promise.all(paths.map(read))), ...documents]
}

/** The sheet alone: what stands round it is written for who looks at it, when they do. */
async function readDocument(path: string): Promise<string> {
  const [sheet] = /<article.*<\/article>/s.exec(await read(path)) ?? []
  if (sheet === undefined) throw new Error(`${path} shows no document`)
  return sheet
}

describe('an issued document', () => {
  it('is not changed by configuration that changes later', async () => {
    await placeOrder(together.ordering)
    await together.pull()
    expect(await readJson('/api/invoices/1')).toMatchObject({ issuedOn: null, dueOn: null, seller: null })
    expect(await act('/api/invoices/1/approve')).toBe(200)
    expect(await act('/api/invoices/1/credit-notes', { reason: 'Came broken', lines: [0] })).toBe(201)
    const invoice = await readJson('/api/invoices/1')
    const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Berlin' })
    const decidedOn = today.format(new Date(String(invoice['decidedAt'])))
    const dueOn = new Date(Date.parse(decidedOn) + 30 * 86_400_000).toISOString().slice(0, 10)
    expect(invoice).toMatchObject({ issuedOn: decidedOn, dueOn, seller: WAYBILL })
    expect(await readJson('/api/credit-notes/2')).toMatchObject({ issuedOn: decidedOn, seller: WAYBILL })
    const issued = await readIssued()
    expect(issued.join('')).toContain('Waybill Trading GmbH')

    await together.restart(OTHERWISE)
    expect(await readIssued()).toEqual(issued)
  })

  it('comes back by the ledger, under other configuration, just as it was issued', async () => {
    await placeOrder(together.ordering)
    await together.pull()
    await keepMoment(together.billing, 1)
    expect(await act('/api/invoices/1/approve')).toBe(200)
    expect(await act('/api/invoices/1/credit-notes', { reason: 'Came broken', lines: [0] })).toBe(201)
    const issued = await readIssued()

    await together.restart(OTHERWISE)
    await restoreMoment(together.billing, 1)
    expect(await readJson('/api/invoices/1')).toMatchObject({ state: 'ToApprove', seller: null })
    await together.pull()
    expect(await readIssued()).toEqual(issued)
  })

  it('that is issued after the change says what is configured then', async () => {
    await placeOrder(together.ordering)
    await together.pull()
    await together.restart(OTHERWISE)
    expect(await readDocument('/invoices/1')).toContain('Frachtbrief AG')
    expect(await act('/api/invoices/1/approve')).toBe(200)
    const { issuedOn, dueOn, seller, invoiceNumber } = await readJson('/api/invoices/1')
    expect(seller).toEqual({
      name: 'Frachtbrief AG',
      address: ['Bahnhofstr. 1', '8001 Zürich', 'CH'],
      vatId: 'CHE-000.000.000',
      bank: 'IBAN CH00 0000 0000 0000 0000 0',
    })
    expect(Date.parse(String(dueOn)) - Date.parse(String(issuedOn))).toBe(7 * 86_400_000)
    expect(String(invoiceNumber).slice(0, 4)).toBe(String(issuedOn).slice(0, 4))
    const [decision] = await together.billing.sql('SELECT time_zone AS zone, issued_on AS day FROM decisions')
    expect(decision).toEqual({ zone: 'Pacific/Kiritimati', day: issuedOn })
  })

  it.each([
    `UPDATE invoices SET issued_on = '2020-01-01'`,
    `UPDATE invoices SET due_on = '2020-01-01'`,
    `UPDATE invoices SET seller = NULL`,
    `UPDATE credit_notes SET issued_on = '2020-01-01'`,
    `UPDATE credit_notes SET seller = NULL`,
    `UPDATE decisions SET issued_on = '2020-01-01'`,
    `UPDATE decisions SET due_on = '2020-01-01'`,
    `UPDATE decisions SET time_zone = 'UTC'`,
    `UPDATE decisions SET seller = NULL`,
  ])('is not changed by SQL, not even while a customer is erased: %s', async (change) => {
    const { ordering, billing, pull } = together
    await placeOrder(ordering)
    await pull()
    expect(await act('/api/invoices/1/approve')).toBe(200)
    expect(await act('/api/invoices/1/credit-notes', { reason: 'Came broken' })).toBe(201)
    await expect(billing.sql(change)).rejects.toThrow(/never changes/)
    const erasing = ['UPDATE erasure SET running = 1', change, 'UPDATE erasure SET running = 0']
    await expect(billing.batch(erasing.map((query) => ({ query, values: [] })))).rejects.toThrow(/never changes/)
  })
})
