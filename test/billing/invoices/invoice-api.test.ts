import { describe, expect, it } from 'vitest'
import type { Invoice } from '../../../workers/billing/documents/invoice.ts'
import type { RunResult } from '../../../workers/billing/sync/answers.ts'
import {
  amendOrder,
  anOrder,
  deleteOrder,
  order10248,
  orderAtTwoRates,
  placeDraft,
  placeOrder,
} from '../../support/orders.ts'
import { startTogether } from '../../support/together.ts'
import { approve, findInvoiceOf, problemOf, readInvoice, reject } from '../support.ts'

/** The year where the business is; an approval just before midnight of New Year's Eve there would belong to the last. */
function thisYear(): string {
  return new Intl.DateTimeFormat('en', { year: 'numeric', timeZone: 'Europe/Berlin' }).format(new Date())
}

describe('GET /api/orders/:number', () => {
  it('answers the copy, where it came from and when', async () => {
    const { ordering, billing, pull } = await startTogether()
    const order = await placeOrder(ordering, order10248)
    await pull()
    const response = await billing.fetch(`/api/orders/${order.number}`)
    expect(response.status).toBe(200)
    const copy = (await response.json()) as Record<string, unknown>
    expect(copy).toMatchObject({
      number: order.number,
      revision: order.revision,
      externalId: 'NW-10248',
      source: 'pull',
    })
    expect(copy['totals']).toEqual({ net: 20038, tax: 0, gross: 20038 })
    expect(Date.parse(String(copy['fetchedAt']))).toBeGreaterThan(Date.now() - 60_000)
  })

  it('tells a copy that a followed link brought', async () => {
    const { ordering, billing } = await startTogether()
    const { number } = await placeOrder(ordering)
    await billing.fetch(`/link/new_order/${number}`)
    expect(await (await billing.fetch(`/api/orders/${number}`)).json()).toMatchObject({ source: 'deep-link' })
  })

  it('answers 404 for an order without a copy and for what is no number, 410 for a deleted one', async () => {
    const { ordering, billing, pull } = await startTogether()
    const draft = await placeDraft(ordering)
    const { number } = await placeOrder(ordering)
    await deleteOrder(ordering, number)
    await pull()
    expect(await problemOf(await billing.fetch(`/api/orders/${draft.number}`))).toBe('404 /problems/not-found')
    expect(await problemOf(await billing.fetch('/api/orders/007'))).toBe('404 /problems/not-found')
    expect(await problemOf(await billing.fetch(`/api/orders/${number}`))).toBe('410 /problems/deleted')
  })
})

describe('GET /api/invoices', () => {
  it('answers the newest first, filtered by state and by order, a page at a time', async () => {
    const { ordering, billing, pull } = await startTogether()
    const [one, two, three] = [await placeOrder(ordering), await placeOrder(ordering), await placeOrder(ordering)].map(
      ({ number }) => number,
    )
    await pull()
    const { invoice } = await findInvoiceOf(billing, two ?? 0)
    await approve(billing, invoice.id)
    expect(await listOrders('')).toEqual([three, two, one])
    expect(await listOrders('?state=Approved')).toEqual([two])
    expect(await listOrders('?state=ToApprove')).toEqual([three, one])
    expect(await listOrders(`?order=${one}`)).toEqual([one])
    expect(await listOrders('?order=4711')).toEqual([])
    expect(await listPages('?limit=2')).toEqual([[three, two], [one]])

    async function list(query: string): Promise<{ invoices: Invoice[]; next: number | null }> {
      return (await (await billing.fetch(`/api/invoices${query}`)).json()) as {
        invoices: Invoice[]
        next: number | null
      }
    }
    async function listOrders(query: string): Promise<number[]> {
      return (await list(query)).invoices.map(({ orderNumber }) => orderNumber)
    }
    async function listPages(query: string): Promise<number[][]> {
      const first = await list(query)
      const second = await list(`${query}&after=${first.next}`)
      expect(second.next).toBeNull()
      return [first, second].map(({ invoices }) => invoices.map(({ orderNumber }) => orderNumber))
    }
  })

  it.each([
    ['limit=0', '/limit'],
    ['limit=201', '/limit'],
    ['limit=1e2', '/limit'],
    ['limit=2&limit=3', '/limit'],
    ['state=Draft', '/state'],
    ['state=', '/state'],
    ['order=-1', '/order'],
    ['order=9007199254740993', '/order'],
    ['after=x', '/after'],
  ])('answers 400 to ?%s and names %s', async (query, pointer) => {
    const { billing } = await startTogether()
    const response = await billing.fetch(`/api/invoices?${query}`)
    expect(response.status).toBe(400)
    expect(response.headers.get('Content-Type')).toBe('application/problem+json')
    const problem = (await response.json()) as { type: string; errors: { pointer: string }[] }
    expect(problem.type).toBe('/problems/invalid-query')
    expect(problem.errors.map((error) => error.pointer)).toEqual([pointer])
  })
})

describe('GET /api/invoices/:id', () => {
  it('answers the invoice whole', async () => {
    const { ordering, billing, pull } = await startTogether()
    const order = await placeOrder(ordering, orderAtTwoRates)
    await pull()
    const { invoice } = await findInvoiceOf(billing, order.number)
    expect(invoice).toMatchObject({
      orderNumber: order.number,
      orderRevision: order.revision,
      state: 'ToApprove',
      invoiceNumber: null,
      currency: 'EUR',
      customer: order.customer,
      lines: order.lines,
      charges: order.charges,
      taxes: [
        { taxPercent: 7, base: 4000, tax: 280 },
        { taxPercent: 19, base: 6000, tax: 1140 },
      ],
      net: 10000,
      tax: 1420,
      gross: 11420,
      decidedAt: null,
      decidedBy: null,
      reason: null,
      orderChangedSince: false,
      orderDeleted: false,
      mismatched: false,
    })
  })

  it('has an ETag that changes with what it shows, and answers 304 to who has it', async () => {
    const { ordering, billing, pull } = await startTogether()
    const order = await placeOrder(ordering)
    await pull()
    const { invoice, etag } = await findInvoiceOf(billing, order.number)
    expect(etag).toMatch(/^"[^"]+"$/)
    const path = `/api/invoices/${invoice.id}`
    const known = await billing.fetch(path, { headers: { 'If-None-Match': `"other", W/${etag}` } })
    expect(known.status).toBe(304)
    expect(known.headers.get('ETag')).toBe(etag)
    expect(await known.text()).toBe('')
    await amendOrder(ordering, order.number, anOrder({ note: 'By the back door' }))
    await pull()
    const changed = await billing.fetch(path, { headers: { 'If-None-Match': etag } })
    expect(changed.status).toBe(200)
    expect(changed.headers.get('ETag')).not.toBe(etag)
  })

  it('answers 404 for an unknown id and for what is no id', async () => {
    const { billing } = await startTogether()
    expect(await problemOf(await billing.fetch('/api/invoices/4711'))).toBe('404 /problems/not-found')
    expect(await problemOf(await billing.fetch('/api/invoices/x'))).toBe('404 /problems/not-found')
  })
})

describe('POST /api/invoices/:id/approve', () => {
  it('gives the numbers of the year without gaps, whatever the order of the approvals', async () => {
    const { ordering, billing, pull } = await startTogether()
    const one = await placeOrder(ordering)
    const two = await placeOrder(ordering)
    await pull()
    const ids = [await findInvoiceOf(billing, two.number), await findInvoiceOf(billing, one.number)]
    const approved: unknown[] = []
    for (const { invoice } of ids) approved.push(await (await approve(billing, invoice.id)).json())
    expect(approved).toMatchObject([
      { state: 'Approved', invoiceNumber: `${thisYear()}-000001`, decidedBy: 'you@example.com', reason: null },
      { state: 'Approved', invoiceNumber: `${thisYear()}-000002` },
    ])
  })

  it('answers the ETag of the approved invoice', async () => {
    const { billing, id } = await anInvoice()
    const response = await approve(billing, id)
    expect(response.status).toBe(200)
    expect(response.headers.get('ETag')).toBe((await readInvoice(billing, id)).etag)
  })

  it('takes If-Match: * and a list of tags', async () => {
    const { billing, id } = await anInvoice()
    const { etag } = await readInvoice(billing, id)
    const listed = await billing.send('POST', `/api/invoices/${id}/approve`, undefined, { 'If-Match': `"x", ${etag}` })
    expect(listed.status).toBe(200)
    const other = await anInvoice()
    const any = await other.billing.send('POST', `/api/invoices/${other.id}/approve`, undefined, { 'If-Match': '*' })
    expect(any.status).toBe(200)
  })

  it('answers 428 without If-Match and 412 to a weak tag, and decides nothing', async () => {
    const { billing, id } = await anInvoice()
    const { etag } = await readInvoice(billing, id)
    const path = `/api/invoices/${id}/approve`
    expect(await problemOf(await billing.send('POST', path))).toBe('428 /problems/precondition-required')
    const weak = await billing.send('POST', path, undefined, { 'If-Match': `W/${etag}` })
    expect(await problemOf(weak)).toBe('412 /problems/stale')
    expect((await readInvoice(billing, id)).invoice.state).toBe('ToApprove')
  })

  it('answers 412 with the invoice as it is once the order was amended since', async () => {
    const { ordering, billing, pull, id } = await anInvoice()
    const { etag, invoice } = await readInvoice(billing, id)
    await amendOrder(ordering, invoice.orderNumber, anOrder({ note: 'Two boxes' }))
    await pull()
    const response = await billing.send('POST', `/api/invoices/${id}/approve`, undefined, { 'If-Match': etag })
    expect(response.status).toBe(412)
    const problem = (await response.json()) as { type: string; current: Invoice }
    expect(problem.type).toBe('/problems/stale')
    expect(problem.current).toMatchObject({ state: 'ToApprove', orderRevision: invoice.orderRevision + 1 })
  })

  it('answers 409 once it was decided, to whoever read it before and after', async () => {
    const { billing, id } = await anInvoice()
    const before = await readInvoice(billing, id)
    await approve(billing, id)
    const after = await readInvoice(billing, id)
    for (const { etag } of [before, after]) {
      const again = await billing.send('POST', `/api/invoices/${id}/approve`, undefined, { 'If-Match': etag })
      expect(await problemOf(again)).toBe('409 /problems/already-decided')
    }
    expect((await readInvoice(billing, id)).invoice).toEqual(after.invoice)
  })

  it('answers 404 for an unknown invoice', async () => {
    const { billing } = await startTogether()
    const response = await billing.send('POST', '/api/invoices/4711/approve', undefined, { 'If-Match': '*' })
    expect(await problemOf(response)).toBe('404 /problems/not-found')
  })
})

describe('POST /api/invoices/:id/reject', () => {
  it('keeps the reason, and the invoice waits again once the order was corrected', async () => {
    const { ordering, billing, pull, id } = await anInvoice()
    const rejected = (await (await reject(billing, id, ' Wrong address\nSee the letter ')).json()) as Invoice
    expect(rejected).toMatchObject({ state: 'Rejected', reason: 'Wrong address\nSee the letter', invoiceNumber: null })
    expect(rejected.decidedBy).toBe('you@example.com')
    await amendOrder(ordering, rejected.orderNumber, anOrder({ note: 'Corrected' }))
    await pull()
    const { invoice } = await readInvoice(billing, id)
    expect(invoice).toMatchObject({ state: 'ToApprove', reason: null, decidedAt: null, decidedBy: null })
  })

  it.each([
    ['no reason', {}, '/reason'],
    ['a reason of spaces', { reason: ' \n ' }, '/reason'],
    ['a reason that is no text', { reason: 7 }, '/reason'],
    ['a reason of more than 1,000 characters', { reason: 'x'.repeat(1_001) }, '/reason'],
    ['a reason with a control character', { reason: 'bell \u0007' }, '/reason'],
    ['an unknown field', { reason: 'Wrong', because: 'of this' }, '/because'],
  ])('answers 422 to %s and points at it', async (_, body, pointer) => {
    const { billing, id } = await anInvoice()
    const { etag } = await readInvoice(billing, id)
    const response = await billing.send('POST', `/api/invoices/${id}/reject`, body, { 'If-Match': etag })
    expect(response.status).toBe(422)
    const problem = (await response.json()) as { type: string; errors: { pointer: string }[] }
    expect(problem.type).toBe('/problems/invalid-body')
    expect(problem.errors.map((error) => error.pointer)).toEqual([pointer])
  })

  it('answers 428 without If-Match, 415 without JSON, 400 to what is none', async () => {
    const { billing, id } = await anInvoice()
    const path = `/api/invoices/${id}/reject`
    const precondition = { 'If-Match': '*' }
    expect(await problemOf(await billing.send('POST', path, { reason: 'Wrong' }))).toBe(
      '428 /problems/precondition-required',
    )
    const json = { ...precondition, 'Content-Type': 'application/json' }
    expect(await problemOf(await billing.fetch(path, { method: 'POST', headers: json, body: '{' }))).toBe(
      '400 /problems/invalid-json',
    )
    const xml = { ...precondition, 'Content-Type': 'application/xml' }
    expect(await problemOf(await billing.fetch(path, { method: 'POST', headers: xml, body: '<a/>' }))).toBe(
      '415 /problems/unsupported-media-type',
    )
    expect((await readInvoice(billing, id)).invoice.state).toBe('ToApprove')
  })

  it('answers 412 once the order was amended since, and 409 once it was deleted', async () => {
    const { ordering, billing, pull, id } = await anInvoice()
    const { etag, invoice } = await readInvoice(billing, id)
    await amendOrder(ordering, invoice.orderNumber, anOrder({ note: 'Two boxes' }))
    await pull()
    const path = `/api/invoices/${id}/reject`
    const stale = await billing.send('POST', path, { reason: 'Wrong' }, { 'If-Match': etag })
    expect(await problemOf(stale)).toBe('412 /problems/stale')
    await deleteOrder(ordering, invoice.orderNumber)
    await pull()
    const cancelled = await reject(billing, id, 'Wrong')
    expect(await problemOf(cancelled)).toBe('409 /problems/already-decided')
  })
})

describe('GET /api/sync', () => {
  it('says where the pull stands before the first run', async () => {
    const { billing } = await startTogether()
    expect(await (await billing.fetch('/api/sync')).json()).toEqual({
      token: null,
      lastRun: null,
      lastSuccessAt: null,
      lagSeconds: null,
      agreedUpTo: null,
      agreedAt: null,
      repair: null,
      orphaned: [],
      quarantined: [],
      runs: [],
      waiting: 0,
      oldestWaitingAt: null,
      behind: 0,
      health: [],
    })
  })

  it('tells each run and what it did, the newest first', async () => {
    const { ordering, billing, pull, cron } = await startTogether()
    await placeOrder(ordering)
    const first = await pull()
    await cron()
    const sync = (await (await billing.fetch('/api/sync')).json()) as {
      token: string
      runs: unknown[]
      lagSeconds: number
    }
    expect(sync).toMatchObject({
      token: first.token,
      lastRun: { outcome: 'ok', created: 0, runBy: 'cron' },
      runs: [{ created: 0 }, { created: 1, changed: 0, removed: 0, unchanged: 0, quarantined: 0, pages: 1 }],
    })
    expect(sync.lagSeconds).toBeLessThan(60)
  })
})

describe('POST /api/sync/run', () => {
  it('answers what the run did', async () => {
    const { ordering, billing } = await startTogether()
    await placeOrder(ordering)
    const response = await billing.send('POST', '/api/sync/run')
    expect(response.status).toBe(200)
    const run = (await response.json()) as RunResult
    expect(run.token).not.toBeNull()
    expect(run).toMatchObject({
      outcome: 'ok',
      created: 1,
      changed: 0,
      removed: 0,
      unchanged: 0,
      quarantined: 0,
      pages: 1,
    })
  })

  it('answers 200 and why the run failed while ordering does not answer', async () => {
    const { billing, relay } = await startTogether()
    await relay.fail({ kind: 'answer', status: 500, body: 'oops', contentType: 'text/plain' })
    const response = await billing.send('POST', '/api/sync/run')
    expect(response.status).toBe(200)
    const run = (await response.json()) as RunResult
    expect(run).toMatchObject({ outcome: 'failed', token: null })
    expect(run.error).toContain('Ordering does not answer')
  })
})

describe('GET /health', () => {
  it('answers ok, degraded once a pull has failed, and 503 while the database does not answer', async () => {
    const { billing, relay, pull } = await startTogether()
    expect(await (await billing.fetch('/health')).json()).toEqual({ status: 'ok' })
    await relay.fail({ kind: 'throw' })
    await pull()
    const degraded = await billing.fetch('/health')
    expect(degraded.status).toBe(200)
    expect(await degraded.json()).toEqual({ status: 'degraded', reasons: ['The last pull failed'] })
    await billing.failDatabase({ kind: 'refuse' })
    const down = await billing.fetch('/health')
    expect(await problemOf(down)).toBe('503 /problems/unavailable')
  })
})

describe('what no route answers', () => {
  it('is 404, and 405 with Allow where another method is answered', async () => {
    const { billing } = await startTogether()
    expect(await problemOf(await billing.fetch('/api/nothing'))).toBe('404 /problems/not-found')
    const response = await billing.send('DELETE', '/api/invoices/1')
    expect(response.headers.get('Allow')).toContain('GET')
    expect(await problemOf(response)).toBe('405 /problems/method-not-allowed')
  })
})

/** A confirmed order, pulled: its invoice waits. */
async function anInvoice() {
  const together = await startTogether()
  const order = await placeOrder(together.ordering)
  await together.pull()
  const { invoice } = await findInvoiceOf(together.billing, order.number)
  return { ...together, id: invoice.id }
}
