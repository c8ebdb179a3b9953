import { describe, expect, it } from 'vitest'
import { amendOrder, anOrder, deleteOrder, order10248, placeDraft, placeOrder } from '../../support/orders.ts'
import { startTogether } from '../../support/together.ts'
import { approve, findInvoiceOf, headingOf, readForm, readInvoice, reject } from '../support.ts'
import { lose, orphan } from '../trouble.ts'

const JSON_TYPE = 'application/json'

describe('GET / and /invoices', () => {
  it('show what waits for approval, the oldest first', async () => {
    const { ordering, billing, pull } = await startTogether()
    const [one, two, three] = [await placeOrder(ordering), await placeOrder(ordering), await placeOrder(ordering)]
    await pull()
    await approve(billing, (await findInvoiceOf(billing, two.number)).invoice.id)
    for (const path of ['/', '/invoices']) {
      const html = await (await billing.fetch(path)).text()
      expect(headingOf(html)).toBe('Invoices')
      expect(html.match(/For order \d+/g)).toEqual([`For order ${one.number}`, `For order ${three.number}`])
    }
  })

  it('keep their filter in the address', async () => {
    const { ordering, billing, pull } = await startTogether()
    const { number } = await placeOrder(ordering)
    await pull()
    const { invoice } = await findInvoiceOf(billing, number)
    await approve(billing, invoice.id)
    const approved = await (await billing.fetch('/invoices?state=Approved&order=')).text()
    expect(approved).toContain(`href="/invoices/${invoice.id}"`)
    expect(approved).toContain('<option value="Approved" selected="">')
    const ofOrder = await (await billing.fetch(`/invoices?order=${number}`)).text()
    expect(ofOrder).toContain(`href="/invoices/${invoice.id}"`)
    expect(await (await billing.fetch('/')).text()).toContain('Nothing is waiting for approval')
  })

  it('lead on to the next page and back to the first', async () => {
    const { billing } = await startTogether()
    await billing.sql(`
      WITH RECURSIVE n (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM n WHERE number < 51)
      INSERT INTO orders (number, revision, fingerprint, epoch, deleted, record, source, fetched_at)
      SELECT number, 1, number, 'e', 0, json_object('revision', 1, 'currency', 'EUR', 'customer', json_object('name', 'K'),
        'lines', json('[]'), 'charges', json('[]'), 'note', NULL), 'pull', '2026-01-01T00:00:00Z' FROM n`)
    await billing.sql(
      `INSERT INTO invoices (id, order_number, created_at) SELECT number, number, '2026-01-01T00:00:00Z' FROM orders`,
    )
    const first = await (await billing.fetch('/invoices')).text()
    expect(first.match(/For order \d+/g)).toHaveLength(50)
    expect(first).toContain('href="/invoices?state=ToApprove&amp;after=50"')
    const second = await (await billing.fetch('/invoices?state=ToApprove&after=50')).text()
    expect(second.match(/For order \d+/g)).toEqual(['For order 51'])
    expect(second).toContain('href="/invoices?state=ToApprove"')
  })

  it.each(['state=Draft', 'order=abc', 'after=-1'])('answer 400 with a page to ?%s', async (query) => {
    const { billing } = await startTogether()
    const response = await billing.fetch(`/invoices?${query}`)
    expect(response.status).toBe(400)
    expect(headingOf(await response.text())).toBe('The list cannot be filtered this way')
  })
})

describe('GET /invoices/:id', () => {
  it('shows the invoice as a document: seller, buyer, lines, totals', async () => {
    const { ordering, billing, pull } = await startTogether()
    const { number } = await placeOrder(ordering, order10248)
    await pull()
    const { invoice } = await findInvoiceOf(billing, number)
    const html = await (await billing.fetch(`/invoices/${invoice.id}`)).text()
    expect(headingOf(html)).toBe(`Invoice for order ${number}`)
    const shown = ['Waybill Trading GmbH', 'Hafenstr. 12', '20457 Hamburg', 'DE000000000', 'Not approved yet']
    for (const text of [...shown, 'Vins et alcools Chevalier', '51100 Reims', 'Queso Cabrales', '$14.00', '$168.00']) {
      expect(html).toContain(text)
    }
    for (const text of ['Freight', '$32.38', '$200.38', 'Draft. Not approved yet']) expect(html).toContain(text)
    expect(html).not.toMatch(/Amount due|Please pay|IBAN/)
    expect(html).toContain(`href="http://localhost:8787/orders/${number}"`)
  })

  it('dates an approved invoice and its payment by the clock of the business', async () => {
    const { ordering, billing, pull } = await startTogether()
    const { number } = await placeOrder(ordering)
    await pull()
    const { invoice } = await findInvoiceOf(billing, number)
    await approve(billing, invoice.id)
    const { invoiceNumber, decidedAt } = (await readInvoice(billing, invoice.id)).invoice
    const html = await (await billing.fetch(`/invoices/${invoice.id}`)).text()
    expect(headingOf(html)).toBe(`Invoice ${invoiceNumber}`)
    expect(html).toContain(`Approved as ${invoiceNumber} by <bdi>you@example.com</bdi>`)
    const issuedOn = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'Europe/Berlin' })
    const decided = new Date(decidedAt ?? '')
    expect(html).toContain(issuedOn.format(decided))
    expect(html).toMatch(
      new RegExp(`Please pay by <time[^>]*>${issuedOn.format(new Date(decided.getTime() + 30 * 86_400_000))}<`),
    )
    for (const text of ['Amount due', 'IBAN']) expect(html).toContain(text)
    expect(html).not.toContain('Approve invoice')
  })

  it('says what became of the order of an approved, a rejected and a cancelled invoice', async () => {
    const { ordering, billing, pull } = await startTogether()
    const orders = [
      await placeOrder(ordering),
      await placeOrder(ordering),
      await placeOrder(ordering),
      await placeOrder(ordering),
    ]
    await pull()
    const ids: number[] = []
    for (const { number } of orders) ids.push((await findInvoiceOf(billing, number)).invoice.id)
    const [amended = 0, deleted = 0, rejected = 0, cancelled = 0] = ids
    await approve(billing, amended)
    await approve(billing, deleted)
    await reject(billing, rejected, 'Wrong <address>')
    await amendOrder(ordering, orders[0]?.number ?? 0, anOrder({ note: 'Later' }))
    await deleteOrder(ordering, orders[1]?.number ?? 0)
    await deleteOrder(ordering, orders[3]?.number ?? 0)
    await pull()
    const show = async (id: number): Promise<string> => (await billing.fetch(`/invoices/${id}`)).text()
    expect(await show(amended)).toContain('The order was changed after approval')
    expect(await show(deleted)).toContain('The order was deleted after approval')
    expect(await show(rejected)).toContain('Wrong &lt;address&gt;')
    expect(await show(cancelled)).toContain('There is nothing left to invoice')
  })

  it('keeps a rejection with its reason in the history once it waits again', async () => {
    const { ordering, billing, pull, path, id, number } = await anInvoice()
    await reject(billing, id, 'Wrong <address>')
    await amendOrder(ordering, number, anOrder({ note: 'Corrected' }))
    await pull()
    for (const page of [path, `/link/new_order/${number}`]) {
      const html = await (await billing.fetch(page)).text()
      expect(html).toMatch(/Rejected by <bdi>you@example\.com<\/bdi>.*Wrong &lt;address&gt;.*Waiting again/s)
      expect(html).toContain('Approve invoice')
    }
  })

  it('answers 404 for an unknown invoice', async () => {
    const { billing } = await startTogether()
    for (const path of ['/invoices/4711', '/invoices/x', '/invoices/4711/approve']) {
      const response = await billing.fetch(path)
      expect(response.status).toBe(404)
      expect(headingOf(await response.text())).toBe('There is no such invoice')
    }
  })
})

describe('POST /invoices/:id/approve', () => {
  it('redirects to the approved invoice', async () => {
    const { billing, path, id } = await anInvoice()
    const response = await billing.submit(`${path}/approve`, await readForm(billing, path))
    expect(response.status).toBe(303)
    expect(response.headers.get('Location')).toBe(path)
    expect((await readInvoice(billing, id)).invoice.state).toBe('Approved')
  })

  it('answers 412 with the invoice as it is and what changed, once the order was amended', async () => {
    const { ordering, billing, pull, path, number, id } = await anInvoice()
    const form = await readForm(billing, path)
    const lines = [{ sku: 'OAT-1', description: 'Oat flakes, 1 kg', quantity: 8, unitPrice: 250 }]
    await amendOrder(ordering, number, anOrder({ lines }))
    await pull()
    const response = await billing.submit(`${path}/approve`, form)
    expect(response.status).toBe(412)
    const html = await response.text()
    expect(html).toContain('The order has changed since you read this invoice')
    expect(html).toMatch(/€10\.00.*€20\.00/s)
    expect((await readInvoice(billing, id)).invoice.state).toBe('ToApprove')
  })

  it('answers 412 where the form does not say what was seen', async () => {
    const { billing, path } = await anInvoice()
    expect((await billing.submit(`${path}/approve`)).status).toBe(412)
    expect(
      (await billing.submit(`${path}/approve`, { seen: '"x"', seenCurrency: 'XXX', seenGross: 'much' })).status,
    ).toBe(412)
  })

  it('answers 400 to a body that is no form', async () => {
    const { billing, path } = await anInvoice()
    const headers = { Origin: billing.origin, 'Content-Type': 'multipart/form-data; boundary=x' }
    const response = await billing.fetch(`${path}/approve`, { method: 'POST', headers, body: 'no form' })
    expect(response.status).toBe(400)
  })

  it('answers 409 once it was decided, saying by whom', async () => {
    const { billing, path, id } = await anInvoice()
    const form = await readForm(billing, path)
    await reject(billing, id, 'Wrong')
    const response = await billing.submit(`${path}/approve`, form)
    expect(response.status).toBe(409)
    expect(await response.text()).toContain('It was rejected by <bdi>you@example.com</bdi>')
  })

  it('answers 409 while the order is orphaned or in quarantine', async () => {
    const { billing, path, id, number } = await anInvoice()
    await billing.sql('UPDATE orders SET orphaned = 1')
    expect((await billing.submit(`${path}/approve`, await readForm(billing, path))).status).toBe(409)
    expect(await (await billing.fetch(path)).text()).not.toContain('Approve invoice')
    await billing.sql('UPDATE orders SET orphaned = 0')
    await billing.sql(
      `INSERT INTO quarantine (subject, number, error, first_seen_at, last_seen_at, next_try_at)
       VALUES ('order:' || ?1, ?1, '[]', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', '2126-01-01T00:00:00Z')`,
      number,
    )
    const response = await billing.submit(`${path}/approve`, { seen: (await readInvoice(billing, id)).etag })
    expect(response.status).toBe(409)
    expect(await response.text()).toContain('The latest change of the order cannot be read')
  })

  it('leads whoever reloads its address back to the invoice', async () => {
    const { billing, path } = await anInvoice()
    const response = await billing.fetch(`${path}/approve`)
    expect(response.status).toBe(303)
    expect(response.headers.get('Location')).toBe(path)
  })

  it('answers 404 for an unknown invoice and 403 to another site', async () => {
    const { billing, path } = await anInvoice()
    expect((await billing.submit('/invoices/4711/approve')).status).toBe(404)
    const headers = { Origin: 'https://elsewhere.example', 'Content-Type': 'application/x-www-form-urlencoded' }
    expect((await billing.fetch(`${path}/approve`, { method: 'POST', headers, body: '' })).status).toBe(403)
  })
})

describe('POST /invoices/:id/reject', () => {
  it('redirects to the rejected invoice', async () => {
    const { billing, path, id } = await anInvoice()
    const form = await readForm(billing, path)
    const response = await billing.submit(`${path}/reject`, { ...form, reason: 'Wrong address' })
    expect(response.status).toBe(303)
    expect((await readInvoice(billing, id)).invoice).toMatchObject({ state: 'Rejected', reason: 'Wrong address' })
  })

  it('answers 422 without a reason, beside the field, with what was typed', async () => {
    const { billing, path, id } = await anInvoice()
    const form = await readForm(billing, path)
    const empty = await billing.submit(`${path}/reject`, { ...form, reason: '  ' })
    expect(empty.status).toBe(422)
    expect(await empty.text()).toContain('<a href="#field-reason">Enter the reason for rejecting</a>')
    const typed = 'much too long '.repeat(100)
    const long = await billing.submit(`${path}/reject`, { ...form, reason: typed })
    expect(long.status).toBe(422)
    expect(await long.text()).toContain(typed)
    expect((await readInvoice(billing, id)).invoice.state).toBe('ToApprove')
  })

  it('answers 412 with the reason still typed once the order was amended', async () => {
    const { ordering, billing, pull, path, number } = await anInvoice()
    const form = await readForm(billing, path)
    await amendOrder(ordering, number, anOrder({ note: 'Later' }))
    await pull()
    const response = await billing.submit(`${path}/reject`, { ...form, reason: 'Wrong address' })
    expect(response.status).toBe(412)
    expect(await response.text()).toContain('Wrong address</textarea>')
  })
})

describe('GET /link/new_order/:number', () => {
  it('shows the invoice before any pull, the same one again, and moves no token', async () => {
    const { ordering, billing } = await startTogether()
    const { number } = await placeOrder(ordering, order10248)
    const response = await billing.fetch(`/link/new_order/${number}`)
    expect(response.status).toBe(200)
    const html = await response.text()
    expect(headingOf(html)).toBe(`Invoice for order ${number}`)
    expect(html).toContain('$200.38')
    await billing.fetch(`/link/new_order/${number}`)
    await findInvoiceOf(billing, number)
    expect(await (await billing.fetch('/api/sync')).json()).toMatchObject({ token: null, runs: [] })
  })

  it('answers 404 for an order that is unknown, a Draft, or no number', async () => {
    const { ordering, billing } = await startTogether()
    const draft = await placeDraft(ordering)
    for (const number of ['4711', String(draft.number), '0', 'x', '%00', '%E0%A4%A']) {
      const response = await billing.fetch(`/link/new_order/${number}`)
      expect(response.status).toBe(404)
    }
  })

  it('answers 410 for a deleted order, and its invoice is cancelled at once', async () => {
    const { ordering, billing, pull } = await startTogether()
    const { number } = await placeOrder(ordering)
    await pull()
    const { invoice } = await findInvoiceOf(billing, number)
    await deleteOrder(ordering, number)
    const response = await billing.fetch(`/link/new_order/${number}`)
    expect(response.status).toBe(410)
    expect(await response.text()).toContain(`href="/invoices/${invoice.id}"`)
    expect((await readInvoice(billing, invoice.id)).invoice.state).toBe('Cancelled')
  })

  it.each([
    ['nothing', { kind: 'throw' }],
    ['500', { kind: 'answer', status: 500, body: 'oops', contentType: 'text/plain' }],
    ['HTML', { kind: 'answer', status: 200, body: '<p>Hello', contentType: 'text/html' }],
    ['half a JSON', { kind: 'half' }],
  ] as const)(
    'while ordering answers %s it is 503, or the stored copy with its age where there is one',
    async (_, fault) => {
      const { ordering, billing, relay } = await startTogether()
      const { number } = await placeOrder(ordering)
      const path = `/link/new_order/${number}`
      await relay.fail(fault)
      const response = await billing.fetch(path)
      expect(response.status).toBe(503)
      expect(response.headers.get('Retry-After')).toBe('5')
      const html = await response.text()
      expect(headingOf(html)).toBe('Ordering is unavailable')
      expect(html).toContain('If you have just confirmed order')
      expect(html).toContain(`href="${path}"`)
      await relay.fail()
      await billing.fetch(path)
      await relay.fail(fault)
      const old = await billing.fetch(path)
      expect(old.status).toBe(200)
      expect(await old.text()).toMatch(/Ordering does not answer.*It is \d+ seconds? old/s)
    },
  )

  it('answers 503 for an order that does not fit, and the stored copy with the reason where there is one', async () => {
    const { ordering, billing, relay } = await startTogether()
    const { number } = await placeOrder(ordering)
    const path = `/link/new_order/${number}`
    const fault = { kind: 'replace', text: '"quantity":4', by: '"quantity":-4' } as const
    await relay.fail(fault)
    const response = await billing.fetch(path)
    expect(response.status).toBe(503)
    expect(response.headers.get('Retry-After')).toBe('5')
    const html = await response.text()
    expect(headingOf(html)).toBe('This order cannot be read')
    expect(html).toContain('/lines/0/quantity')
    await relay.fail()
    await billing.fetch(path)
    await relay.fail(fault)
    const old = await billing.fetch(path)
    expect(old.status).toBe(200)
    expect(await old.text()).toContain('/lines/0/quantity')
  })

  it('shows an orphan as what it is, without a way to approve it, before the restore was noticed and after', async () => {
    const { number, path, ...together } = await anInvoice()
    const { billing } = together
    await lose(together, number)
    expectOrphan(await (await billing.fetch(`/link/new_order/${number}`)).text())
    await orphan(together, number)
    expectOrphan(await (await billing.fetch(`/link/new_order/${number}`)).text())
    expectOrphan(await (await billing.fetch(path)).text())

    function expectOrphan(html: string): void {
      expect(html.match(/Ordering no longer has this order/g)).toHaveLength(1)
      expect(html).not.toContain('Approve invoice')
    }
  })

  it('answers 503 `Billing is unavailable` while billing’s own database fails', async () => {
    const { ordering, billing } = await startTogether()
    const { number } = await placeOrder(ordering)
    await billing.failDatabase({ kind: 'refuse' })
    const response = await billing.fetch(`/link/new_order/${number}`)
    expect(response.status).toBe(503)
    expect(response.headers.get('Retry-After')).toBe('5')
    expect(headingOf(await response.text())).toBe('Billing is unavailable')
  })
})

describe('GET /orders/:number', () => {
  it('shows the copy with a link to its invoice', async () => {
    const { billing, number, path } = await anInvoice()
    const html = await (await billing.fetch(`/orders/${number}`)).text()
    expect(headingOf(html)).toBe(`Order ${number}`)
    expect(html).toContain(`href="${path}"`)
    expect(html).toContain('Oat flakes, 1 kg')
  })

  it('answers 404 without a copy and 410 once it was deleted', async () => {
    const { ordering, billing, pull, number } = await anInvoice()
    expect((await billing.fetch('/orders/4711')).status).toBe(404)
    expect((await billing.fetch('/orders/x')).status).toBe(404)
    await deleteOrder(ordering, number)
    await pull()
    const response = await billing.fetch(`/orders/${number}`)
    expect(response.status).toBe(410)
    expect(headingOf(await response.text())).toBe(`Order ${number} was deleted`)
  })
})

describe('/sync', () => {
  it('says how the pull stands and runs it when asked', async () => {
    const { ordering, billing } = await startTogether()
    const before = await (await billing.fetch('/sync')).text()
    expect(headingOf(before)).toBe('Sync')
    expect(before).toContain('No pull has run yet')
    await placeOrder(ordering)
    const response = await billing.submit('/sync/run')
    expect(response.status).toBe(303)
    expect(response.headers.get('Location')).toBe('/sync')
    const { token } = (await (await billing.fetch('/api/sync')).json()) as { token: string }
    const after = await (await billing.fetch('/sync')).text()
    expect(after).toContain('Billing is in sync with ordering')
    expect(after).toContain(token)
  })

  it('tells why the last run failed', async () => {
    const { billing, relay, pull } = await startTogether()
    await relay.fail({ kind: 'throw' })
    await pull()
    const html = await (await billing.fetch('/sync')).text()
    expect(html).toContain('Sync needs attention')
    expect(html).toContain('Ordering does not answer')
  })
})

describe('what is the same everywhere', () => {
  it('GET /problems/:name explains a problem; an unknown one is 404', async () => {
    const { billing } = await startTogether()
    expect(headingOf(await (await billing.fetch('/problems/stale')).text())).toBe('It has changed since you read it')
    expect((await billing.fetch('/problems/none')).status).toBe(404)
    expect((await billing.fetch('/problems/toString')).status).toBe(404)
  })

  it('an address without a page is a page for people and problem details for programs', async () => {
    const { billing } = await startTogether()
    const page = await billing.fetch('/nothing', { headers: { Accept: 'text/html' } })
    expect(page.status).toBe(404)
    expect(headingOf(await page.text())).toBe('There is nothing at this address')
    const problem = await billing.fetch('/nothing', { headers: { Accept: JSON_TYPE } })
    expect(problem.headers.get('Content-Type')).toBe('application/problem+json')
  })

  it('every page has its policy and is kept out of shared caches', async () => {
    const { billing, path } = await anInvoice()
    for (const page of ['/', path, '/sync', '/problems/stale', '/nothing']) {
      const { headers } = await billing.fetch(page)
      const policy = headers.get('Content-Security-Policy') ?? ''
      expect(policy).toContain("form-action 'self';")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).not.toContain('unsafe-inline')
      expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
      expect(headers.get('Cache-Control')).toBe('private, no-store')
    }
  })
})

/** A confirmed order, pulled, and the page of its invoice. */
async function anInvoice() {
  const together = await startTogether()
  const { number } = await placeOrder(together.ordering)
  await together.pull()
  const { invoice } = await findInvoiceOf(together.billing, number)
  return { ...together, number, id: invoice.id, path: `/invoices/${invoice.id}` }
}
