import { beforeAll, describe, expect, it } from 'vitest'
import type { Comparison } from '../../../shared/handover/consumer/run.ts'
import { startTogether, type Together } from '../../support/together.ts'
import { insertManyBySql } from '../sql-orders.ts'

const ORDERS = 100_000
/** As many travel at once. */
const CARRIED = 20_000

let together: Together

/** Both sides as they are once all was pulled, made by SQL: the pulls themselves would take minutes. */
async function startSettled(): Promise<void> {
  together = await startTogether()
  const { ordering, billing } = together
  for (let from = 1; from <= ORDERS; from += CARRIED) {
    await insertManyBySql(ordering, { from, to: from + CARRIED - 1 })
  }
  await ordering.batch([
    { query: 'UPDATE feed SET numbering = 1', values: [] },
    { query: 'UPDATE orders SET confirmed_sequence_nr = number', values: [] },
    { query: 'UPDATE feed SET numbering = 0, highest = ?', values: [ORDERS] },
  ])
  const [feed] = await ordering.sql<{ epoch: string }>('SELECT epoch FROM feed')
  const epoch = feed?.epoch ?? ''
  for (let after = 0; after < ORDERS; after += CARRIED) {
    const copies = await ordering.sql(
      'SELECT number, revision, fingerprint FROM orders WHERE number > ? ORDER BY number LIMIT ?',
      after,
      CARRIED,
    )
    await billing.sql(
      `INSERT INTO orders (number, revision, fingerprint, epoch, deleted, record, source, fetched_at)
      SELECT value ->> 'number', value ->> 'revision', value ->> 'fingerprint', ?, 0, '{}', 'pull', '2026-03-01T08:00:00Z'
      FROM json_each(?)`,
      epoch,
      JSON.stringify(copies),
    )
  }
  await billing.sql(`INSERT INTO epochs (epoch, first_seen_at) VALUES (?, '2026-03-01T08:00:00Z')`, epoch)
  await billing.sql('UPDATE order_pull SET token = ?, epoch = ?', `${epoch}.${ORDERS}`, epoch)
}

/** Compares, and counts the rows that both databases read for it. */
async function compare(): Promise<{ comparison: Comparison; rowsRead: number }> {
  together.harness.clearLogs()
  const response = await together.billing.send('POST', '/api/sync/compare')
  if (response.status !== 200) throw new Error(`Cannot compare: ${response.status} ${await response.text()}`)
  const comparison = (await response.json()) as Comparison
  const lines = [...together.log('request'), ...together.log('service.request')]
  const rows = lines.map((line) => (line['d1'] as { rowsRead: number }).rowsRead)
  return { comparison, rowsRead: rows.reduce((sum, count) => sum + count, 0) }
}

describe(`a comparison of ${ORDERS.toLocaleString('en')} orders`, () => {
  beforeAll(startSettled, 120_000)

  it('reads at most 1,000 rows in both databases when nothing differs', async () => {
    const { comparison, rowsRead } = await compare()
    expect(comparison).toMatchObject({ compared: ORDERS, differing: [], agreedUpTo: ORDERS })
    expect(rowsRead).toBeLessThanOrEqual(1_000)
  })

  it('reads at most 10,000 rows when ten orders differ, wherever they lie, and corrects them', async () => {
    await together.billing.sql(`UPDATE orders SET record = '{"note":"tampered"}' WHERE number % ? = 1`, ORDERS / 10)
    const { comparison, rowsRead } = await compare()
    expect(comparison.differing).toHaveLength(10)
    expect(comparison.corrected).toBe(10)
    expect(rowsRead).toBeLessThanOrEqual(10_000)
    expect((await compare()).comparison).toMatchObject({ differing: [], agreedUpTo: ORDERS })
  })
})
