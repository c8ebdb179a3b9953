import type { BillingDb } from '../db.ts'
import { type DecisionMade, selectDecisionsOf, toDecisionsMade } from '../ledger/decision-history-store.ts'
import { firstInvoice, selectInvoice, type StoredInvoice } from '../documents/invoice-store.ts'
import type { PublishedOrder } from '../../../shared/contract/order.ts'
import type { OrderCopy } from '../copies/order-copy.ts'
import { selectCopy, toCopy } from '../../../shared/handover/consumer/copy-store.ts'
import { ORDER_TABLES } from '../feed-schema.ts'
import { type Neighbours, selectNeighbours, toNeighbours } from '../documents/queue-store.ts'
import { plain } from '../../../shared/handover/sql-names.ts'
import { invoices } from '../schema.ts'

/** An invoice with what its page shows round it. */
export type StoredInvoicePage = {
  stored: StoredInvoice | undefined
  copy: OrderCopy | undefined
  decisions: DecisionMade[]
  neighbours: Neighbours
}

/** Reads all that an invoice's page shows, in one round trip; `stored` is undefined if there is no such invoice. */
export async function readInvoicePage(db: BillingDb, id: number): Promise<StoredInvoicePage> {
  const orderNumber = plain`(SELECT ${invoices.orderNumber} FROM ${invoices} WHERE ${invoices.id} = ${id})`
  const [found, copied, decided, near] = await db.batch([
    selectInvoice(db, id),
    selectCopy(db, ORDER_TABLES, orderNumber),
    selectDecisionsOf(db, orderNumber),
    selectNeighbours(db, id),
  ])
  return {
    stored: firstInvoice(found),
    copy: toCopy<PublishedOrder>(copied),
    decisions: toDecisionsMade(decided),
    neighbours: toNeighbours(near),
  }
}
