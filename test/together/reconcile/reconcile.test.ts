import { beforeEach, describe, expect, it } from 'vitest'
import type { Comparison } from '../../../shared/handover/consumer/run.ts'
import type { SyncReport } from '../../../workers/billing/sync/answers.ts'
import { amendOrder, anOrder, placeOrder } from '../../support/orders.ts'
import { startTogether, type Together } from '../../support/together.ts'
import { pullToEnd, readBilling, readOrdering } from '../both-sides.ts'
import { insertManyBySql } from '../sql-orders.ts'

let together: Together
beforeEach(async () => {
  together = await startTogether()
})

async function compare(): Promise<Comparison> {
  const response = await together.billing.send('POST', '/api/sync/compare')
  if (response.status !== 200) throw new Error(`Cannot compare: ${response.status} ${await response.text()}`)
  return (await response.json()) as Comparison
}

async function readSync(): Promise<SyncReport> {
  return (await (await together.billing.fetch('/api/sync')).json()) as SyncReport
}

describe('POST /api/sync/compare', () => {
  it('finds nothing where both sides agree, and says up to where', async () => {
    await insertManyBySql(together.ordering, { from: 1, to: 600 })
    await pullToEnd(together)
    expect(await compare()).toMatchObject({ compared: 600, differing: [], corrected: 0, agreedUpTo: 600 })
    const { agreedUpTo, agreedAt } = await readSync()
    expect(agreedUpTo).toBe(600)
    expect(Date.parse(agreedAt ?? '')).toBeGreaterThan(Date.now() - 60_000)
  })

  it.each([
    [
      'was changed behind billing’s back',
      `UPDATE orders SET record = json_set(record, '$.note', 'tampered') WHERE number = 3`,
    ],
    ['says that it is deleted', 'UPDATE orders SET deleted = 1 WHERE number = 3'],
  ])('corrects a copy that %s', async (_case, statement) => {
    const { ordering, billing } = together
    await insertManyBySql(ordering, { from: 1, to: 5 })
    await pullToEnd(together)
    await billing.sql(statement)
    expect(await compare()).toMatchObject({ differing: [3], corrected: 1 })
    expect(await readBilling(billing)).toEqual(await readOrdering(ordering))
    expect(await billing.sql('SELECT order_number AS number, why FROM repairs')).toEqual([{ number: 3, why: 'drift' }])
    expect(await compare()).toMatchObject({ differing: [], corrected: 0, agreedUpTo: 5 })
  })

  it('takes a copy of the same revision with another content for a restore of ordering, which the next pull repairs', async () => {
    const { ordering, billing } = together
    await insertManyBySql(ordering, { from: 1, to: 5 })
    await pullToEnd(together)
    await billing.sql('UPDATE orders SET fingerprint = fingerprint + 1 WHERE number = 3')
    expect(await compare()).toMatchObject({ differing: [3], corrected: 0 })
    await pullToEnd(together)
    expect(await readBilling(billing)).toEqual(await readOrdering(ordering))
    expect(await compare()).toMatchObject({ differing: [] })
  })

  it('corrects a copy whose revision was raised behind billing’s back, though its order is in quarantine', async () => {
    const { ordering, billing, pull } = together
    await placeOrder(ordering)
    await pull()
    await billing.sql('UPDATE orders SET revision = revision + 5 WHERE number = 1')
    await ordering.sql('UPDATE orders SET note = char(7) WHERE number = 1')
    expect(await pull()).toMatchObject({ quarantined: 1 })
    expect(await compare()).toMatchObject({ differing: [1], corrected: 0 })
    await ordering.sql(`UPDATE orders SET note = 'fits again' WHERE number = 1`)
    await pull()
    expect((await readSync()).quarantined).toHaveLength(1)
    expect(await compare()).toMatchObject({ differing: [1], corrected: 1 })
    await billing.send('POST', '/api/sync/quarantine/retry', { number: 1 })
    expect((await readSync()).quarantined).toEqual([])
    expect(await readBilling(billing)).toEqual(await readOrdering(ordering))
  })

  it('leaves out what is moving: orders that wait for a number, or have one above the token', async () => {
    const { ordering } = together
    await insertManyBySql(ordering, { from: 1, to: 5 })
    await pullToEnd(together)
    await amendOrder(ordering, 2, anOrder({ note: 'not pulled yet' }))
    await placeOrder(ordering)
    expect(await compare()).toMatchObject({ compared: 4, differing: [], agreedUpTo: 5 })
  })

  it('finds no drift while both sides are being written', async () => {
    const { ordering, billing, pull } = together
    await insertManyBySql(ordering, { from: 1, to: 20 })
    await pullToEnd(together)
    const write = async (number: number): Promise<void> => {
      for (let count = 0; count < 6; count += 1) {
        await ordering.sql(`UPDATE orders SET note = 'round ' || ? WHERE number = ?`, count, number)
        await billing.fetch(`/link/new_order/${number}`)
      }
    }
    const compareAll = async (): Promise<number[]> => {
      const differing: number[] = []
      for (let count = 0; count < 8; count += 1) differing.push(...(await compare()).differing)
      return differing
    }
    const pullAll = async (): Promise<void> => {
      for (let count = 0; count < 6; count += 1) await pull()
    }
    const [differing] = await Promise.all([compareAll(), write(3), write(9), write(17), pullAll()])
    expect(differing).toEqual([])
    await pullToEnd(together)
    expect(await compare()).toMatchObject({ differing: [], agreedUpTo: expect.any(Number) as number })
  })

  it('compares nothing before anything was read', async () => {
    expect(await compare()).toMatchObject({ compared: 0, differing: [], corrected: 0, agreedUpTo: null })
  })

  it('answers 503 when ordering does not answer, and keeps what was agreed', async () => {
    await insertManyBySql(together.ordering, { from: 1, to: 3 })
    await pullToEnd(together)
    await compare()
    await together.relay.fail({ kind: 'throw' })
    expect((await together.billing.send('POST', '/api/sync/compare')).status).toBe(503)
    expect((await readSync()).agreedUpTo).toBe(3)
  })
})

describe('POST /api/sync/reset', () => {
  const reset = (token: string | null, preview: boolean) =>
    together.billing.send('POST', '/api/sync/reset', { token, preview })

  it('previews what the next pulls will do, changing nothing, and then does it', async () => {
    const { ordering, billing, pull } = together
    await insertManyBySql(ordering, { from: 1, to: 5 })
    const { token } = await pull()
    await billing.sql(`UPDATE orders SET record = json_set(record, '$.note', 'tampered') WHERE number = 3`)
    const preview = await reset(null, true)
    expect(await preview.json()).toMatchObject({ preview: true, created: 0, changed: 1, removed: 0, unchanged: 4 })
    expect((await readSync()).token).toBe(token)

    const done = await reset(null, false)
    expect(await done.json()).toMatchObject({ preview: false, tokenBefore: token, token: null })
    expect((await readSync()).token).toBe(null)
    expect(await pull()).toMatchObject({ outcome: 'ok', created: 0, changed: 1, unchanged: 4, token })
    expect(await readBilling(billing)).toEqual(await readOrdering(ordering))
  })

  it('takes an earlier run’s token, is kept with who and when, and can be taken back', async () => {
    const { ordering, billing, pull } = together
    await insertManyBySql(ordering, { from: 1, to: 2 })
    const first = await pull()
    await insertManyBySql(ordering, { from: 3, to: 4 })
    const second = await pull()
    expect((await reset(first.token, false)).status).toBe(200)
    expect((await reset(second.token, false)).status).toBe(200)
    expect(await billing.sql('SELECT token_before, token_after, reset_by FROM resets ORDER BY nr')).toEqual([
      { token_before: second.token, token_after: first.token, reset_by: 'you@example.com' },
      { token_before: first.token, token_after: second.token, reset_by: 'you@example.com' },
    ])
    expect(await pull()).toMatchObject({ outcome: 'ok', pages: 0 })
  })

  it('refuses anything else with 422, by the pointer to it', async () => {
    await insertManyBySql(together.ordering, { from: 1, to: 2 })
    const { token } = await together.pull()
    for (const other of ['', 'abc', '0123456789abcdef.1', `${token}0`, token?.replace(/\d+$/, '1') ?? '']) {
      const refused = await reset(other, true)
      expect([other, refused.status]).toEqual([other, 422])
      expect(await refused.json()).toMatchObject({ errors: [{ pointer: '/token' }] })
    }
  })

  it('does not let a run that goes on write after it', async () => {
    const { ordering, billing, pull } = together
    await insertManyBySql(ordering, { from: 1, to: 3 })
    const { token } = await pull()
    await insertManyBySql(ordering, { from: 4, to: 6 })
    await billing.failDatabase({ kind: 'land-late', matching: 'UPDATE order_pull SET token = ?, batch_id' })
    await pull()
    expect((await reset(null, false)).status).toBe(200)
    await billing.landLate()
    expect((await readSync()).token).toBe(null)
    expect(token).not.toBe(null)
    await billing.sql('UPDATE order_pull SET lease_until = 0')
    await pullToEnd(together)
    expect(await readBilling(billing)).toEqual(await readOrdering(ordering))
  })
})

describe('what billing notifies ordering of', () => {
  async function approve(id: number): Promise<void> {
    const { billing } = together
    const etag = (await billing.fetch(`/api/invoices/${id}`)).headers.get('ETag') ?? ''
    await billing.send('POST', `/api/invoices/${id}/approve`, undefined, { 'If-Match': etag })
  }
  const readNotices = () => together.ordering.sql('SELECT subject, version FROM billing_notices ORDER BY subject')

  it('arrives once, whatever happens to the call, and changes no revision of the order', async () => {
    const { ordering, relay, pull } = together
    await placeOrder(ordering)
    await pull()
    await approve(1)
    const before = await ordering.sql('SELECT revision, fingerprint, confirmed_sequence_nr FROM orders')
    for (const kind of ['throw', 'lose-answer'] as const) {
      await relay.fail({ kind, matching: '/notices' })
      expect(await pull()).toMatchObject({ outcome: 'ok' })
    }
    expect(await readNotices()).toEqual([{ subject: 'invoice:1', version: 1 }])
    await pull()
    await relay.calls()
    await pull()
    expect((await relay.calls()).filter((call) => call.includes('/notices'))).toEqual([])
    expect(await readNotices()).toEqual([{ subject: 'invoice:1', version: 1 }])
    expect(await ordering.sql('SELECT revision, fingerprint, confirmed_sequence_nr FROM orders')).toEqual(before)
  })

  it('is sent again after a restore of ordering has lost it', async () => {
    const { ordering, pull } = together
    await placeOrder(ordering)
    await pull()
    await approve(1)
    await pull()
    await ordering.sql('DELETE FROM billing_notices')
    await ordering.sql(`UPDATE feed SET epoch = '0123456789abcdef'`)
    await pullToEnd(together)
    await pull()
    expect(await readNotices()).toEqual([{ subject: 'invoice:1', version: 1 }])
  })
})
