import { sql } from 'drizzle-orm'
import type { BillingDb } from './db.ts'
import { type DecisionMade, selectDecisionsOf, toDecisionsMade } from './decision-history-store.ts'
import { firstInvoice, selectInvoiceOfOrder, type StoredInvoice } from './invoice-store.ts'
import type { CopySource, OrderCopy, ReadOrder } from './order-copy.ts'
import { arrivalOf, selectCopy, storingOrders, toCopy } from './order-copy-store.ts'
import { hearingEpoch } from './pull-store.ts'

/** A copy with its invoice and what was decided about it; an order that arrived deleted has none. */
export type StoredOrder = { copy: OrderCopy; invoice: StoredInvoice | undefined; decisions: DecisionMade[] }

/**
 * Stores one order that was read outside the feed, and reads what is stored then, in one round trip. An answer of a
 * retired epoch, or an older revision, changes nothing. The pull's token stays; a newer epoch is heard.
 */
export async function followStoredOrder(
  db: BillingDb,
  read: ReadOrder,
  epoch: string,
  number: number,
  now: string,
  source: CopySource = 'deep-link',
): Promise<StoredOrder | undefined> {
  const gate = sql`EXISTS (SELECT 1 FROM order_pull WHERE epoch = ${epoch})`
  const results: D1Result[] = await db.batch([
    ...hearingEpoch(db, epoch, now),
    ...storingOrders(db, arrivalOf([read]), { epoch, source, now, runId: null, repairing: true }, gate),
    ...selectingStoredOrder(db, number),
  ])
  return toStoredOrder(results.slice(-3))
}

/** What is stored of the order; undefined if nothing is. */
export async function readStoredOrder(db: BillingDb, number: number): Promise<StoredOrder | undefined> {
  return toStoredOrder(await db.batch(selectingStoredOrder(db, number)))
}

function selectingStoredOrder(db: BillingDb, number: number) {
  return [selectCopy(db, number), selectInvoiceOfOrder(db, number), selectDecisionsOf(db, number)] as const
}

function toStoredOrder([copied, invoiced, decided]: readonly D1Result[]): StoredOrder | undefined {
  if (copied === undefined || invoiced === undefined || decided === undefined) {
    throw new Error('Cannot read an order: its results are missing')
  }
  const copy = toCopy(copied)
  return copy && { copy, invoice: firstInvoice(invoiced), decisions: toDecisionsMade(decided) }
}
