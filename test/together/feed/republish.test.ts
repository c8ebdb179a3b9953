import { describe, expect, it } from 'vitest'
import { anOrder, deleteOrder, order10248, placeDraft, placeOrder } from '../../support/orders.ts'
import { startTogether } from '../../support/together.ts'

async function approve(billing: Awaited<ReturnType<typeof startTogether>>['billing'], id: number): Promise<void> {
  const seen = (await billing.fetch(`/api/invoices/${id}`)).headers.get('ETag') ?? ''
  const approved = await billing.send('POST', `/api/invoices/${id}/approve`, undefined, { 'If-Match': seen })
  expect(approved.status).toBe(200)
}

describe('POST /api/feed/republish', () => {
  it('republishes what was ever confirmed, in batches, with its revision and fingerprint', async () => {
    const { ordering, pull } = await startTogether()
    for (const externalId of ['A', 'B', 'C']) await placeOrder(ordering, anOrder({ externalId }))
    await placeDraft(ordering)
    await deleteOrder(ordering, 3)
    await pull()
    const look = () => ordering.sql('SELECT number, revision, fingerprint FROM orders ORDER BY number')
    const before = await look()
    const first = await ordering.send('POST', '/api/feed/republish', { limit: 2 })
    expect(await first.json()).toEqual({ republished: 2, next: 2 })
    const last = await ordering.send('POST', '/api/feed/republish', { after: 2, limit: 2 })
    expect(await last.json()).toEqual({ republished: 1, next: null })
    expect(await look()).toEqual(before)
    expect(await pull()).toMatchObject({ outcome: 'ok', created: 0, changed: 0, removed: 0, unchanged: 3 })
  })

  it('brings members that billing’s copies lack, and changes no invoice', async () => {
    const { ordering, billing, pull } = await startTogether()
    await placeOrder(ordering, order10248)
    await placeOrder(ordering)
    await pull()
    await approve(billing, 1)
    const look = async (): Promise<unknown> => (await billing.fetch('/api/invoices')).json()
    const before = await look()
    // As a copy would be that an older release of ordering had sent: without the note, under the same fingerprint.
    await billing.batch([
      { query: `UPDATE orders SET record = json_remove(record, '$.note')`, values: [] },
      {
        query: `UPDATE orders SET fingerprint = record ->> 'fingerprint'`,
        values: [],
      },
    ])
    await ordering.send('POST', '/api/feed/republish', {})
    expect(await pull()).toMatchObject({ outcome: 'ok', unchanged: 2 })
    const copies = await billing.sql(
      `SELECT json_type(record, '$.note') AS note, fingerprint = record ->> 'fingerprint' AS same FROM orders`,
    )
    expect(copies).toEqual([
      { note: 'null', same: 1 },
      { note: 'null', same: 1 },
    ])
    expect(await look()).toEqual(before)
    expect(await (await billing.send('POST', '/api/sync/compare')).json()).toMatchObject({ compared: 2, differing: [] })
  })

  it('writes no copy again whose record differs in its place in the feed alone', async () => {
    const { ordering, billing, pull } = await startTogether()
    const { number } = await placeOrder(ordering)
    await billing.fetch(`/link/new_order/${number}`)
    await pull()
    expect(await billing.sql('SELECT source FROM orders')).toEqual([{ source: 'deep-link' }])
  })
})
