import { beforeEach, describe, expect, it } from 'vitest'
import type { SyncReport } from '../../../workers/billing/sync/answers.ts'
import { anOrder, placeOrder } from '../../support/orders.ts'
import { startTogether, type Together } from '../../support/together.ts'
import { readBilling, readOrdering } from '../both-sides.ts'

const DAY_MS = 86_400_000
const DAY_AHEAD = new Date(Date.now() + DAY_MS).toISOString()
const YEAR_AHEAD = new Date(Date.now() + 365 * DAY_MS).toISOString()

let together: Together
beforeEach(async () => {
  together = await startTogether()
  await placeOrder(together.ordering)
})

async function readSync(): Promise<SyncReport & { health: string[] }> {
  return (await (await together.billing.fetch('/api/sync')).json()) as SyncReport & { health: string[] }
}

describe('what a clock that was a day ahead has dated', () => {
  it('keeps no comparison away', async () => {
    const { billing, pull, log, harness } = together
    await pull()
    await billing.sql('UPDATE order_pull SET compared_at = ?1, agreed_at = ?1', DAY_AHEAD)
    await billing.sql(`UPDATE orders SET record = json_set(record, '$.note', 'tampered') WHERE number = 1`)
    harness.clearLogs()
    await pull()
    expect(log('agreement.compared')).toMatchObject([{ differing: [1], corrected: 1 }])
    expect(Date.parse((await readSync()).agreedAt ?? '')).toBeLessThan(Date.now() + 1000)
  })

  it('lets pulls and Run now begin, although a run that was cut off holds the lease until then', async () => {
    const { billing, pull } = together
    const take = () =>
      billing.sql(
        `UPDATE order_pull SET run_id = 'ahead', run_by = 'cron', run_started_at = ?, lease_until = unixepoch() + 86400`,
        DAY_AHEAD,
      )
    await take()
    expect(await pull()).toMatchObject({ outcome: 'ok', created: 1 })
    await take()
    expect((await billing.submit('/sync/run')).status).toBe(303)
    expect((await readSync()).runs.map(({ outcome }) => outcome)).toEqual(['ok', 'failed', 'ok', 'failed'])
  })

  it('keeps no record in quarantine once it fits', async () => {
    const { ordering, billing, pull, relay } = together
    await relay.fail({ kind: 'replace', text: '"quantity":4', by: '"quantity":-4' })
    await pull()
    await billing.sql('UPDATE quarantine SET next_try_at = ?', DAY_AHEAD)
    await pull()
    expect((await readSync()).quarantined).toEqual([])
    expect(await readBilling(billing)).toEqual(await readOrdering(ordering))
  })

  it('keeps no idempotency key beyond its 24 hours', async () => {
    const { ordering } = together
    const send = (note: string) =>
      ordering.send('POST', '/api/orders', anOrder({ note }), { 'Idempotency-Key': 'the same' })
    expect((await send('first')).status).toBe(201)
    await ordering.sql('UPDATE idempotency_keys SET created_at = ?', YEAR_AHEAD)
    const again = await send('second')
    expect(again.status).toBe(201)
    expect(again.headers.get('Idempotent-Replayed')).toBeNull()
    expect(await ordering.sql('SELECT order_number FROM idempotency_keys')).toEqual([{ order_number: 3 }])
  })

  it('is purged by ordering where it is dated later than it would be kept', async () => {
    const { ordering, runOrderingCron } = together
    await ordering.sql(
      `INSERT INTO idempotency_keys (created_by, key, body_digest, order_number, created_at) VALUES ('a', 'k', '', 1, ?)`,
      YEAR_AHEAD,
    )
    await runOrderingCron()
    expect(await ordering.sql('SELECT key FROM idempotency_keys')).toEqual([])
  })

  it('keeps billing from purging nothing that came after it', async () => {
    const { billing, pull } = together
    const run = (id: string, at: string) => ({
      query: `INSERT INTO pull_runs (run_id, run_by, started_at, finished_at, outcome, created, changed, removed,
        unchanged, quarantined, batches) VALUES (?, 'cron', ?2, ?2, 'ok', 0, 0, 0, 0, 0, 0)`,
      values: [id, at],
    })
    const before = new Date(Date.now() - 365 * DAY_MS).toISOString()
    await billing.batch([
      ...Array.from({ length: 500 }, (_, index) => run(`ahead-${index}`, YEAR_AHEAD)),
      run('old', before),
      run('recent', new Date(Date.now() - DAY_MS).toISOString()),
    ])
    await pull()
    await billing.sql('UPDATE order_pull SET compared_at = NULL')
    await pull()
    const kept = await billing.sql<{ run_id: string }>('SELECT run_id FROM pull_runs ORDER BY nr LIMIT 1')
    expect(kept).toEqual([{ run_id: 'recent' }])
  })

  it('is named by /health and the sync page, which take it for no success and no agreement of now', async () => {
    const { billing, pull } = together
    await pull()
    await billing.sql('UPDATE order_pull SET last_success_at = ?1, compared_at = ?1, agreed_at = ?1', DAY_AHEAD)
    expect(await (await billing.fetch('/health')).json()).toEqual({
      status: 'degraded',
      reasons: [
        `A clock was ahead: the last successful pull is dated ${DAY_AHEAD}`,
        `A clock was ahead: both sides were last found to agree on ${DAY_AHEAD}`,
      ],
    })
    expect(await readSync()).toMatchObject({ lagSeconds: null, lastSuccessAt: DAY_AHEAD })
    const page = await (await billing.fetch('/sync')).text()
    expect(page).toContain('by a clock that was ahead')
    expect(page).toMatch(/Both sides agreed up to sequence number 1 on <time/)
    await pull()
    expect(await (await billing.fetch('/health')).json()).toEqual({ status: 'ok' })
  })
})
