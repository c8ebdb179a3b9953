import { beforeEach, describe, expect, it } from 'vitest'
import type { SyncReport } from '../../../workers/billing/sync/answers.ts'
import type { Invoice } from '../../../workers/billing/documents/invoice.ts'
import { keepMoment, restoreMoment } from '../../../shared/simulator/moment.ts'
import { amendOrder, anOrder, deleteOrder, placeOrder } from '../../support/orders.ts'
import { startTogether, type Together } from '../../support/together.ts'
import { pullToEnd, readBilling, readOrdering } from '../both-sides.ts'
import { openFeed, placesIn } from '../feed-reader.ts'

let together: Together
beforeEach(async () => {
  together = await startTogether()
})

async function readSync(): Promise<SyncReport> {
  return (await (await together.billing.fetch('/api/sync')).json()) as SyncReport
}

async function readInvoice(id: number): Promise<Invoice> {
  return (await (await together.billing.fetch(`/api/invoices/${id}`)).json()) as Invoice
}

async function approve(id: number): Promise<number> {
  const { billing } = together
  const etag = (await billing.fetch(`/api/invoices/${id}`)).headers.get('ETag') ?? ''
  return (await billing.send('POST', `/api/invoices/${id}/approve`, undefined, { 'If-Match': etag })).status
}

/** The orders that billing says otherwise than ordering, or does not name as orphaned although ordering lost them. */
async function findDisagreement(): Promise<number[]> {
  const said = await readOrdering(together.ordering)
  const copies = new Map((await readBilling(together.billing)).map((copy) => [copy.number, JSON.stringify(copy)]))
  const differing = said.filter((order) => copies.get(order.number) !== JSON.stringify(order))
  const known = new Set(said.map(({ number }) => number))
  const lost = [...copies.keys()].filter((number) => !known.has(number))
  const { orphaned } = await readSync()
  const misnamed = [...lost, ...orphaned].filter((number) => !lost.includes(number) || !orphaned.includes(number))
  return [...differing.map(({ number }) => number), ...misnamed]
}

describe('ordering restored from a backup', () => {
  it('is noticed and named, and the next pull repairs: billing says what ordering now says', async () => {
    const { ordering, pull, log } = together
    await placeOrder(ordering, anOrder({ note: 'one' }))
    await placeOrder(ordering, anOrder({ note: 'two' }))
    await pull()
    await keepMoment(ordering, 1)
    await amendOrder(ordering, 1, anOrder({ note: 'lost by the restore' }))
    await deleteOrder(ordering, 2)
    await placeOrder(ordering, anOrder({ note: 'three, lost' }))
    await pull()
    await restoreMoment(ordering, 1)
    await amendOrder(ordering, 2, anOrder({ note: 'written after the restore' }))

    await pullToEnd(together)
    expect(await findDisagreement()).toEqual([])
    expect((await readBilling(together.billing)).map(({ content }) => content['note'])).toEqual([
      'one',
      'written after the restore',
      'three, lost',
    ])
    expect(await readSync()).toMatchObject({ orphaned: [3], repair: null })
    expect(log('feed.epoch')).toHaveLength(1)
    expect(log('repair.started')).toHaveLength(1)
    expect(log('repair.finished')).toMatchObject([{ orphaned: [3] }])
    expect(await readInvoice(2)).toMatchObject({ state: 'ToApprove', note: 'written after the restore' })
  })

  it('numbers the feed above what it has shown, and gives no order’s number again', async () => {
    const { ordering, pull } = together
    const feed = await openFeed(together)
    await placeOrder(ordering)
    await keepMoment(ordering, 1)
    await placeOrder(ordering)
    await pull()
    const before = await feed.readBatch(null)
    await restoreMoment(ordering, 1)
    const placed = await placeOrder(ordering)
    expect(placed.number).toBe(3)
    const after = await feed.readBatch(null)
    expect(after.epoch).not.toBe(before.epoch)
    expect(Math.min(...placesIn(after))).toBeGreaterThan(Math.max(...placesIn(before)))
  })

  it('answers the tokens of before with 410, saying what a reader needs, and they open no epoch', async () => {
    const { ordering } = together
    const feed = await openFeed(together)
    await placeOrder(ordering)
    await keepMoment(ordering, 1)
    await placeOrder(ordering)
    const { next, epoch } = await feed.readBatch(null)
    await restoreMoment(ordering, 1)
    const current = (await feed.readBatch(null)).epoch
    for (let time = 1; time <= 2; time += 1) {
      const refused = await feed.fetch(`/orders?after=${next}`)
      expect(refused.status).toBe(410)
      expect(await refused.json()).toMatchObject({ type: '/problems/restored', epoch: current, tokenEpoch: epoch })
    }
    const above = await feed.fetch(`/orders?after=${current}.999`)
    expect(above.status).toBe(410)
    expect((await feed.readBatch(null)).epoch).toBe(current)
  })

  it('is found by the comparison where the highest number is what it was, and corrected by the next pull', async () => {
    const { ordering, billing, pull } = together
    await placeOrder(ordering, anOrder({ note: 'as restored' }))
    await pull()
    await keepMoment(ordering, 1)
    await amendOrder(ordering, 1, anOrder({ note: 'seen by the link alone' }))
    await billing.fetch('/link/new_order/1')
    await restoreMoment(ordering, 1)
    expect(await pull()).toMatchObject({ outcome: 'ok', pages: 0 })
    expect((await readBilling(billing))[0]?.content['note']).toBe('seen by the link alone')

    const compared = await billing.send('POST', '/api/sync/compare')
    expect(await compared.json()).toMatchObject({ differing: [1] })
    await pullToEnd(together)
    expect((await readBilling(billing))[0]?.content['note']).toBe('as restored')
    expect(await findDisagreement()).toEqual([])
  })

  it('to an older record that cannot be read is found by the comparison, and the record is set aside', async () => {
    const { ordering, billing, pull } = together
    await placeOrder(ordering)
    await ordering.sql(`UPDATE orders SET placed_at = 'yesterday' WHERE number = 1`)
    expect(await pull()).toMatchObject({ outcome: 'ok', quarantined: 1 })
    await keepMoment(ordering, 1)
    await amendOrder(ordering, 1, anOrder({ note: 'seen by the link alone' }))
    expect((await billing.fetch('/link/new_order/1')).status).toBe(200)
    expect(await readSync()).toMatchObject({ quarantined: [] })
    await restoreMoment(ordering, 1)
    expect(await pull()).toMatchObject({ outcome: 'ok', pages: 0 })

    const compared = await billing.send('POST', '/api/sync/compare')
    expect(await compared.json()).toMatchObject({ differing: [1] })
    await pullToEnd(together)
    expect(await readSync()).toMatchObject({ quarantined: [{ number: 1 }] })
  })

  it('twice repairs twice', async () => {
    const { ordering, pull } = together
    await placeOrder(ordering, anOrder({ note: 'kept' }))
    await keepMoment(ordering, 1)
    for (let time = 1; time <= 2; time += 1) {
      await amendOrder(ordering, 1, anOrder({ note: `lost ${time}` }))
      await pullToEnd(together)
      await restoreMoment(ordering, 1)
      await pullToEnd(together)
      expect(await findDisagreement()).toEqual([])
    }
    expect(await pull()).toMatchObject({ outcome: 'ok', pages: 0 })
  })

  it('while ordering fails in the middle of the repair, the next run takes it up', async () => {
    const { ordering, relay, pull } = together
    await placeOrder(ordering)
    await keepMoment(ordering, 1)
    await amendOrder(ordering, 1, anOrder({ note: 'lost' }))
    await pull()
    await restoreMoment(ordering, 1)
    await relay.fail({ kind: 'half', after: 1 })
    expect(await pull()).toMatchObject({ outcome: 'failed' })
    expect((await readSync()).repair).toBe('reading')
    await pullToEnd(together)
    expect((await readSync()).repair).toBe(null)
    expect(await findDisagreement()).toEqual([])
  })

  it('makes an answer of the retired epoch write nothing', async () => {
    const { ordering, billing, relay, pull } = together
    const feed = await openFeed(together)
    await placeOrder(ordering)
    await keepMoment(ordering, 1)
    await amendOrder(ordering, 1, anOrder({ note: 'lost' }))
    const late = JSON.stringify(await feed.readBatch(null))
    await pull()
    await restoreMoment(ordering, 1)
    await pullToEnd(together)
    await amendOrder(ordering, 1, anOrder({ note: 'new' }))
    await relay.fail({ kind: 'answer', status: 200, body: late })
    expect(await pull()).toMatchObject({ outcome: 'failed', error: expect.stringContaining('retired') as string })
    expect((await readBilling(billing))[0]?.content['note']).toBe(null)
    await pullToEnd(together)
    expect(await findDisagreement()).toEqual([])
  })
})

describe('an order that a restore of ordering has lost', () => {
  beforeEach(async () => {
    const { ordering, pull } = together
    await placeOrder(ordering)
    await keepMoment(ordering, 1)
    await placeOrder(ordering, anOrder({ externalId: 'LOST-2', note: 'lost' }))
    await pull()
    await restoreMoment(ordering, 1)
    await pullToEnd(together)
  })

  it('stays in billing, marked, shown as such, and not to be approved', async () => {
    expect((await readSync()).orphaned).toEqual([2])
    expect(await readInvoice(2)).toMatchObject({ orderOrphaned: true, state: 'ToApprove' })
    expect(await approve(2)).toBe(409)
    const link = await together.billing.fetch('/link/new_order/2')
    expect(link.status).toBe(200)
    expect(await link.text()).toContain('Ordering no longer has this order')
  })

  it('is restored whole under its own number, by a preview first, and heals', async () => {
    const { ordering, billing } = together
    const give = async (preview: boolean): Promise<unknown> =>
      (await billing.send('POST', '/api/sync/orphans/restore', { preview })).json()
    expect(await give(true)).toEqual({ preview: true, restored: [2], refused: [] })
    expect((await ordering.fetch('/api/orders/2')).status).toBe(404)
    expect(await give(false)).toEqual({ preview: false, restored: [2], refused: [] })
    expect(await (await ordering.fetch('/api/orders/2')).json()).toMatchObject({ externalId: 'LOST-2', note: 'lost' })
    await pullToEnd(together)
    expect(await findDisagreement()).toEqual([])
    expect(await readSync()).toMatchObject({ orphaned: [] })
    expect(await approve(2)).toBe(200)
  })

  it('is in quarantine and no longer orphaned when it was restored, and spoiled before the pull', async () => {
    const { ordering, billing } = together
    await billing.send('POST', '/api/sync/orphans/restore', { preview: false })
    await ordering.sql(`UPDATE orders SET currency = 'ZZZ' WHERE number = 2`)
    await pullToEnd(together)
    expect(await readSync()).toMatchObject({ orphaned: [], quarantined: [{ number: 2 }] })
    expect(await approve(2)).toBe(409)
    await ordering.sql(`UPDATE orders SET currency = 'EUR' WHERE number = 2`)
    await pullToEnd(together)
    expect(await findDisagreement()).toEqual([])
    expect(await approve(2)).toBe(200)
  })
})

describe('billing restored from a backup', () => {
  it('reads on from its older token and says again what ordering says', async () => {
    const { ordering, billing, pull } = together
    await placeOrder(ordering)
    await pull()
    await keepMoment(billing, 1)
    await amendOrder(ordering, 1, anOrder({ note: 'amended' }))
    await placeOrder(ordering)
    await pull()
    await restoreMoment(billing, 1)
    await pullToEnd(together)
    expect(await findDisagreement()).toEqual([])
  })

  it('brings approvals and rejections back as they were issued, and gives no invoice number again', async () => {
    const { ordering, billing, pull } = together
    for (let count = 0; count < 4; count += 1) await placeOrder(ordering)
    await pull()
    expect(await approve(1)).toBe(200)
    await keepMoment(billing, 1)
    expect(await approve(3)).toBe(200)
    const etag = (await billing.fetch('/api/invoices/4')).headers.get('ETag') ?? ''
    await billing.send('POST', '/api/invoices/4/reject', { reason: 'A line is missing' }, { 'If-Match': etag })
    const issued = [await readInvoice(1), await readInvoice(3), await readInvoice(4)]
    await restoreMoment(billing, 1)
    await pullToEnd(together)
    expect([await readInvoice(1), await readInvoice(3), await readInvoice(4)]).toEqual(issued)
    expect(await approve(2)).toBe(200)
    expect((await readInvoice(2)).invoiceNumber).toMatch(/-000003$/)
  })

  it('gives no number before its ledger was played back, not even without a pull', async () => {
    const { ordering, billing, pull } = together
    for (let count = 0; count < 3; count += 1) await placeOrder(ordering)
    await pull()
    await keepMoment(billing, 1)
    expect(await approve(1)).toBe(200)
    const issued = await readInvoice(1)
    await restoreMoment(billing, 1)
    expect(await approve(2)).toBe(200)
    expect(await readInvoice(1)).toEqual(issued)
    expect((await readInvoice(2)).invoiceNumber).toMatch(/-000002$/)
  })

  it('to before the order was even there brings its approval back too', async () => {
    const { ordering, billing, pull } = together
    await keepMoment(billing, 1)
    await placeOrder(ordering)
    await pull()
    expect(await approve(1)).toBe(200)
    const issued = await readInvoice(1)
    await restoreMoment(billing, 1)
    await pullToEnd(together)
    expect(await readInvoice(1)).toEqual(issued)
    expect(await findDisagreement()).toEqual([])
  })

  it('to before the order was even there brings it back as it was issued, also after a link has made its invoice again', async () => {
    const { ordering, billing, pull } = together
    await keepMoment(billing, 1)
    await placeOrder(ordering)
    await pull()
    expect(await approve(1)).toBe(200)
    const issued = await readInvoice(1)
    await restoreMoment(billing, 1)
    await billing.fetch('/link/new_order/1')
    expect(await readInvoice(1)).toMatchObject({ state: 'ToApprove' })
    await pullToEnd(together)
    expect(await readInvoice(1)).toEqual(issued)
  })

  it('together with ordering heals as well', async () => {
    const { ordering, billing, pull } = together
    await placeOrder(ordering)
    await pull()
    await keepMoment(billing, 1)
    await amendOrder(ordering, 1, anOrder({ note: 'in the backup of ordering' }))
    await placeOrder(ordering)
    await pull()
    await keepMoment(ordering, 1)
    await amendOrder(ordering, 1, anOrder({ note: 'lost' }))
    await placeOrder(ordering)
    await pull()
    expect(await approve(1)).toBe(200)
    const issued = await readInvoice(1)
    await restoreMoment(ordering, 1)
    await restoreMoment(billing, 1)
    await pullToEnd(together)
    expect(await findDisagreement()).toEqual([])
    expect(await readInvoice(1)).toEqual({ ...issued, orderChangedSince: true, mismatched: true })
  })
})

describe('a decision that billing’s database refuses to bring back', () => {
  /** As an operator's own constraint might, refuses to approve one invoice again. */
  const REFUSAL = `CREATE TRIGGER refused_by_a_test BEFORE UPDATE ON invoices WHEN NEW.id = 2
    BEGIN SELECT RAISE(ABORT, 'refused by a test'); END`

  it('holds up no other, is reported, keeps its number, and comes back once it can', async () => {
    const { ordering, billing, pull, log } = together
    for (let number = 1; number <= 4; number += 1) await placeOrder(ordering)
    await pull()
    await keepMoment(billing, 1)
    for (const id of [1, 2, 3]) expect(await approve(id)).toBe(200)
    const { invoiceNumber } = await readInvoice(2)
    await restoreMoment(billing, 1)
    await billing.sql(REFUSAL)

    expect(await pull()).toMatchObject({ outcome: 'ok' })
    expect(await readInvoice(1)).toMatchObject({ state: 'Approved' })
    expect(await readInvoice(3)).toMatchObject({ state: 'Approved' })
    expect(log('ledger.refused')).toMatchObject([{ kind: 'approved', invoiceId: 2, issuedNumber: invoiceNumber }])
    expect(await (await billing.fetch('/health')).json()).toMatchObject({
      reasons: ['Decisions that the database refuses to replay after a restore: 1'],
    })
    // Its number was given: neither is it given again, nor the invoice another one.
    expect(await approve(4)).toBe(200)
    expect((await readInvoice(4)).invoiceNumber).toMatch(/-000004$/)
    expect(await approve(2)).toBe(412)

    await billing.sql('DROP TRIGGER refused_by_a_test')
    expect(await pull()).toMatchObject({ outcome: 'ok' })
    expect(await readInvoice(2)).toMatchObject({ state: 'Approved', invoiceNumber })
    expect(await (await billing.fetch('/health')).json()).toEqual({ status: 'ok' })
  })
})
