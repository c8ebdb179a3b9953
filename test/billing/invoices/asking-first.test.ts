import { beforeEach, describe, expect, it } from 'vitest'
import type { Invoice } from '../../../workers/billing/documents/invoice.ts'
import type { BindingFault } from '../../../shared/simulator/fault.ts'
import { amendOrder, anOrder, deleteOrder, placeOrder } from '../../support/orders.ts'
import type { Answer } from '../../../shared/simulator/running-worker.ts'
import { startTogether, type Together } from '../../support/together.ts'
import { approve, headingOf, problemOf, readForm, readInvoice, reject } from '../support.ts'

const DEARER = anOrder({ lines: [{ sku: 'OAT-1', description: 'Oat flakes, 1 kg', quantity: 4, unitPrice: 29_720 }] })

let together: Together

/** Orders 1 to `count`, each with an invoice that waits, and nothing asked of ordering since. */
async function placeWaiting(count: number): Promise<void> {
  for (let placed = 0; placed < count; placed += 1) await placeOrder(together.ordering)
  await together.pull()
  await together.relay.calls()
}

/** Approves several by their page, and returns the page that says what became of them. */
async function approveTogether(ids: readonly number[], meanwhile: () => Promise<unknown>): Promise<string> {
  const { billing } = together
  const page = await (await billing.fetch(`/approvals?${ids.map((id) => `id=${id}`).join('&')}`)).text()
  const fields = [...page.matchAll(/name="approve" value="([^"]*)"/g)].map(([, value = '']): [string, string] => [
    'approve',
    value.replaceAll('&quot;', '"'),
  ])
  await meanwhile()
  const answer = await billing.submit('/approvals', fields)
  return (await billing.fetch(answer.headers.get('Location') ?? '')).text()
}

async function readText(answer: Answer): Promise<string> {
  return (await answer.text()).replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ')
}

beforeEach(async () => {
  together = await startTogether()
})

describe('an approval by the API', () => {
  it('asks ordering for the order, in one call, and is done where nothing changed', async () => {
    await placeWaiting(1)
    const { token } = await together.pull()
    await together.relay.calls()
    const answer = await approve(together.billing, 1)
    expect(await together.relay.calls()).toEqual(['GET /orders/1'])
    expect(answer.status).toBe(200)
    expect(answer.headers.get('Decided-On')).toBe('order')
    expect(answer.headers.get('Copy-Fetched-At')).toBeNull()
    expect(await answer.json()).toMatchObject({ state: 'Approved', gross: 1000 })
    expect(await together.billing.sql('SELECT token FROM order_pull')).toEqual([{ token }])
  })

  it('of an order that was amended is 412, with the invoice as it is now, and approves that when sent again', async () => {
    await placeWaiting(1)
    const { etag } = await readInvoice(together.billing, 1)
    await amendOrder(together.ordering, 1, DEARER)
    const answer = await together.billing.send('POST', '/api/invoices/1/approve', undefined, { 'If-Match': etag })
    expect(answer.status).toBe(412)
    const { type, current } = (await answer.json()) as { type: string; current: Invoice }
    expect(type).toBe('/problems/stale')
    expect(current).toMatchObject({ state: 'ToApprove', orderRevision: 3, gross: 118_880 })
    const again = await approve(together.billing, 1)
    expect(await again.json()).toMatchObject({ state: 'Approved', gross: 118_880 })
  })

  it('of an order that was deleted is 409, and its invoice is cancelled at once', async () => {
    await placeWaiting(1)
    await deleteOrder(together.ordering, 1)
    expect(await problemOf(await approve(together.billing, 1))).toBe('409 /problems/already-decided')
    expect((await readInvoice(together.billing, 1)).invoice.state).toBe('Cancelled')
  })

  it('of an order whose record cannot be read is 409, naming what is wrong with it', async () => {
    await placeWaiting(1)
    await together.ordering.sql(`UPDATE orders SET currency = 'XXY' WHERE number = 1`)
    const answer = await approve(together.billing, 1)
    expect(answer.status).toBe(409)
    expect(await answer.json()).toMatchObject({ type: '/problems/conflict', errors: [{ pointer: '/currency' }] })
    expect((await readInvoice(together.billing, 1)).invoice.state).toBe('ToApprove')
  })

  it('of an order that ordering does not have is 409', async () => {
    await placeWaiting(1)
    await together.relay.fail({ kind: 'answer', status: 404, body: '{"type":"/problems/not-found"}' })
    expect(await problemOf(await approve(together.billing, 1))).toBe('409 /problems/conflict')
  })

  it('of an order of which ordering says something older is 409: one side was restored', async () => {
    await placeWaiting(1)
    await together.relay.fail({ kind: 'replace', text: '"fingerprint":', by: '"fingerprint":1' })
    expect(await problemOf(await approve(together.billing, 1))).toBe('409 /problems/conflict')
    expect((await approve(together.billing, 1)).status).toBe(200)
  })

  it.each<[string, BindingFault]>([
    ['does not answer within 5 seconds', { kind: 'no-answer' }],
    ['is not there', { kind: 'throw' }],
    ['answers 503', { kind: 'answer', status: 503, body: '' }],
    ['answers what is not JSON', { kind: 'half' }],
  ])(
    'counts billing’s copy where ordering %s, and says so',
    async (_, fault) => {
      await placeWaiting(1)
      const copy = (await (await together.billing.fetch('/api/orders/1')).json()) as { fetchedAt: string }
      await together.relay.fail(fault)
      const answer = await approve(together.billing, 1)
      expect(await answer.json()).toMatchObject({ state: 'Approved' })
      expect(answer.headers.get('Decided-On')).toBe('copy')
      expect(answer.headers.get('Copy-Fetched-At')).toBe(copy.fetchedAt)
    },
    20_000,
  )

  it('follows ordering into a history that began with a restore', async () => {
    await placeWaiting(1)
    await together.ordering.sql(`UPDATE feed SET epoch = 'fedcba9876543210'`)
    expect((await approve(together.billing, 1)).status).toBe(200)
    expect((await together.relay.calls()).filter((call) => call === 'GET /orders/1')).toHaveLength(2)
  })

  it('of an invoice that was decided already asks ordering nothing', async () => {
    await placeWaiting(1)
    await approve(together.billing, 1)
    await together.relay.calls()
    expect((await approve(together.billing, 1)).status).toBe(409)
    expect(await together.relay.calls()).toEqual([])
  })
})

describe('a rejection', () => {
  it('of an order that was corrected meanwhile is 412: nobody is asked to correct it again', async () => {
    await placeWaiting(1)
    const { etag } = await readInvoice(together.billing, 1)
    await amendOrder(together.ordering, 1, DEARER)
    const body = { reason: 'The price is wrong' }
    const answer = await together.billing.send('POST', '/api/invoices/1/reject', body, { 'If-Match': etag })
    expect(await problemOf(answer)).toBe('412 /problems/stale')
    const rejected = await reject(together.billing, 1, 'The price is wrong')
    expect(rejected.headers.get('Decided-On')).toBe('order')
    expect(await rejected.json()).toMatchObject({ state: 'Rejected' })
  })
})

describe('an approval on the page', () => {
  it('of an order that was amended shows what changed, with the new figures and a fresh form', async () => {
    await placeWaiting(1)
    const seen = await readForm(together.billing, '/invoices/1')
    await amendOrder(together.ordering, 1, DEARER)
    const answer = await together.billing.submit('/invoices/1/approve', seen)
    expect(answer.status).toBe(412)
    const html = await answer.text()
    expect(html).toContain('The order has changed since you read this invoice')
    expect(html.replaceAll(/<[^>]*>/g, '')).toMatch(/Line 1, unit price.*€2\.50.*€297\.20/s)
    const [, fresh = ''] = /name="seen" value="([^"]*)"/.exec(html) ?? []
    const again = await together.billing.submit('/invoices/1/approve', { seen: fresh.replaceAll('&quot;', '"') })
    expect(again.headers.get('Location')).toBe('/invoices/1')
    expect((await readInvoice(together.billing, 1)).invoice).toMatchObject({ state: 'Approved', gross: 118_880 })
  })

  it('of an order that was amended and taken back says that nothing in it differs', async () => {
    await placeWaiting(1)
    const seen = await readForm(together.billing, '/invoices/1')
    await amendOrder(together.ordering, 1, DEARER)
    await amendOrder(together.ordering, 1, anOrder())
    const text = await readText(await together.billing.submit('/invoices/1/approve', seen))
    expect(text).toContain('Nothing on the invoice is different')
  })

  it('without an answer of ordering’s says that billing’s copy counted', async () => {
    await placeWaiting(1)
    const seen = await readForm(together.billing, '/invoices/1')
    await together.relay.fail({ kind: 'throw' })
    const answer = await together.billing.submit('/invoices/1/approve', seen)
    expect(answer.status).toBe(303)
    const page = await readText(await together.billing.fetch(answer.headers.get('Location') ?? ''))
    expect(page).toContain('Approved from billing’s copy of the order')
    expect(await readText(await together.billing.fetch('/invoices/1'))).not.toContain('billing’s copy of the order')
  })

  it('of an order whose record cannot be read says what is wrong, and offers no decision', async () => {
    await placeWaiting(1)
    const seen = await readForm(together.billing, '/invoices/1')
    await together.ordering.sql(`UPDATE orders SET currency = 'XXY' WHERE number = 1`)
    const answer = await together.billing.submit('/invoices/1/approve', seen)
    expect(answer.status).toBe(409)
    const html = await answer.text()
    expect(html).toContain('Nothing was decided')
    expect(html).toContain('/currency')
    expect(html).not.toContain('Approve invoice')
  })
})

describe('approvals of several invoices', () => {
  it('ask ordering for all of their orders in one call', async () => {
    await placeWaiting(25)
    const done = await approveTogether(
      [...Array(25).keys()].map((id) => id + 1),
      () => together.relay.calls(),
    )
    expect(await together.relay.calls()).toEqual(['POST /orders/read'])
    expect(headingOf(done)).toBe('25 of 25 approved')
  })

  it('approve what is as it was seen, and say of each other why not', async () => {
    await placeWaiting(4)
    const done = await approveTogether([1, 2, 3, 4], async () => {
      await amendOrder(together.ordering, 1, DEARER)
      await deleteOrder(together.ordering, 2)
      await together.ordering.sql(`UPDATE orders SET currency = 'XXY' WHERE number = 3`)
    })
    expect(headingOf(done)).toBe('1 of 4 approved')
    expect(done).toContain('It has changed since you saw it')
    expect(done).toContain('Its order was deleted')
    expect(done).toContain('Ordering’s record of the order cannot be read')
    expect((await readInvoice(together.billing, 1)).invoice).toMatchObject({ state: 'ToApprove', gross: 118_880 })
  })

  it('count billing’s copies where ordering does not answer, and say so', async () => {
    await placeWaiting(2)
    const done = await approveTogether([1, 2], () => together.relay.fail({ kind: 'throw' }))
    expect(headingOf(done)).toBe('2 of 2 approved')
    expect(done).toContain('2 invoices were approved from')
  })

  it('leave one that ordering does not have, and one that the database refuses, and approve the others', async () => {
    await placeWaiting(3)
    const { billing } = together
    await billing.sql(`CREATE TRIGGER refusing BEFORE UPDATE ON orders WHEN new.number = 2 AND new.revision > 2
      BEGIN SELECT raise(ABORT, 'refused'); END`)
    const done = await approveTogether([1, 2, 3], async () => {
      await amendOrder(together.ordering, 2, DEARER)
      await together.relay.fail({
        kind: 'replace',
        text: '"number":1,"order":{',
        by: '"number":1,"order":null,"was":{',
      })
    })
    expect(headingOf(done)).toBe('1 of 3 approved')
    expect(done).toContain('Ordering does not have its order')
    expect(done).toContain('Ordering’s record of the order cannot be read')
  })
})
