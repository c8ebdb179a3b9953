import { beforeEach, describe, expect, it } from 'vitest'
import type { Invoice } from '../../../workers/billing/documents/invoice.ts'
import { keepMoment, restoreMoment } from '../../../shared/simulator/moment.ts'
import { amendOrder, anOrder, deleteOrder, orderAtTwoRates, placeOrder } from '../../support/orders.ts'
import type { Answer } from '../../../shared/simulator/running-worker.ts'
import { startTogether, type Together } from '../../support/together.ts'
import { approve, headingOf, problemOf, readForm, readInvoice } from '../support.ts'

const REISSUED = 1_000_000_000_001
const PATH = '/api/invoices/1/reissue'

let together: Together
beforeEach(async () => {
  together = await startTogether()
})

/** Invoice 1, of order 1 at two rates, approved, and credited: whole unless lines are named. */
async function aCreditedInvoice(lines?: number[]): Promise<void> {
  await placeOrder(together.ordering, orderAtTwoRates)
  await together.pull()
  await approve(together.billing, 1)
  await credit(1, lines)
}

async function credit(id: number, lines?: number[]): Promise<void> {
  const request = { reason: 'The teapot came broken', ...(lines === undefined ? {} : { lines }) }
  const { etag } = await readInvoice(together.billing, id)
  const path = `/api/invoices/${id}/credit-notes`
  const { status } = await together.billing.send('POST', path, request, { 'If-Match': etag })
  if (status !== 201) throw new Error(`Cannot credit invoice ${id}: ${status}`)
}

/** Reissues by the API, on what is seen now. */
async function replace(id = 1): Promise<Answer> {
  const { etag } = await readInvoice(together.billing, id)
  return together.billing.send('POST', `/api/invoices/${id}/reissue`, undefined, { 'If-Match': etag })
}

describe('POST /api/invoices/:id/reissue', () => {
  it('answers 201 with the new invoice, which waits, follows its order and is approved under the next number', async () => {
    await aCreditedInvoice()
    const { ordering, billing, pull } = together
    const answer = await replace()
    expect([answer.status, answer.headers.get('Location')]).toEqual([201, `/api/invoices/${REISSUED}`])
    expect(await answer.json()).toMatchObject({
      id: REISSUED,
      orderNumber: 1,
      state: 'ToApprove',
      replaces: 1,
      gross: 11420,
    })
    const { etag } = await readInvoice(billing, REISSUED)
    expect(answer.headers.get('ETag')).toBe(etag)
    expect((await readInvoice(billing, 1)).invoice).toMatchObject({
      state: 'Approved',
      replacedBy: REISSUED,
      gross: 11420,
    })
    await amendOrder(ordering, 1, anOrder())
    await pull()
    expect((await readInvoice(billing, REISSUED)).invoice).toMatchObject({ state: 'ToApprove', gross: 1000 })
    expect((await approve(billing, REISSUED)).status).toBe(200)
    expect((await readInvoice(billing, REISSUED)).invoice.invoiceNumber).toMatch(/-000002$/)
  })

  it('answers 200 with the same invoice when it is asked again, by an old ETag too', async () => {
    await aCreditedInvoice()
    const { etag } = await readInvoice(together.billing, 1)
    const answers = []
    for (let nr = 0; nr < 3; nr += 1) {
      const answer = await together.billing.send('POST', PATH, undefined, { 'If-Match': etag })
      answers.push([answer.status, ((await answer.json()) as Invoice).id])
    }
    expect(answers).toEqual([
      [201, REISSUED],
      [200, REISSUED],
      [200, REISSUED],
    ])
    expect(await together.billing.sql('SELECT count(*) AS invoices FROM invoices')).toEqual([{ invoices: 2 }])
  })

  it('makes one invoice where several ask at once', async () => {
    await aCreditedInvoice()
    const answers = await Promise.all([replace(), replace(), replace()])
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 200, 201])
    expect(await together.billing.sql('SELECT count(*) AS invoices FROM invoices')).toEqual([{ invoices: 2 }])
  })

  it('goes on with the new invoice, once that is credited as well', async () => {
    await aCreditedInvoice()
    await replace()
    await approve(together.billing, REISSUED)
    await credit(REISSUED)
    const answer = await replace(REISSUED)
    expect(await answer.json()).toMatchObject({ id: 2 * (REISSUED - 1) + 1, orderNumber: 1, replaces: REISSUED })
  })

  it('is audited, and tells ordering nothing that it cannot know', async () => {
    await aCreditedInvoice()
    await replace()
    const [entry] = await together.billing.sql<{ act: string; after: string; orderNumber: number }>(
      'SELECT act, after, order_number AS orderNumber FROM audit ORDER BY nr DESC LIMIT 1',
    )
    expect(entry).toEqual({
      act: 'reissued',
      after: JSON.stringify({ '/state': 'Approved', '/replacedBy': REISSUED }),
      orderNumber: 1,
    })
    const notices = await together.billing.sql<{ kind: string }>(
      `SELECT notice ->> 'kind' AS kind FROM outbox ORDER BY version`,
    )
    expect(notices.map(({ kind }) => kind)).toEqual(['approved', 'credited'])
  })

  it('answers 409 where a line is not credited, where it waits, and where the order was deleted', async () => {
    await aCreditedInvoice([0])
    expect(await problemOf(await replace())).toBe('409 /problems/conflict')
    await placeOrder(together.ordering)
    await together.pull()
    expect(await problemOf(await replace(2))).toBe('409 /problems/conflict')
    await credit(1)
    await deleteOrder(together.ordering, 1)
    await together.pull()
    expect(await problemOf(await replace())).toBe('409 /problems/conflict')
    expect(await together.billing.sql('SELECT count(*) AS invoices FROM invoices')).toEqual([{ invoices: 2 }])
  })

  it('answers 428 without If-Match, 412 to an ETag of before, 404 for no invoice', async () => {
    await aCreditedInvoice([0])
    const { etag } = await readInvoice(together.billing, 1)
    await credit(1)
    const { billing } = together
    expect(await problemOf(await billing.send('POST', PATH))).toBe('428 /problems/precondition-required')
    expect(await problemOf(await billing.send('POST', PATH, undefined, { 'If-Match': etag }))).toBe(
      '412 /problems/stale',
    )
    const unknown = await billing.send('POST', '/api/invoices/9/reissue', undefined, { 'If-Match': '*' })
    expect(await problemOf(unknown)).toBe('404 /problems/not-found')
  })
})

describe('the page that reissues', () => {
  it('shows the order as ordering has it, before any pull, and says where it is a copy', async () => {
    await aCreditedInvoice()
    const { ordering, billing, relay } = together
    await amendOrder(ordering, 1, anOrder())
    const fresh = await (await billing.fetch('/invoices/1/reissue')).text()
    expect(fresh).toContain('€10.00')
    expect(fresh).toContain('The order now')
    await relay.fail({ kind: 'throw' })
    const copied = await (await billing.fetch('/invoices/1/reissue')).text()
    expect(copied).toContain('Ordering did not send the order')
    expect(copied).toContain('Billing’s copy of the order')
    await deleteOrder(ordering, 1)
    expect(await (await billing.fetch('/invoices/1/reissue')).text()).toContain('Its order was deleted')
  })

  it('is led to, shows the new invoice and what changed, and leads to it', async () => {
    await aCreditedInvoice()
    const { ordering, billing, pull } = together
    await amendOrder(ordering, 1, anOrder())
    await pull()
    expect(await (await billing.fetch('/invoices/1')).text()).toContain('href="/invoices/1/reissue"')
    const preview = await (await billing.fetch('/invoices/1/reissue')).text()
    expect(headingOf(preview)).toBe('Reissue the invoice of order 1')
    for (const text of ['is fully credited', '€114.20', '€10.00', 'What changed']) expect(preview).toContain(text)
    expect(await billing.sql('SELECT count(*) AS invoices FROM invoices')).toEqual([{ invoices: 1 }])
    const form = await readForm(billing, '/invoices/1/reissue')
    const answer = await billing.submit('/invoices/1/reissue', form)
    expect([answer.status, answer.headers.get('Location')]).toEqual([303, `/invoices/${REISSUED}`])
    const again = await billing.submit('/invoices/1/reissue', form)
    expect([again.status, again.headers.get('Location')]).toEqual([303, `/invoices/${REISSUED}`])
    const credited = await (await billing.fetch('/invoices/1')).text()
    expect(credited).toContain('Reissued by')
    expect(credited).not.toContain('href="/invoices/1/reissue"')
    expect((await billing.fetch('/invoices/1/reissue')).headers.get('Location')).toBe('/invoices/1')
  })

  it('says why it cannot be done: nothing seen, not credited whole, its order deleted', async () => {
    await aCreditedInvoice([0])
    const { ordering, billing, pull } = together
    expect(await (await billing.fetch('/invoices/1/reissue')).text()).toContain('It cannot be reissued now')
    expect(await (await billing.fetch('/invoices/1')).text()).not.toContain('href="/invoices/1/reissue"')
    const form = await readForm(billing, '/invoices/1/credit')
    expect((await billing.submit('/invoices/1/reissue', form)).status).toBe(409)
    await credit(1)
    const unseen = await billing.submit('/invoices/1/reissue', { seen: '' })
    expect(unseen.status).toBe(412)
    expect(await unseen.text()).toContain('Nothing was created')
    await deleteOrder(ordering, 1)
    await pull()
    expect(await (await billing.fetch('/invoices/1/reissue')).text()).toContain('Its order was deleted')
    expect((await billing.fetch('/invoices/9/reissue')).status).toBe(404)
  })
})

describe('a database that fails while an invoice is reissued', () => {
  it.each(['refuse', 'lose-answer', 'land-late'] as const)(
    '%s: asked again there is one invoice, and a restore brings back what was seen of it',
    async (kind) => {
      await aCreditedInvoice()
      const { billing, pull } = together
      await keepMoment(billing, 1)
      await billing.failDatabase({ kind, matching: 'INSERT INTO decisions' })
      expect((await replace()).status).toBe(503)
      await billing.landLate()
      expect([200, 201]).toContain((await replace()).status)
      const made = (await readInvoice(billing, REISSUED)).invoice
      expect(await billing.sql('SELECT count(*) AS invoices FROM invoices')).toEqual([{ invoices: 2 }])
      await restoreMoment(billing, 1)
      await pull()
      expect((await readInvoice(billing, REISSUED)).invoice).toEqual(made)
    },
  )
})

describe('a restore of billing’s database', () => {
  it('brings a reissued invoice back, waiting, and makes no second one', async () => {
    await aCreditedInvoice()
    const { billing, pull } = together
    await keepMoment(billing, 1)
    await replace()
    const made = [(await readInvoice(billing, 1)).invoice, (await readInvoice(billing, REISSUED)).invoice]
    await restoreMoment(billing, 1)
    await pull()
    expect([(await readInvoice(billing, 1)).invoice, (await readInvoice(billing, REISSUED)).invoice]).toEqual(made)
    expect((await replace()).status).toBe(200)
    await approve(billing, REISSUED)
    expect((await readInvoice(billing, REISSUED)).invoice.invoiceNumber).toMatch(/-000002$/)
  })

  it('to before the order was there does so too', async () => {
    const { billing, pull } = together
    await keepMoment(billing, 1)
    await aCreditedInvoice()
    await replace()
    const made = (await readInvoice(billing, 1)).invoice
    await restoreMoment(billing, 1)
    await pull()
    await pull()
    expect((await readInvoice(billing, 1)).invoice).toEqual(made)
    expect((await readInvoice(billing, REISSUED)).invoice).toMatchObject({
      state: 'ToApprove',
      replaces: 1,
      orderNumber: 1,
    })
  })
})
