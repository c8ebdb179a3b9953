import { beforeEach, describe, expect, it } from 'vitest'
import type { CreditNote } from '../../../workers/billing/documents/credit-note.ts'
import type { Invoice } from '../../../workers/billing/documents/invoice.ts'
import { keepMoment, restoreMoment } from '../../../shared/simulator/moment.ts'
import { amendOrder, anOrder, deleteOrder, orderAtTwoRates, placeOrder } from '../../support/orders.ts'
import type { Answer } from '../../../shared/simulator/running-worker.ts'
import { startTogether, type Together } from '../../support/together.ts'
import { approve, headingOf, problemOf, readForm, readInvoice } from '../support.ts'

const REASON = 'The teapot came broken'
const REISSUED = 1_000_000_000_001

let together: Together
beforeEach(async () => {
  together = await startTogether()
})

/** Invoice 1, of order 1 at two rates, approved. */
async function anApprovedInvoice(): Promise<void> {
  await placeOrder(together.ordering, orderAtTwoRates)
  await together.pull()
  await approve(together.billing, 1)
}

/** Credits invoice 1 by the API, on what is seen now. */
async function credit(request: object = { reason: REASON }): Promise<Answer> {
  const { etag } = await readInvoice(together.billing, 1)
  return together.billing.send('POST', '/api/invoices/1/credit-notes', request, { 'If-Match': etag })
}

async function readCreditNotes(query = ''): Promise<{ creditNotes: CreditNote[]; next: number | null }> {
  const answer = await together.billing.fetch(`/api/credit-notes${query}`)
  return (await answer.json()) as { creditNotes: CreditNote[]; next: number | null }
}

describe('POST /api/invoices/:id/credit-notes', () => {
  it('answers 201 with where the credit note is; both name each other', async () => {
    await anApprovedInvoice()
    const answer = await credit()
    expect(answer.status).toBe(201)
    const made = (await answer.json()) as CreditNote
    expect(made.creditNoteNumber).toMatch(/^C\d{4}-000001$/)
    expect(made).toMatchObject({
      invoiceId: 1,
      net: 10000,
      tax: 1420,
      gross: 11420,
      reason: REASON,
      replacementId: null,
    })
    const location = answer.headers.get('Location') ?? ''
    expect(await (await together.billing.fetch(location)).json()).toEqual(made)
    const { invoice } = await readInvoice(together.billing, 1)
    expect(invoice.creditNotes).toEqual([
      {
        id: made.id,
        creditNoteNumber: made.creditNoteNumber,
        gross: 11420,
        linePositions: [0, 1],
        chargePositions: [0],
      },
    ])
    expect(invoice.state).toBe('Approved')
  })

  it('credits by line, each once, and then the rest', async () => {
    await anApprovedInvoice()
    expect(await (await credit({ reason: REASON, lines: [1] })).json()).toMatchObject({ net: 4950, gross: 5891 })
    const twice = await credit({ reason: REASON, lines: [0, 1] })
    expect(await twice.json()).toMatchObject({ type: '/problems/conflict', errors: [{ pointer: '/lines/1' }] })
    expect(await (await credit({ reason: REASON, charges: [0] })).json()).toMatchObject({ net: 1050 })
    expect(await (await credit()).json()).toMatchObject({ linePositions: [0], chargePositions: [] })
    const { invoice } = await readInvoice(together.billing, 1)
    expect(invoice.creditNotes.reduce((sum, { gross }) => sum + gross, 0)).toBe(11420)
    expect(await problemOf(await credit())).toBe('409 /problems/conflict')
    const { creditNotes, next } = await readCreditNotes('?limit=2')
    expect(creditNotes.map(({ creditNoteNumber }) => creditNoteNumber.slice(-1))).toEqual(['3', '2'])
    expect((await readCreditNotes(`?after=${next}`)).creditNotes).toHaveLength(1)
  })

  it.each([
    ['two free lines', [0, 0]],
    ['a paid line beside a free one', [250, 0]],
  ])('leaves of %s what was not credited, whatever the sums say', async (_, prices) => {
    const { ordering, billing, pull } = together
    const lines = prices.map((unitPrice) => ({ sku: 'OAT-1', description: 'Oat flakes', quantity: 1, unitPrice }))
    await placeOrder(ordering, anOrder({ lines }))
    await pull()
    await approve(billing, 1)
    expect((await credit({ reason: REASON, lines: [0] })).status).toBe(201)
    const html = await (await billing.fetch('/invoices/1')).text()
    expect(html).toContain('>Credit invoice</a>')
    expect(html).toContain('1 line or charge')
    expect(html).not.toContain('Reissue invoice')
    const { etag } = await readInvoice(billing, 1)
    const early = await billing.send('POST', '/api/invoices/1/reissue', undefined, { 'If-Match': etag })
    expect(await problemOf(early)).toBe('409 /problems/conflict')
    expect(await (await credit()).json()).toMatchObject({ linePositions: [1], gross: 0 })
    const whole = await (await billing.fetch('/invoices/1')).text()
    expect(whole).not.toContain('>Credit invoice</a>')
    expect(whole).toContain('Reissue invoice')
    expect(whole).toContain('<dd>Nothing</dd>')
    expect(await problemOf(await credit())).toBe('409 /problems/conflict')
  })

  it('answers 428 without If-Match, 412 to an ETag of before, 404 for no invoice, 409 for one that waits', async () => {
    await anApprovedInvoice()
    await placeOrder(together.ordering)
    await together.pull()
    const { billing } = together
    const path = '/api/invoices/1/credit-notes'
    expect(await problemOf(await billing.send('POST', path, { reason: REASON }))).toBe(
      '428 /problems/precondition-required',
    )
    const { etag } = await readInvoice(billing, 1)
    expect((await credit({ reason: REASON, lines: [0] })).status).toBe(201)
    const stale = await billing.send('POST', path, { reason: REASON }, { 'If-Match': etag })
    expect(await problemOf(stale)).toBe('412 /problems/stale')
    const unknown = await billing.send('POST', '/api/invoices/9/credit-notes', { reason: REASON }, { 'If-Match': '*' })
    expect(await problemOf(unknown)).toBe('404 /problems/not-found')
    const waits = await billing.send('POST', '/api/invoices/2/credit-notes', { reason: REASON }, { 'If-Match': '*' })
    expect(await problemOf(waits)).toBe('409 /problems/conflict')
    expect((await readCreditNotes()).creditNotes).toHaveLength(1)
  })

  it.each<[object, string]>([
    [{}, '/reason'],
    [{ reason: ' ' }, '/reason'],
    [{ reason: REASON, lines: [] }, '/lines'],
    [{ reason: REASON, lines: [0, 2] }, '/lines/1'],
    [{ reason: REASON, lines: [0.5] }, '/lines/0'],
    [{ reason: REASON, charges: [-1] }, '/charges/0'],
    [{ reason: REASON, whole: true }, '/whole'],
  ])('answers 422 to %j and names %s', async (request, pointer) => {
    await anApprovedInvoice()
    const answer = await credit(request)
    expect(answer.status).toBe(422)
    expect(await answer.json()).toMatchObject({ errors: [{ pointer }] })
  })
})

describe('an order that changed after the approval', () => {
  it('is credited and reissued in one step; the new invoice waits and is approved', async () => {
    await anApprovedInvoice()
    const { ordering, billing, pull } = together
    await amendOrder(ordering, 1, anOrder())
    await pull()
    expect(await (await credit({ reason: REASON, reissue: true })).json()).toMatchObject({ replacementId: REISSUED })
    expect((await readInvoice(billing, 1)).invoice).toMatchObject({
      state: 'Approved',
      replacedBy: REISSUED,
      gross: 11420,
    })
    expect((await readInvoice(billing, REISSUED)).invoice).toMatchObject({
      orderNumber: 1,
      state: 'ToApprove',
      replaces: 1,
      gross: 1000,
      orderChangedSince: false,
    })
    expect((await approve(billing, REISSUED)).status).toBe(200)
    expect((await readInvoice(billing, REISSUED)).invoice.invoiceNumber).toMatch(/-000002$/)
  })

  it('is not reissued where a line is credited alone, where it was deleted, nor twice', async () => {
    await anApprovedInvoice()
    expect(await problemOf(await credit({ reason: REASON, lines: [0], reissue: true }))).toBe('409 /problems/conflict')
    await deleteOrder(together.ordering, 1)
    await together.pull()
    expect(await problemOf(await credit({ reason: REASON, reissue: true }))).toBe('409 /problems/conflict')
    expect((await credit()).status).toBe(201)
  })
})

describe('the pages of crediting', () => {
  it('credit what is chosen, and show the credit note as a document with its way back', async () => {
    await anApprovedInvoice()
    const { billing } = together
    expect(await (await billing.fetch('/invoices/1')).text()).toContain('href="/invoices/1/credit"')
    const form = await readForm(billing, '/invoices/1/credit')
    const answer = await billing.submit('/invoices/1/credit', [
      ...Object.entries(form),
      ['scope', 'some'],
      ['line', '1'],
      ['charge', '0'],
      ['reason', REASON],
    ])
    expect(answer.status).toBe(303)
    const page = await (await billing.fetch(answer.headers.get('Location') ?? '')).text()
    expect(headingOf(page)).toMatch(/^Credit note C\d{4}-000001$/)
    for (const text of ['Teapot, cast iron', 'Amount credited', '€71.40', REASON, 'href="/invoices/1"']) {
      expect(page).toContain(text)
    }
    expect(page).not.toContain('Assam')
    const again = await billing.submit('/invoices/1/credit', { ...form, reason: REASON })
    expect(again.status).toBe(412)
    const invoice = await (await billing.fetch('/invoices/1')).text()
    expect(invoice).toMatch(/href="\/credit-notes\/\d+">C\d{4}-000001/)
    expect(await (await billing.fetch('/credit-notes')).text()).toMatch(/C\d{4}-000001/)
  })

  it('come back with what was typed where it will not do', async () => {
    await anApprovedInvoice()
    const { billing } = together
    const form = await readForm(billing, '/invoices/1/credit')
    const unreasoned = await billing.submit('/invoices/1/credit', { ...form, scope: 'some', line: '1', reason: ' ' })
    expect(unreasoned.status).toBe(422)
    const page = await unreasoned.text()
    expect(page).toContain('Enter the reason for the credit')
    expect(page).toMatch(/name="line" value="1" checked/)
    const unchosen = await billing.submit('/invoices/1/credit', { ...form, scope: 'some', reason: REASON })
    expect(unchosen.status).toBe(422)
    expect(await unchosen.text()).toContain('Choose a line or a charge')
    const undecided = await billing.submit('/invoices/1/credit', { ...form, scope: 'all', line: '1', reason: REASON })
    expect(undecided.status).toBe(422)
    expect((await readCreditNotes()).creditNotes).toEqual([])
  })

  it('lead from an invoice that waits back to it, and answer 404 where there is nothing', async () => {
    await placeOrder(together.ordering)
    await together.pull()
    const { billing } = together
    expect((await billing.fetch('/invoices/1/credit')).headers.get('Location')).toBe('/invoices/1')
    for (const path of ['/invoices/7/credit', '/credit-notes/7', '/credit-notes/x']) {
      expect([path, (await billing.fetch(path)).status]).toEqual([path, 404])
    }
  })
})

describe('a restore of billing’s database', () => {
  it('brings credit notes and new invoices back as they were issued, and gives no number again', async () => {
    const { ordering, billing, pull } = together
    await anApprovedInvoice()
    await keepMoment(billing, 1)
    await amendOrder(ordering, 1, anOrder())
    await pull()
    expect((await credit({ reason: REASON, reissue: true })).status).toBe(201)
    await approve(billing, REISSUED)
    const issued = [await readInvoice(billing, 1), await readInvoice(billing, REISSUED), await readCreditNotes()]
    await restoreMoment(billing, 1)
    await pull()
    await pull()
    expect([await readInvoice(billing, 1), await readInvoice(billing, REISSUED), await readCreditNotes()]).toEqual(
      issued,
    )
    const { etag } = await readInvoice(billing, REISSUED)
    const path = `/api/invoices/${REISSUED}/credit-notes`
    const next = await billing.send('POST', path, { reason: REASON }, { 'If-Match': etag })
    expect(((await next.json()) as CreditNote).creditNoteNumber).toMatch(/^C\d{4}-000002$/)
  })

  it('to before the order was there does so too', async () => {
    const { billing, pull } = together
    await keepMoment(billing, 1)
    await anApprovedInvoice()
    expect((await credit({ reason: REASON, reissue: true })).status).toBe(201)
    const issued = [(await readInvoice(billing, 1)).invoice, await readCreditNotes()]
    await restoreMoment(billing, 1)
    await pull()
    await pull()
    expect([(await readInvoice(billing, 1)).invoice, await readCreditNotes()]).toEqual(issued)
    expect((await readInvoice(billing, REISSUED)).invoice).toMatchObject({ state: 'ToApprove', replaces: 1 })
  })

  it('and of ordering’s, to before the order was there, lists the new invoice, which cannot be approved', async () => {
    const { ordering, billing, pull } = together
    await Promise.all([keepMoment(ordering, 1), keepMoment(billing, 1)])
    await anApprovedInvoice()
    expect((await credit({ reason: REASON, reissue: true })).status).toBe(201)
    await Promise.all([restoreMoment(ordering, 1), restoreMoment(billing, 1)])
    await pull()
    await pull()
    const { invoices } = (await (await billing.fetch('/api/invoices')).json()) as { invoices: Invoice[] }
    expect(invoices).toMatchObject([
      { id: REISSUED, state: 'ToApprove', replaces: 1, lines: invoices[1]?.lines },
      { id: 1, state: 'Approved' },
    ])
    expect((await billing.fetch('/invoices')).status).toBe(200)
    const { etag } = await readInvoice(billing, REISSUED)
    const approved = await billing.send('POST', `/api/invoices/${REISSUED}/approve`, undefined, { 'If-Match': etag })
    expect(approved.status).toBe(409)
  })
})
