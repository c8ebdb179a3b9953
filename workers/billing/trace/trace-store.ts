import { sql } from 'drizzle-orm'
import { rowsOf } from '../../../shared/db/d1.ts'
import { isCreditedWhole } from '../documents/credit-note.ts'
import type { BillingDb } from '../db.ts'
import { type DecisionMade, selectDecisionsOf, toDecisionsMade } from '../ledger/decision-history-store.ts'
import type { Source } from '../../../shared/handover/consumer/record.ts'
import type { Invoice } from '../documents/invoice.ts'
import { firstInvoice, selectInvoiceOfOrder } from '../documents/invoice-store.ts'

/** What has become of an order's invoice: of the newest, where one was replaced. */
export type InvoiceStanding = Pick<Invoice, 'state' | 'invoiceNumber' | 'decidedAt' | 'mismatched' | 'orderDeleted'> & {
  credited: 'none' | 'partly' | 'whole'
  isReplacement: boolean
}

/** What billing keeps of an order's way. */
export type BillingStanding = {
  copy: {
    revision: number
    fingerprint: number | null
    epoch: string
    source: Source
    fetchedAt: string
    runId: string | null
    orphaned: 0 | 1
    deleted: 0 | 1
  } | null
  invoice: InvoiceStanding | null
  /** When its first invoice was made. */
  invoicedAt: string | null
  /** What was decided about its invoice, the oldest first. */
  decisions: DecisionMade[]
  quarantine: { error: string; attempts: number; firstSeenAt: string; nextTryAt: string } | null
  unsent: boolean
  epoch: string | null
  lastSuccessAt: string | null
  /** Whether what was decided stands in the ledger: nobody may see it before. */
  witnessed: boolean
}

function standingOf(invoice: Invoice): InvoiceStanding {
  const { state, invoiceNumber, decidedAt, mismatched, orderDeleted, creditNotes, replaces } = invoice
  const whole = state === 'Approved' && isCreditedWhole(invoice)
  const credited = creditNotes.length === 0 ? 'none' : whole ? 'whole' : 'partly'
  return { state, invoiceNumber, decidedAt, mismatched, orderDeleted, credited, isReplacement: replaces !== null }
}

/** Reads all of it in one round trip. */
export async function readStanding(db: BillingDb, number: number): Promise<BillingStanding> {
  const [copied, invoiced, decided, quarantined, pulled] = await db.batch([
    db.run(sql`
      SELECT revision, fingerprint, epoch, source, fetched_at AS fetchedAt, run_id AS runId, orphaned, deleted
      FROM orders WHERE number = ${number}`),
    selectInvoiceOfOrder(db, number),
    selectDecisionsOf(db, number),
    db.run(sql`
      SELECT error, attempts, first_seen_at AS firstSeenAt, next_try_at AS nextTryAt FROM quarantine
      WHERE number = ${number} AND closed_at IS NULL`),
    db.run(sql`
      SELECT epoch, last_success_at AS lastSuccessAt, EXISTS (
        SELECT 1 FROM outbox WHERE (pending = 1 OR refused = 1) AND subject IN ('invoice:' || ${number}, 'quarantine:' || ${number})
      ) AS unsent, (SELECT created_at FROM invoices WHERE order_number = ${number} AND replaces = 0) AS invoicedAt
      FROM order_pull`),
  ])
  const [pull] = rowsOf<Pick<BillingStanding, 'epoch' | 'lastSuccessAt' | 'invoicedAt'> & { unsent: 0 | 1 }>(pulled)
  if (pull === undefined) throw new Error('Cannot trace an order: the row of the pull is missing')
  const stored = firstInvoice(invoiced)
  return {
    copy: rowsOf<NonNullable<BillingStanding['copy']>>(copied)[0] ?? null,
    invoice: stored === undefined ? null : standingOf(stored.invoice),
    invoicedAt: pull.invoicedAt,
    witnessed: stored?.witnessed !== false,
    decisions: toDecisionsMade(decided),
    quarantine: rowsOf<NonNullable<BillingStanding['quarantine']>>(quarantined)[0] ?? null,
    epoch: pull.epoch,
    lastSuccessAt: pull.lastSuccessAt,
    unsent: pull.unsent === 1,
  }
}
