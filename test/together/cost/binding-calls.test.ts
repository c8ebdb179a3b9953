import { expect, it } from 'vitest'
import { startTogether } from '../../support/together.ts'
import { pullToEnd } from '../both-sides.ts'
import { insertManyBySql } from '../sql-orders.ts'

it('a run of the pull calls ordering at most 30 times, whatever it has to do beside 20 pages', async () => {
  const together = await startTogether()
  const { ordering, billing, relay, pull } = together
  await insertManyBySql(ordering, { from: 1, to: 20 })
  await pullToEnd(together)
  await insertManyBySql(ordering, { from: 21, to: 20 + 19 * 500 + 1 })
  // Ten copies that differ, five records to be tried again, and a comparison that is due.
  await billing.sql('UPDATE orders SET fingerprint = fingerprint + 1 WHERE number <= 10')
  await billing.sql(`
    INSERT INTO quarantine (subject, number, revision, error, first_seen_at, last_seen_at, next_try_at)
    SELECT 'order:' || number, number, 1, '[]', fetched_at, fetched_at, fetched_at FROM orders WHERE number BETWEEN 11 AND 15`)
  await billing.sql('UPDATE order_pull SET compared_at = NULL')
  await relay.calls()
  expect(await pull()).toMatchObject({ outcome: 'ok', pages: 20 })
  expect((await relay.calls()).length).toBeLessThanOrEqual(30)
}, 60_000)
