import type { Order } from '../../shared/contract/order.ts'
import type { RunResult } from '../../workers/billing/sync/answers.ts'
import type { RunningWorker } from '../../shared/simulator/running-worker.ts'
import type { Together } from '../support/together.ts'

/** What an order says, read from the tables of one side without that side's own code. */
export type Said = {
  number: number
  revision: number
  fingerprint: number | null
  deleted: boolean
  content: Record<string, unknown>
}

/** What ordering says of every order that was ever confirmed, by number. */
export async function readOrdering(ordering: RunningWorker): Promise<Said[]> {
  const rows = await ordering.sql<OrderingRow>(`
    SELECT number, revision, fingerprint, state = 'Deleted' AS deleted, currency, placed_at AS placedAt, note,
      external_id AS externalId, customer, lines, charges
    FROM orders WHERE confirmed_at IS NOT NULL ORDER BY number`)
  return rows.map(({ number, revision, fingerprint, deleted, customer, charges, lines, ...plain }) => ({
    number,
    revision,
    fingerprint,
    deleted: deleted === 1,
    content: { ...plain, customer: parse(customer), charges: parse(charges), lines: parse(lines) },
  }))
}

type OrderingRow = {
  number: number
  revision: number
  fingerprint: number
  deleted: number
  currency: string
  placedAt: string
  note: string | null
  externalId: string | null
  customer: string
  charges: string
  lines: string
}

/** What billing's copies say, by number. */
export async function readBilling(billing: RunningWorker): Promise<Said[]> {
  const rows = await billing.sql<{
    number: number
    revision: number
    fingerprint: number
    deleted: number
    record: string
  }>('SELECT number, revision, fingerprint, deleted, record FROM orders ORDER BY number')
  return rows.map(({ number, revision, fingerprint, deleted, record }) => {
    const { currency, placedAt, note, externalId, customer, charges, lines } = parse(record) as Order
    const content = { currency, placedAt, note, externalId, customer, charges, lines }
    return { number, revision, fingerprint, deleted: deleted === 1, content }
  })
}

/** Pulls until a run finds nothing new, as the minutes would; throws if it takes more than 20 runs. */
export async function pullToEnd(together: Together): Promise<void> {
  for (let run = 1; run <= 20; run += 1) {
    const result: RunResult = await together.pull()
    if (result.outcome === 'ok' && result.pages === 0) return
    await expireLease(together)
  }
  throw new Error('Cannot reach the end of the feed in 20 runs')
}

/** Lets the lease of a run that never ended run out, as half a minute would. */
export async function expireLease({ billing }: Together): Promise<void> {
  await billing.sql('UPDATE order_pull SET lease_until = 0 WHERE run_id IS NOT NULL')
}

function parse(json: string): unknown {
  return JSON.parse(json)
}
