import { describe, expect, it } from 'vitest'
import { anOrder, placeOrder } from '../../support/orders.ts'
import { startTogether } from '../../support/together.ts'

const DAY_MS = 86_400_000

function daysAgo(days: number): string {
  return new Date(Date.now() - days * DAY_MS).toISOString()
}

describe('retention in billing', () => {
  it('removes runs, repairs and closed quarantines that are older than the vars say, and nothing else', async () => {
    const { ordering, billing, pull } = await startTogether({ billing: { KEEP_RUNS_DAYS: 10, KEEP_EVIDENCE_DAYS: 20 } })
    await placeOrder(ordering)
    for (const days of [30, 15, 5]) {
      await billing.batch([
        {
          query: `INSERT INTO pull_runs (run_id, run_by, started_at, finished_at, outcome, created, changed, removed,
            unchanged, quarantined, batches) VALUES (?, 'cron', ?, ?, 'ok', 0, 0, 0, 0, 0, 0)`,
          values: [`run-${days}`, daysAgo(days), daysAgo(days)],
        },
        { query: `INSERT INTO repairs (order_number, why, at) VALUES (?, 'drift', ?)`, values: [days, daysAgo(days)] },
        {
          query: `INSERT INTO quarantine (subject, error, first_seen_at, last_seen_at, next_try_at, closed_at)
            VALUES (?, '[]', ?2, ?2, ?2, ?2)`,
          values: [`order:${1000 + days}`, daysAgo(days)],
        },
      ])
    }
    await billing.sql(
      `INSERT INTO quarantine (subject, error, first_seen_at, last_seen_at, next_try_at)
       VALUES ('order:2000', '[]', ?1, ?1, '9999-12-31T00:00:00.000Z')`,
      daysAgo(30),
    )
    const { runId } = await pull()
    const runs = await billing.sql<{ run_id: string }>('SELECT run_id FROM pull_runs ORDER BY nr')
    expect(runs.map((run) => run.run_id)).toEqual(['run-5', runId])
    expect(await billing.sql('SELECT order_number FROM repairs ORDER BY nr')).toEqual([
      { order_number: 15 },
      { order_number: 5 },
    ])
    expect(await billing.sql('SELECT subject FROM quarantine ORDER BY subject')).toEqual([
      { subject: 'order:1005' },
      { subject: 'order:1015' },
      { subject: 'order:2000' },
    ])
  })

  it('waits until a comparison is due, so that an idle run costs what it did', async () => {
    const { billing, pull, log } = await startTogether()
    await pull()
    await billing.sql(
      `INSERT INTO pull_runs (run_id, run_by, started_at, finished_at, outcome, created, changed, removed, unchanged,
         quarantined, batches) VALUES ('old', 'cron', ?1, ?1, 'ok', 0, 0, 0, 0, 0, 0)`,
      daysAgo(1000),
    )
    await pull()
    expect(log('retention.purged')).toEqual([])
  })
})

describe('retention in ordering', () => {
  it('forgets keys that are older than 24 hours, and no others', async () => {
    const { ordering, harness } = await startTogether()
    await ordering.send('POST', '/api/orders', anOrder(), { 'Idempotency-Key': 'new' })
    await ordering.sql(
      `INSERT INTO idempotency_keys (created_by, key, body_digest, order_number, created_at) VALUES ('a', 'old', '', 1, ?)`,
      daysAgo(1.1),
    )
    await harness.getWorker('ordering').scheduled({ cron: '17 * * * *', scheduledTime: new Date() })
    expect(await ordering.sql('SELECT key FROM idempotency_keys')).toEqual([{ key: 'new' }])
  })
})
