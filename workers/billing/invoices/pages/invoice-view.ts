import type { DecisionMade } from '../../ledger/decision-history-store.ts'
import type { Involvement } from '../../documents/four-eyes.ts'
import type { Invoice } from '../../documents/invoice.ts'
import type { OrderCopy } from '../../copies/order-copy.ts'
import type { Neighbours } from '../../documents/queue-store.ts'
import type { Seller } from '../../documents/seller.ts'

/** Everything that an invoice's page shows. */
export type InvoiceView = {
  invoice: Invoice
  /** Billing's copy of its order; undefined while a restored database waits for it. */
  copy: OrderCopy | undefined
  /** What was decided about it, the oldest first. */
  decisions: readonly DecisionMade[]
  /** What the reader did to the order, if somebody else must therefore approve the invoice. */
  involvement: Involvement | undefined
  /** Invoices waiting for approval before and after it; undefined where a link has led here, past the queue. */
  neighbours: Neighbours | undefined
  /** Who would sell if it were approved now. */
  configuredSeller: Seller
  /** The invoice's ETag: what a decision is taken on. */
  seen: string
  /** When the page was asked for. */
  now: string
}
