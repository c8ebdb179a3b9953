import { beforeEach, describe, expect, it } from 'vitest'
import type { RunResult, SyncReport } from '../../../workers/billing/sync/answers.ts'
import type { BindingFault, DatabaseFault } from '../../../shared/simulator/fault.ts'
import { amendOrder, anOrder, deleteOrder, placeOrder } from '../../support/orders.ts'
import { startTogether, type Together } from '../../support/together.ts'
import { expireLease, pullToEnd, readBilling, readOrdering } from '../both-sides.ts'
import { insertManyBySql } from '../sql-orders.ts'

let together: Together
beforeEach(async () => {
  together = await startTogether()
})

async function readSync(): Promise<SyncReport> {
  return (await (await together.billing.fetch('/api/sync')).json()) as SyncReport
}

describe('a run', () => {
  it('says what it did: created, changed, removed, and what was there already', async () => {
    const { ordering, billing, pull } = together
    for (let count = 0; count < 4; count += 1) await placeOrder(ordering)
    expect(await pull()).toMatchObject({ outcome: 'ok', created: 4, changed: 0, removed: 0, unchanged: 0, pages: 1 })
    await amendOrder(ordering, 1, anOrder({ note: 'amended' }))
    await deleteOrder(ordering, 2)
    await amendOrder(ordering, 3, anOrder({ note: 'seen by the link' }))
    await billing.fetch('/link/new_order/3')
    expect(await pull()).toMatchObject({ outcome: 'ok', created: 0, changed: 1, removed: 1, unchanged: 1, pages: 1 })
    expect(await pull()).toMatchObject({ outcome: 'ok', created: 0, changed: 0, removed: 0, unchanged: 0, pages: 0 })
  })

  it('counts an order that arrives deleted as removed, and makes no invoice for it', async () => {
    const { ordering, billing, pull } = together
    await placeOrder(ordering)
    await deleteOrder(ordering, 1)
    expect(await pull()).toMatchObject({ outcome: 'ok', created: 0, removed: 1 })
    expect(await billing.sql('SELECT count(*) AS invoices FROM invoices')).toEqual([{ invoices: 0 }])
  })

  it('reads at most 20 pages, and the next one goes on where it stopped', async () => {
    const { ordering, billing, relay, pull } = together
    await insertManyBySql(ordering, { from: 1, to: 20 * 500 + 1 })
    await relay.calls()
    expect(await pull()).toMatchObject({ outcome: 'ok', created: 10_000, pages: 20 })
    expect(await relay.calls()).toHaveLength(20)
    expect(await pull()).toMatchObject({ outcome: 'ok', created: 1, pages: 1 })
    expect(await billing.sql('SELECT count(*) AS invoices FROM invoices')).toEqual([{ invoices: 10_001 }])
  }, 60_000)

  it('asks for the next page before it stores the one at hand', async () => {
    const { ordering, billing, relay, pull } = together
    await insertManyBySql(ordering, { from: 1, to: 501 })
    await relay.calls()
    await billing.failDatabase({ kind: 'refuse', matching: 'UPDATE order_pull SET token' })
    expect(await pull()).toMatchObject({ outcome: 'failed', token: null, pages: 0 })
    expect(await relay.calls()).toEqual([
      'GET /orders?limit=500',
      expect.stringMatching(/^GET \/orders\?limit=500&after=[0-9a-f]{16}\.500$/),
    ])
  })

  it('started by the Cron Trigger is kept as one', async () => {
    await placeOrder(together.ordering)
    await together.cron()
    expect((await readSync()).runs).toMatchObject([{ runBy: 'cron', outcome: 'ok', created: 1, pages: 1 }])
  })
})

describe('runs that overlap', () => {
  it('skip: one of them reads, the others say so', async () => {
    await insertManyBySql(together.ordering, { from: 1, to: 50 })
    const runs = await Promise.all([together.pull(), together.pull(), together.pull()])
    const outcomes = runs.map(({ outcome }) => outcome)
    expect(outcomes.filter((outcome) => outcome === 'ok').length).toBeGreaterThan(0)
    expect(outcomes).not.toContain('failed')
    expect(runs.reduce((sum, { created }) => sum + created, 0)).toBe(50)
    expect(await together.billing.sql('SELECT count(*) AS copies FROM orders')).toEqual([{ copies: 50 }])
  })

  it('skip while another holds the lease, and go on once its 30 seconds have run out', async () => {
    const { ordering, billing, pull } = together
    await placeOrder(ordering)
    await billing.sql(`UPDATE order_pull SET run_id = 'dead', run_by = 'cron', run_started_at = '2026-03-01T08:00:00Z',
      lease_until = unixepoch('subsec') + 30`)
    expect(await pull()).toMatchObject({ outcome: 'skipped', created: 0, pages: 0 })
    await expireLease(together)
    expect(await pull()).toMatchObject({ outcome: 'ok', created: 1 })
    expect((await readSync()).runs).toMatchObject([
      { outcome: 'ok' },
      { runId: 'dead', outcome: 'failed', error: 'The run was cut off before it ended' },
    ])
  })

  it('store nothing once another has taken the token over, even if the lease let both in', async () => {
    const { ordering, billing, pull } = together
    await placeOrder(ordering)
    await billing.failDatabase({ kind: 'land-late', matching: 'UPDATE order_pull SET token' })
    expect(await pull()).toMatchObject({ outcome: 'failed', created: 0 })
    await amendOrder(ordering, 1, anOrder({ note: 'newer' }))
    await expireLease(together)
    expect(await pull()).toMatchObject({ outcome: 'ok', created: 1 })
    const stands = await readSync()
    await billing.landLate()
    expect({ ...(await readSync()), lagSeconds: 0 }).toEqual({ ...stands, lagSeconds: 0 })
    expect(await readBilling(billing)).toEqual(await readOrdering(ordering))
  })

  it('store nothing once the token was reset, even where the page would change what was foreseen', async () => {
    const { ordering, billing, pull } = together
    await placeOrder(ordering)
    await pull()
    await amendOrder(ordering, 1, anOrder({ note: 'newer' }))
    await billing.failDatabase({ kind: 'land-late', matching: 'UPDATE order_pull SET token' })
    expect(await pull()).toMatchObject({ outcome: 'failed' })
    await expireLease(together)
    const reset = await billing.send('POST', '/api/sync/reset', { token: null, preview: false })
    expect(reset.status).toBe(200)
    const before = await readBilling(billing)
    await billing.landLate()
    expect(await readSync()).toMatchObject({ token: null })
    expect(await readBilling(billing)).toEqual(before)
    await pull()
    expect(await readBilling(billing)).toEqual(await readOrdering(ordering))
  })
})

describe('a run that ordering does not answer', () => {
  const outages: [string, BindingFault][] = [
    ['answers 500', { kind: 'answer', status: 500, body: '{"title":"no"}' }],
    ['answers 503 with a page', { kind: 'answer', status: 503, body: '<h1>Down</h1>', contentType: 'text/html' }],
    ['answers 200 with HTML', { kind: 'answer', status: 200, body: '<h1>Sign in</h1>', contentType: 'text/html' }],
    ['answers 200 with nothing', { kind: 'answer', status: 200, body: '' }],
    ['answers JSON of another shape', { kind: 'answer', status: 200, body: '{"orders":{}}' }],
    ['answers 404', { kind: 'answer', status: 404, body: '{"type":"/problems/not-found"}' }],
    ['answers 410 of another kind', { kind: 'answer', status: 410, body: '{"type":"/problems/deleted"}' }],
    ['answers half a JSON', { kind: 'half' }],
    ['throws', { kind: 'throw' }],
    ['does its work and the answer is lost', { kind: 'lose-answer' }],
  ]

  it.each(outages)('because it %s fails, blames no order, and the next run goes on', async (_outage, fault) => {
    const { ordering, relay, pull } = together
    await placeOrder(ordering)
    const { token } = await pull()
    await placeOrder(ordering)
    await relay.fail({ ...fault, matching: '/orders' })
    const failed = await pull()
    expect(failed).toMatchObject({ outcome: 'failed', created: 0, quarantined: 0, pages: 0, token })
    const { runs, quarantined, ...stands } = await readSync()
    expect(stands.token).toBe(token)
    expect(quarantined).toEqual([])
    expect(runs[0]).toMatchObject({ runId: failed.runId, outcome: 'failed', error: failed.error })
    expect(failed.error).toMatch(/^Ordering does not answer: /)
    expect(await pull()).toMatchObject({ outcome: 'ok', created: 1 })
    await expectAgreement()
  })

  it('in the middle keeps the token of its last whole page', async () => {
    const { ordering, relay, pull } = together
    await insertManyBySql(ordering, { from: 1, to: 1_200 })
    await relay.fail({ kind: 'half', after: 2 })
    const failed = await pull()
    expect(failed).toMatchObject({
      outcome: 'failed',
      created: 1_000,
      pages: 2,
      token: expect.stringMatching(/\.1000$/) as string,
    })
    expect((await readSync()).token).toBe(failed.token)
    expect(await pull()).toMatchObject({ outcome: 'ok', created: 200, unchanged: 0, pages: 1 })
    await expectAgreement()
  })

  it('because more is announced and nothing sent ends, and the next run goes on', async () => {
    const { ordering, relay, pull } = together
    await placeOrder(ordering)
    await pull()
    await placeOrder(ordering)
    await relay.calls()
    await relay.fail({ kind: 'replace', text: '"more":false', by: '"more":true', times: 100 })
    expect(await pull()).toMatchObject({
      outcome: 'failed',
      created: 1,
      error: 'Ordering was asked 30 times, and its feed did not move on',
    })
    expect(await relay.calls()).toHaveLength(30)
    await relay.fail()
    expect(await pull()).toMatchObject({ outcome: 'ok', created: 0 })
    await expectAgreement()
  })
})

describe('a run whose own database fails', () => {
  const failures: [string, DatabaseFault][] = [
    ['refuses to begin a run', { kind: 'refuse', matching: 'lease_until < unixepoch' }],
    ['loses the answer to the beginning', { kind: 'lose-answer', matching: 'lease_until < unixepoch' }],
    ['begins the run late', { kind: 'land-late', matching: 'lease_until < unixepoch' }],
    ['refuses a page', { kind: 'refuse', matching: 'UPDATE order_pull SET token' }],
    ['stores a page and loses the answer', { kind: 'lose-answer', matching: 'UPDATE order_pull SET token' }],
    ['stores a page late', { kind: 'land-late', matching: 'UPDATE order_pull SET token' }],
    ['refuses to end the run', { kind: 'refuse', matching: 'last_success_at = iif' }],
    ['ends the run and loses the answer', { kind: 'lose-answer', matching: 'last_success_at = iif' }],
    ['ends the run late', { kind: 'land-late', matching: 'last_success_at = iif' }],
    ['refuses everything', { kind: 'refuse', times: 10 }],
  ]

  it.each(failures)(
    'because it %s says so, and later runs lose nothing and double nothing',
    async (_failure, fault) => {
      const { ordering, billing, pull } = together
      await placeOrder(ordering)
      await pull()
      await placeOrder(ordering)
      await amendOrder(ordering, 1, anOrder({ note: 'amended' }))
      await billing.failDatabase(fault)
      const failed = await pull()
      expect(failed.outcome).toBe('failed')
      expect(failed.error).toMatch(/^Billing’s database does not answer/)
      await billing.failDatabase()
      await expireLease(together)
      await pullToEnd(together)
      await billing.landLate()
      await expireLease(together)
      await pullToEnd(together)
      await expectAgreement()
      expect((await readSync()).quarantined).toEqual([])
    },
  )

  it('is told by the next one, when it could not even say so itself', async () => {
    const { ordering, billing, pull } = together
    await placeOrder(ordering)
    await billing.failDatabase({ kind: 'refuse', after: 1, times: 10 })
    const failed: RunResult = await pull()
    await billing.failDatabase()
    await expireLease(together)
    await pull()
    expect((await readSync()).runs).toMatchObject([
      { outcome: 'ok', created: 1 },
      { runId: failed.runId, outcome: 'failed', error: 'The run was cut off before it ended' },
    ])
  })
})

async function expectAgreement(): Promise<void> {
  const said = await readOrdering(together.ordering)
  expect(await readBilling(together.billing)).toEqual(said)
  expect(await together.billing.sql('SELECT order_number AS number FROM invoices ORDER BY number')).toEqual(
    said.map(({ number }) => ({ number })),
  )
}
