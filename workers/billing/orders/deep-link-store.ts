import { sql } from 'drizzle-orm'
import type { BillingDb } from '../db.ts'
import { type DecisionMade, selectDecisionsOf, toDecisionsMade } from '../ledger/decision-history-store.ts'
import { firstInvoice, selectInvoiceOfOrder, type StoredInvoice } from '../documents/invoice-store.ts'
import type { CopySource, OrderCopy, ReadOrder } from '../copies/order-copy.ts'
import { arrivalOf, selectCopy, upsertCopies, toCopy } from '../copies/order-copy-store.ts'
import { epochOf, learnEpochStatements, selectEpoch } from '../copies/epoch-store.ts'

/** A copy with its invoice and what was decided about it; an order that arrived deleted has none. */
export type StoredOrder = { copy: OrderCopy; invoice: StoredInvoice | undefined; decisions: DecisionMade[] }

/** What is stored of an order that was read a moment ago, and the epoch that is current. */
export type StoreOutcome = { current: string; stored: StoredOrder | undefined }

/**
 * Stores one order that was read outside the feed, and reads what is stored then, in one round trip. An answer of an
 * epoch that is not the current one, or an older revision, changes nothing. The pull's token stays; only the first epoch
 * of all is learned here: whether another is newer than the current one, an answer alone does not tell.
 */
export async function storeAndReadOrder(
  db: BillingDb,
  read: ReadOrder & { epoch: string },
  number: number,
  now: string,
  source: CopySource = 'deep-link',
): Promise<StoreOutcome> {
  const { epoch } = read
  const results: D1Result[] = await db.batch([
    ...storeOutsideFeedStatements(db, [read], epoch, source, now),
    ...selectStoredOrder(db, number),
  ])
  const [selected, ...stored] = results.slice(-4)
  return { current: (selected && epochOf(selected)) ?? epoch, stored: toStoredOrder(stored) }
}

/** Stores orders as `storeAndReadOrder` stores one; returns the epoch that is current then. */
export async function storeOrders(
  db: BillingDb,
  orders: readonly ReadOrder[],
  epoch: string,
  now: string,
): Promise<string> {
  const results: D1Result[] = await db.batch(storeOutsideFeedStatements(db, orders, epoch, 'deep-link', now))
  const selected = results.at(-1)
  return (selected && epochOf(selected)) ?? epoch
}

function storeOutsideFeedStatements(
  db: BillingDb,
  orders: readonly ReadOrder[],
  epoch: string,
  source: CopySource,
  now: string,
) {
  const gate = sql`EXISTS (SELECT 1 FROM order_pull WHERE epoch = ${epoch})`
  return [
    ...learnEpochStatements(db, epoch, null, now),
    ...upsertCopies(db, arrivalOf(orders), { epoch, source, now, runId: null, repairing: true }, gate),
    selectEpoch(db),
  ] as const
}

/** What is stored of the order; undefined if nothing is. */
export async function readStoredOrder(db: BillingDb, number: number): Promise<StoredOrder | undefined> {
  return toStoredOrder(await db.batch(selectStoredOrder(db, number)))
}

function selectStoredOrder(db: BillingDb, number: number) {
  return [selectCopy(db, number), selectInvoiceOfOrder(db, number), selectDecisionsOf(db, number)] as const
}

function toStoredOrder([copied, invoiced, decided]: readonly D1Result[]): StoredOrder | undefined {
  if (copied === undefined || invoiced === undefined || decided === undefined) {
    throw new Error('Cannot read an order: its results are missing')
  }
  const copy = toCopy(copied)
  return copy && { copy, invoice: firstInvoice(invoiced), decisions: toDecisionsMade(decided) }
}
