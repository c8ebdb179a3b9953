import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { FoundOrder } from '../../../workers/billing/trace/place.ts'
import { approve, headingOf, problemOf, readInvoice } from '../../billing/support.ts'
import { lose, poison } from '../../billing/trouble.ts'
import {
  amendOrder,
  anOrder,
  deleteOrder,
  type Draft,
  importOrders,
  placeDraft,
  placeOrder,
} from '../../support/orders.ts'
import { aPublishedOrder } from '../../support/published-order.ts'
import { startTogether, type Together } from '../../support/together.ts'

/** What a search answers. */
type OrderSearch = {
  orders: FoundOrder[]
  more: boolean
  trace: { number: number; place: string; headline: string } | null
  notKnown: string | null
}

let together: Together

/** An order of the customer with that id and name. */
function orderOf(id: string, name: string, externalId: string | null = null): Draft {
  const { customer, ...rest } = anOrder({ externalId })
  return { ...rest, customer: { ...customer, id, name } }
}

async function search(q: string): Promise<OrderSearch> {
  const response = await together.billing.fetch(`/api/trace?${new URLSearchParams({ q }).toString()}`)
  expect([q, response.status]).toEqual([q, 200])
  return (await response.json()) as OrderSearch
}

/** The orders that are found, and the one whose trace is answered. */
async function numbersFound(q: string): Promise<[listed: number[], traced: number | null]> {
  const { orders, trace } = await search(q)
  return [orders.map(({ number }) => number), trace?.number ?? null]
}

async function credit(id: number, body: object = {}): Promise<void> {
  const { etag } = await readInvoice(together.billing, id)
  const sent = { reason: 'Came broken', ...body }
  const issued = await together.billing.send('POST', `/api/invoices/${id}/credit-notes`, sent, { 'If-Match': etag })
  expect(issued.status).toBe(201)
}

const year = String(new Date().getUTCFullYear())

/** What the page says first, as one reads it. */
function titleOf(html: string): string {
  return (/class="notice-title">(.*?)<\/p>/.exec(html)?.[1] ?? '').replaceAll(/<[^>]*>/g, '')
}

describe('GET /api/trace?q=', () => {
  beforeEach(async () => {
    together = await startTogether()
  })

  it('finds an order by its number, external id, invoice, credit note and customer, and traces the only one', async () => {
    const { ordering, billing, pull } = together
    await placeOrder(ordering, orderOf('MOEWE', 'Möwe & Söhne', 'NW-10248'))
    await placeOrder(ordering, orderOf('KORN', 'Kornblume Naturkost', '1'))
    await placeOrder(ordering, orderOf('KORN', 'Kornblume Naturkost', 'NW-102481'))
    await pull()
    await approve(billing, 3)
    await approve(billing, 1)
    await credit(1)
    for (const [q, listed, traced] of [
      ['2', [2], 2],
      ['#2', [2], 2],
      ['002', [2], 2],
      ['1', [1, 2], null],
      ['NW-10248', [1], 1],
      [' nw-10248 ', [1], 1],
      ['NW-1024', [3, 1], null],
      [`${year}-000001`, [3], 3],
      [`c${year}-000001`, [1], 1],
      ['moewe', [1], 1],
      ['söhne', [1], 1],
      ['KORN', [3, 2], null],
      ['korn', [3, 2], null],
      ['kornblume', [3, 2], null],
    ] as const) {
      expect([q, ...(await numbersFound(q))]).toEqual([q, listed, traced])
    }
    expect((await search('KORN')).orders).toEqual([
      {
        number: 3,
        externalId: 'NW-102481',
        customer: 'Kornblume Naturkost',
        state: 'Approved',
        invoiceNumber: `${year}-000001`,
      },
      { number: 2, externalId: '1', customer: 'Kornblume Naturkost', state: 'ToApprove', invoiceNumber: null },
    ])
  })

  it('lists at most 20 orders, and says that there are more', async () => {
    const { ordering, pull } = together
    const lines = Array.from({ length: 30 }, (_, index) => ({
      ...orderOf('KORN', 'Kornblume'),
      externalId: `E-${index + 1}`,
      state: 'Confirmed' as const,
    }))
    await importOrders(ordering, lines)
    await pull()
    for (const q of ['KORN', 'blume']) {
      const { orders, more } = await search(q)
      expect([orders.length, orders[0]?.number, more]).toEqual([20, 30, true])
    }
  })

  it('asks ordering for an order that billing does not have yet, and finds no Draft', async () => {
    const { ordering, billing, pull } = together
    await pull()
    await placeOrder(ordering, orderOf('KORN', 'Kornblume', 'NW-10248'))
    await placeDraft(ordering, orderOf('KORN', 'Kornblume', 'NW-10249'))
    for (const q of ['NW-10248', 'nw-10248', '#1']) {
      const { orders, trace } = await search(q)
      expect(orders.map(({ number, state }) => [number, state])).toEqual([[1, 'InOrdering']])
      expect(trace).toMatchObject({
        place: 'ordering',
        headline: 'Order 1 is confirmed in ordering and will be in billing with the next pull, within a minute.',
      })
    }
    for (const q of ['NW-10249', '2', 'Kornblume']) {
      expect(await problemOf(await billing.fetch(`/api/trace?q=${q}`))).toBe('404 /problems/not-found')
    }
  })

  it('says what is not known while ordering does not answer, and traces none that may not be meant', async () => {
    const { ordering, billing, relay, pull } = together
    await placeOrder(ordering, orderOf('KORN', 'Kornblume', 'NW-10248'))
    await pull()
    const silent = { kind: 'answer', status: 502, body: '' } as const
    await relay.fail(silent, silent, silent)
    expect((await search('NW-10248')).trace).toMatchObject({
      place: 'to_approve',
      headline: 'As far as billing knows, order 1 is in billing, and its invoice waits for approval.',
    })
    expect(await search('NW-1024')).toMatchObject({
      orders: [{ number: 1 }],
      trace: null,
      notKnown: 'Ordering does not answer, so orders that billing does not have yet are missing here. It answered 502',
    })
    const answer = await billing.fetch('/api/trace?q=NW-7')
    expect(answer.status).toBe(503)
    expect(answer.headers.get('Retry-After')).toBe('5')
    expect(await answer.json()).toMatchObject({
      type: '/problems/unavailable',
      detail: 'Billing does not know of an order by “NW-7”, and ordering does not answer. It answered 502',
    })
  })

  it.each(['', '?q=', '?q=%20', `?q=${'x'.repeat(501)}`, '?q=%E2%80%8B'])(
    'refuses %s by the parameter',
    async (query) => {
      const answer = await together.billing.fetch(`/api/trace${query}`)
      expect(answer.status).toBe(400)
      expect(((await answer.json()) as { detail: string }).detail).toMatch(/^q: /)
    },
  )
})

describe('the headline of a trace', () => {
  beforeEach(async () => {
    together = await startTogether()
  })

  /** What the page says of the order first. */
  async function headline(number: number): Promise<string> {
    const html = await (await together.billing.fetch(`/trace?order=${number}`)).text()
    expect(headingOf(html)).toBe('Where is my order?')
    const said = titleOf(html)
    const api = await together.billing.fetch(`/api/orders/${number}/trace`)
    const trace = (await api.json()) as { headline: string; changedSince: boolean }
    expect(said).toBe(trace.headline)
    // What happened since is never a success.
    expect(trace.changedSince && html.includes('class="notice tone-success"')).toBe(false)
    return said
  }

  it('follows an order from its confirmation to its invoice, its credit notes and a new invoice', async () => {
    const { ordering, billing, pull } = together
    const line = { sku: 'A', description: 'Oats', quantity: 1, unitPrice: 100 }
    await placeOrder(ordering, anOrder({ lines: [line, line] }))
    expect(await headline(1)).toBe(
      'Order 1 is confirmed in ordering and will be in billing with the next pull that succeeds.',
    )
    await pull()
    expect(await headline(1)).toBe('Order 1 is in billing, and its invoice waits for approval.')
    await amendOrder(ordering, 1, anOrder({ lines: [line, line], note: 'Ring twice' }))
    expect(await headline(1)).toBe(
      'Order 1 is in billing, and its invoice waits for approval. ' +
        'It has been changed in ordering since: billing will know with the next pull, within a minute.',
    )
    await pull()
    await approve(billing, 1)
    expect(await headline(1)).toBe(`Order 1 is approved as invoice ${year}-000001.`)
    expect(await (await billing.fetch('/trace?order=1')).text()).toContain('class="notice tone-success"')
    await amendOrder(ordering, 1, anOrder({ lines: [line] }))
    await pull()
    expect(await headline(1)).toBe(
      `Order 1 is approved as invoice ${year}-000001. ` +
        'The order has been changed since, and the invoice no longer matches it.',
    )
    await credit(1, { lines: [1], charges: [] })
    expect(await headline(1)).toMatch(`Order 1 is approved as invoice ${year}-000001, which is credited in part.`)
    await credit(1, { reissue: true })
    expect(await headline(1)).toBe('Order 1 has a reissued invoice, which waits for approval.')
    await approve(billing, 1_000_000_000_001)
    await deleteOrder(ordering, 1)
    expect(await headline(1)).toBe(
      `Order 1 is approved as invoice ${year}-000002. ` +
        'It has been deleted in ordering since: billing will know with the next pull, within a minute.',
    )
    await pull()
    expect(await headline(1)).toBe(
      `Order 1 is approved as invoice ${year}-000002. The order has been deleted since, and the invoice has to be credited.`,
    )
    await credit(1_000_000_000_001)
    expect(await headline(1)).toBe(`Order 1 was approved as invoice ${year}-000002, which is credited in full.`)
  })

  it('says what became of orders that are rejected, deleted, in quarantine, lost or late', async () => {
    const { ordering, billing, pull } = together
    for (let number = 1; number <= 5; number += 1) await placeOrder(ordering)
    await deleteOrder(ordering, 5)
    expect(await headline(5)).toBe('Order 5 was deleted in ordering before it had an invoice.')
    await pull()
    expect(await headline(5)).toBe('Order 5 was deleted in ordering before it had an invoice.')
    const { etag } = await readInvoice(billing, 1)
    await billing.send('POST', '/api/invoices/1/reject', { reason: 'Wrong address' }, { 'If-Match': etag })
    expect(await headline(1)).toBe('Order 1 was rejected in billing and has to be corrected in ordering.')
    await deleteOrder(ordering, 2)
    await pull()
    expect(await headline(2)).toBe('Order 2 was deleted in ordering, and its invoice is cancelled.')
    await poison(together, 3)
    expect(await headline(3)).toBe('Order 3 is in quarantine: billing cannot read ordering’s record of it now.')
    await lose(together, 4)
    expect(await headline(4)).toBe('Order 4 is in billing, but ordering no longer has it.')
    await placeOrder(ordering)
    await ordering.sql(`UPDATE orders SET updated_at = '2026-01-01T00:00:00Z' WHERE number = 6`)
    expect(await headline(6)).toBe('Order 6 is confirmed in ordering and should be in billing by now, but is not.')
    await approve(billing, 1)
  })
})

describe('GET /trace?q=', () => {
  beforeEach(async () => {
    together = await startTogether()
  })

  const show = async (q: string): Promise<[status: number, html: string]> => {
    const response = await together.billing.fetch(`/trace?${new URLSearchParams({ q }).toString()}`)
    return [response.status, await response.text()]
  }

  it('shows the trace of the only order, else a list that leads to each, by its number alone', async () => {
    const { ordering, billing, pull } = together
    await placeOrder(ordering, orderOf('MOEWE', 'Möwe & Söhne', '2'))
    await placeOrder(ordering, orderOf('KORN', 'Kornblume', 'NW-2'))
    await pull()
    await approve(billing, 2)
    const [status, one] = await show('nw-2')
    expect(status).toBe(200)
    expect(titleOf(one)).toBe(`Order 2 is approved as invoice ${year}-000001.`)
    const [, several] = await show('2')
    expect(several).toContain('Which one?')
    for (const text of ['href="/trace?order=1"', 'href="/trace?order=2"', 'Möwe &amp; Söhne', 'To approve', 'NW-2']) {
      expect(several).toContain(text)
    }
    expect(await (await billing.fetch('/trace?order=1')).text()).toContain('Order 1 is in billing')
  })

  it('says that nothing was found, or that it is not known while ordering does not answer', async () => {
    const [status, html] = await show('NW-7')
    expect(status).toBe(404)
    expect(html).toContain('No order found')
    await together.relay.fail({ kind: 'throw' })
    const [silent, unknown] = await show('NW-7')
    expect(silent).toBe(503)
    expect(unknown).toContain('It is unknown whether there is such an order')
    expect(unknown).not.toMatch(/stuck|is safe|lost/)
  })

  it('asks again for what nobody can look for', async () => {
    expect((await show(''))[0]).toBe(200)
    const [status, html] = await show('x'.repeat(501))
    expect([status, html.includes('At most 500 characters')]).toEqual([400, true])
  })
})

describe('OrderService’s GET /orders/find', () => {
  beforeEach(async () => {
    together = await startTogether()
  })

  async function find(query: string): Promise<[status: number, body: unknown]> {
    const { ORDERING } = await together.harness
      .getWorker<{ ORDERING: { fetch: (url: string) => Promise<Response> } }>('relay')
      .getEnv()
    const answer = await ORDERING.fetch(`https://feed/orders/find${query}`)
    expect(answer.headers.get('Cache-Control')).toBe('no-store')
    return [answer.status, await answer.json()]
  }

  it('answers those that were ever confirmed and have this number or external id, in one statement', async () => {
    const { ordering, harness, log } = together
    await placeOrder(ordering, orderOf('MOEWE', 'Möwe', '2'))
    await placeOrder(ordering, orderOf('KORN', 'Kornblume', 'nw-1'))
    await placeDraft(ordering, orderOf('KORN', 'Kornblume', 'NW-3'))
    await deleteOrder(ordering, 1)
    harness.clearLogs()
    const [one, two] = [
      { number: 1, externalId: '2', customer: 'Möwe', state: 'Deleted' },
      { number: 2, externalId: 'nw-1', customer: 'Kornblume', state: 'Confirmed' },
    ]
    for (const [query, orders] of [
      ['?q=2', [two, one]],
      ['?q=%232', [two]],
      ['?q=%20NW-1', [two]],
      ['?q=NW-3', []],
      ['?q=NW', []],
    ] as const) {
      expect([query, await find(query)]).toEqual([query, [200, { orders }]])
    }
    for (const line of log('service.request')) {
      expect(line['d1']).toMatchObject({ roundTrips: 1, statements: 1, rowsWritten: 0 })
      expect((line['d1'] as { rowsRead: number }).rowsRead).toBeLessThanOrEqual(10)
    }
  })

  it.each(['', '?q=', `?q=${'x'.repeat(501)}`])('refuses %s', async (query) => {
    expect((await find(query))[0]).toBe(400)
  })
})

describe('with 5,000 orders of two customers', () => {
  const SIZE = 5_000
  const RECORD = JSON.stringify(aPublishedOrder({ revision: 1 }))

  beforeAll(async () => {
    together = await startTogether()
    const { billing } = together
    await billing.sql(`INSERT INTO orders (number, revision, fingerprint, epoch, deleted, record, searched, source, fetched_at)
      WITH RECURSIVE made (nr) AS (SELECT 1 UNION ALL SELECT nr + 1 FROM made WHERE nr < ${SIZE})
      SELECT nr, 1, nr, 'e', 0, json_set('${RECORD}', '$.number', nr, '$.customer.id', 'KORN-' || (nr % 2)),
        'KORNBLUME ' || (nr % 2) || char(10) || 'NR-' || nr, 'pull', '2026-03-01T08:00:00Z' FROM made`)
    await billing.sql(
      `INSERT INTO invoices (id, order_number, created_at) SELECT number, number, fetched_at FROM orders`,
    )
  }, 120_000)

  it.each([
    ['4000', 6, 40],
    ['NR-4000', 6, 40],
    ['KORN-1', 1, 200],
    ['kornblume 1', 7, 300],
    ['nothing like it', 4, 60],
  ])(
    'a search for %s does at most %s statements in billing, and reads at most %s rows',
    async (q, statements, rows) => {
      together.harness.clearLogs()
      await together.billing.fetch(`/trace?${new URLSearchParams({ q }).toString()}`)
      const cost = together.log('request').at(-1)?.['d1'] as { statements: number; rowsRead: number }
      console.log(`${q}: ${cost.statements} statements, ${cost.rowsRead} rows`)
      expect(cost.statements).toBeLessThanOrEqual(statements)
      expect(cost.rowsRead).toBeLessThanOrEqual(rows)
    },
  )
})
