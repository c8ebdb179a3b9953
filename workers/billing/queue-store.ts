import { sql } from 'drizzle-orm'
import { MAX_COUNT } from '../../shared/count.ts'
import { rowsOf } from '../../shared/d1.ts'
import type { BillingDb } from './db.ts'
import { INVOICE_FACTS, type InvoiceRow, type StoredInvoice, toStoredInvoice } from './invoice-store.ts'

/** What waits for approval in one currency: how many invoices, and what they come to in its minor unit. */
export type WaitingSum = { currency: string; invoices: number; gross: number }

/** What waits for approval. Where `more` is true only the oldest MAX_COUNT invoices are counted and summed. */
export type Queue = { sums: WaitingSum[]; invoices: number; oldestAt: string | null; more: boolean }

/** Sums up what waits for approval, the oldest first, by currency. */
export async function readQueue(db: BillingDb): Promise<Queue> {
  const [summed, counted] = await db.batch([
    db.run(sql`
      SELECT currency, count(*) AS invoices, sum(gross) AS gross FROM (
        SELECT o.record ->> '$.currency' AS currency, o.record ->> '$.totals.gross' AS gross
        FROM invoices i JOIN orders o ON o.number = i.order_number
        WHERE i.state = 'ToApprove' ORDER BY i.id LIMIT ${MAX_COUNT}
      ) GROUP BY currency ORDER BY currency`),
    db.run(sql`
      SELECT count(*) AS invoices, min(created_at) AS oldestAt FROM (
        SELECT created_at FROM invoices WHERE state = 'ToApprove' ORDER BY id LIMIT ${MAX_COUNT + 1}
      )`),
  ])
  const [{ invoices, oldestAt } = { invoices: 0, oldestAt: null }] =
    rowsOf<Pick<Queue, 'invoices' | 'oldestAt'>>(counted)
  return {
    sums: rowsOf<WaitingSum>(summed),
    invoices: Math.min(invoices, MAX_COUNT),
    oldestAt,
    more: invoices > MAX_COUNT,
  }
}

/** The invoices that wait for approval next to this one, by id; null at an end of the queue. */
export type Neighbours = { previous: number | null; next: number | null }

/** Selects the neighbours of an invoice in the queue, whether it waits itself or was decided a moment ago. */
export function selectNeighbours(db: BillingDb, id: number) {
  return db.run(sql`
    SELECT (SELECT max(id) FROM invoices WHERE state = 'ToApprove' AND id < ${id}) AS previous,
      (SELECT min(id) FROM invoices WHERE state = 'ToApprove' AND id > ${id}) AS next`)
}

/** The neighbours that `selectNeighbours` found. */
export function toNeighbours(result: D1Result): Neighbours {
  return rowsOf<Neighbours>(result)[0] ?? { previous: null, next: null }
}

/** The invoices with these ids as stored, by id; one that is not there is left out. */
export async function listStoredInvoicesById(db: BillingDb, ids: readonly number[]): Promise<StoredInvoice[]> {
  const result = await db.run(sql`
    SELECT ${INVOICE_FACTS} FROM invoices i LEFT JOIN orders o ON o.number = i.order_number
    WHERE i.id IN (SELECT value FROM json_each(${JSON.stringify(ids)})) ORDER BY i.id`)
  return rowsOf<InvoiceRow>(result).map(toStoredInvoice)
}
