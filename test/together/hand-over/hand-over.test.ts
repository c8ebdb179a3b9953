import { beforeEach, describe, expect, it } from 'vitest'
import type { Order } from '../../../shared/contract/order.ts'
import type { Invoice } from '../../../workers/billing/documents/invoice.ts'
import type { BindingFault, DatabaseFault } from '../../../shared/simulator/fault.ts'
import { amendOrder, anOrder, deleteOrder, order10248, placeDraft, placeOrder } from '../../support/orders.ts'
import type { Answer } from '../../../shared/simulator/running-worker.ts'
import { startTogether, type Together } from '../../support/together.ts'
import { readBilling, readOrdering } from '../both-sides.ts'

let together: Together
beforeEach(async () => {
  together = await startTogether()
})

function follow(number: number | string): Promise<Answer> {
  return together.billing.fetch(`/link/new_order/${number}`)
}

/** What a person sees first: the status, the page's one heading, and when to come back. */
async function seen(
  response: Answer,
): Promise<{ status: number; heading: string; retryAfter: string | null; page: string }> {
  const page = await response.text()
  const headings = [...page.matchAll(/<h1[^>]*>(.*?)<\/h1>/gs)].map(([, text = '']) => text.replaceAll(/<[^>]*>/g, ''))
  return {
    status: response.status,
    heading: headings.join(' | '),
    retryAfter: response.headers.get('Retry-After'),
    page,
  }
}

async function readInvoices(): Promise<Invoice[]> {
  const response = await together.billing.fetch('/api/invoices')
  return ((await response.json()) as { invoices: Invoice[] }).invoices
}

describe('POST /orders/:number/confirm', () => {
  it('redirects to the invoice in billing, and pressed twice does the same: one order, one invoice', async () => {
    await placeDraft(together.ordering, order10248)
    for (let press = 1; press <= 2; press += 1) {
      const response = await together.ordering.submit('/orders/1/confirm')
      expect(response.status).toBe(303)
      expect(response.headers.get('Location')).toBe('http://localhost:8788/link/new_order/1')
      expect((await follow(1)).status).toBe(200)
    }
    expect(await together.ordering.sql('SELECT number, revision FROM orders')).toEqual([{ number: 1, revision: 2 }])
    expect(await readInvoices()).toMatchObject([{ orderNumber: 1, orderRevision: 2, gross: 20_038 }])
  })
})

describe('GET /link/new_order/:number', () => {
  it('shows the invoice before any pull has run, and the same again', async () => {
    await placeOrder(together.ordering, order10248)
    const first = await seen(await follow(1))
    expect(first).toMatchObject({ status: 200, retryAfter: null })
    expect(first.page).toContain('$200.38')
    const [invoice] = await readInvoices()
    expect(await seen(await follow(1))).toMatchObject({ status: 200, heading: first.heading })
    expect(await readInvoices()).toEqual([invoice])
    const copy = (await (await together.billing.fetch('/api/orders/1')).json()) as Order & { source: string }
    expect(copy).toMatchObject({ source: 'deep-link', revision: 2 })
  })

  it('moves no token and gives no number: the next pull finds the order unchanged', async () => {
    const { ordering, billing, pull } = together
    await placeOrder(ordering)
    const { token } = await pull()
    await placeOrder(ordering)
    await follow(2)
    expect(await billing.sql('SELECT token FROM order_pull')).toEqual([{ token }])
    expect(await ordering.sql('SELECT highest FROM feed')).toEqual([{ highest: 1 }])
    expect(await pull()).toMatchObject({ created: 0, unchanged: 1 })
  })

  it('asks ordering once', async () => {
    await placeOrder(together.ordering)
    await together.relay.calls()
    await follow(1)
    expect(await together.relay.calls()).toEqual(['GET /orders/1'])
  })

  it('shows the order as it is now, ahead of the pull', async () => {
    await placeOrder(together.ordering)
    await together.pull()
    await amendOrder(
      together.ordering,
      1,
      anOrder({ lines: [{ sku: 'A', description: 'A', quantity: 1, unitPrice: 77_700 }] }),
    )
    expect((await seen(await follow(1))).page).toContain('€777.00')
  })

  it.each(['7', '0', 'abc', '1.5', '01', '9007199254740993'])(
    'answers 404 for the unknown order %s',
    async (number) => {
      const answered = await seen(await follow(number))
      expect(answered.status).toBe(404)
      expect(answered.heading).not.toBe('')
    },
  )

  it('answers 404 for a Draft, and stores nothing', async () => {
    await placeDraft(together.ordering)
    expect((await follow(1)).status).toBe(404)
    expect(await readBilling(together.billing)).toEqual([])
  })

  it('answers 410 for a deleted order and cancels its invoice at once', async () => {
    await placeOrder(together.ordering)
    await follow(1)
    await deleteOrder(together.ordering, 1)
    expect((await follow(1)).status).toBe(410)
    expect(await readInvoices()).toMatchObject([{ state: 'Cancelled', orderDeleted: true }])
  })

  it('answers 410 for an order that arrives deleted, and makes no invoice', async () => {
    await placeOrder(together.ordering)
    await deleteOrder(together.ordering, 1)
    expect((await follow(1)).status).toBe(410)
    expect(await readInvoices()).toEqual([])
  })
})

describe('GET /link/new_order/:number while ordering does not answer', () => {
  const outages: [string, BindingFault][] = [
    ['answers 500', { kind: 'answer', status: 500, body: '{}' }],
    ['answers what is not JSON', { kind: 'answer', status: 200, body: '<h1>Sign in</h1>', contentType: 'text/html' }],
    ['answers half a JSON', { kind: 'half' }],
    ['answers nothing', { kind: 'answer', status: 200, body: '' }],
    ['answers 404 with a page', { kind: 'answer', status: 404, body: '<h1>Not found</h1>', contentType: 'text/html' }],
    ['throws', { kind: 'throw' }],
    ['loses its answer', { kind: 'lose-answer' }],
  ]

  it.each(outages)(
    'because it %s: 503 without a copy, the stored copy with its age where there is one',
    async (_, fault) => {
      await placeOrder(together.ordering, order10248)
      await together.relay.fail(fault)
      const without = await seen(await follow(1))
      expect(without).toMatchObject({ status: 503, heading: 'Ordering is unavailable', retryAfter: '5' })
      expect(without.page).toContain('If you have just confirmed order')
      expect(without.page).toContain('href="/link/new_order/1"')
      expect(await readBilling(together.billing)).toEqual([])

      expect((await follow(1)).status).toBe(200)
      await together.relay.fail(fault)
      const stored = await seen(await follow(1))
      expect(stored).toMatchObject({ status: 200, retryAfter: null })
      expect(stored.page).toContain('$200.38')
      expect(stored.page).toMatch(/ago|seconds|just now/)
      expect(stored.page).toContain('Ordering')
    },
  )
})

describe('GET /link/new_order/:number when the order does not fit the contract', () => {
  const unfit: BindingFault = { kind: 'replace', text: '"quantity":12', by: '"quantity":-12' }

  it('answers 503 without a copy, naming the field, and stores nothing', async () => {
    await placeOrder(together.ordering, order10248)
    await together.relay.fail(unfit)
    const answered = await seen(await follow(1))
    expect(answered).toMatchObject({ status: 503, heading: 'This order cannot be read', retryAfter: '5' })
    expect(answered.page).toContain('/lines/0/quantity')
    expect(await readBilling(together.billing)).toEqual([])
  })

  it('shows the stored copy with the reason where there is one', async () => {
    await placeOrder(together.ordering, order10248)
    await follow(1)
    const stored = await readBilling(together.billing)
    await together.relay.fail(unfit)
    const answered = await seen(await follow(1))
    expect(answered.status).toBe(200)
    expect(answered.page).toContain('/lines/0/quantity')
    expect(await readBilling(together.billing)).toEqual(stored)
  })

  it('takes no other order for the one that was asked for', async () => {
    await placeOrder(together.ordering, order10248)
    await together.relay.fail({ kind: 'replace', text: '"number":1,', by: '"number":2,' })
    expect(await seen(await follow(1))).toMatchObject({ status: 503, heading: 'This order cannot be read' })
    expect(await readBilling(together.billing)).toEqual([])
  })

  it('passes over what a newer ordering adds to its records', async () => {
    await placeOrder(together.ordering, order10248)
    await together.relay.fail({ kind: 'replace', text: '"note":null', by: '"note":null,"priority":"high"' })
    expect((await follow(1)).status).toBe(200)
  })
})

describe('GET /link/new_order/:number while the database of billing fails', () => {
  const failures: DatabaseFault['kind'][] = ['refuse', 'lose-answer', 'land-late']

  it.each(failures)('(%s) answers 503, Billing is unavailable, and is right afterwards', async (kind) => {
    const { ordering, billing } = together
    await placeOrder(ordering)
    await billing.failDatabase({ kind, times: 5 })
    expect(await seen(await follow(1))).toMatchObject({
      status: 503,
      heading: 'Billing is unavailable',
      retryAfter: '5',
    })
    await billing.failDatabase()
    await amendOrder(ordering, 1, anOrder({ note: 'amended meanwhile' }))
    expect((await follow(1)).status).toBe(200)
    await billing.landLate()
    expect(await readBilling(billing)).toEqual(await readOrdering(ordering))
    expect(await readInvoices()).toHaveLength(1)
  })

  it('answers 503 when ordering does not answer either', async () => {
    await placeOrder(together.ordering)
    await together.relay.fail({ kind: 'throw' })
    await together.billing.failDatabase({ kind: 'refuse', times: 5 })
    expect(await seen(await follow(1))).toMatchObject({
      status: 503,
      heading: 'Billing is unavailable',
      retryAfter: '5',
    })
  })
})
