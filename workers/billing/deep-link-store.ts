import { sql } from 'drizzle-orm'
import type { BillingDb } from './db.ts'
import { firstInvoice, selectInvoiceOfOrder, type StoredInvoice } from './invoice-store.ts'
import type { CopySource, OrderCopy, ReadOrder } from './order-copy.ts'
import { selectCopy, storingOrders, toCopy } from './order-copy-store.ts'
import { hearingEpoch } from './pull-store.ts'

/** A copy with its invoice; an order that arrived deleted has none. */
export type StoredOrder = { copy: OrderCopy; invoice: StoredInvoice | undefined }

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
    ...storingOrders(db, [read], { epoch, source, now, runId: null, repairing: true }, gate),
    selectCopy(db, number),
    selectInvoiceOfOrder(db, number),
  ])
  return toStoredOrder(results.slice(-2))
}

/** What is stored of the order; undefined if nothing is. */
export async function readStoredOrder(db: BillingDb, number: number): Promise<StoredOrder | undefined> {
  return toStoredOrder(await db.batch([selectCopy(db, number), selectInvoiceOfOrder(db, number)]))
}

function toStoredOrder([copied, invoiced]: D1Result[]): StoredOrder | undefined {
  if (copied === undefined || invoiced === undefined) throw new Error('Cannot read an order: its results are missing')
  const copy = toCopy(copied)
  return copy && { copy, invoice: firstInvoice(invoiced) }
}
