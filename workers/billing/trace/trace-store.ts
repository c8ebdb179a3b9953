import { and, eq, isNull } from 'drizzle-orm'
import { rowsOf } from '../../../shared/db/d1.ts'
import { isCreditedWhole } from '../documents/credit-note.ts'
import type { BillingDb } from '../db.ts'
import { type DecisionMade, selectDecisionsOf, toDecisionsMade } from '../ledger/decision-history-store.ts'
import type { Source } from '../../../shared/handover/consumer/record.ts'
import type { Invoice } from '../documents/invoice.ts'
import { firstInvoice, selectInvoiceOfOrder } from '../documents/invoice-store.ts'
import { plain } from '../../../shared/handover/sql-names.ts'
import { invoices, orderPull, orders, outbox, quarantine } from '../schema.ts'

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
    orphaned: number
    deleted: number
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
  const { key, revision, fingerprint, epoch, source, fetchedAt, runId, orphaned, deleted } = orders
  const { error, attempts, firstSeenAt, nextTryAt } = quarantine
  const [copied, invoiced, decided, quarantined, pulled] = await db.batch([
    db
      .select({ revision, fingerprint, epoch, source, fetchedAt, runId, orphaned, deleted })
      .from(orders)
      .where(eq(key, number)),
    selectInvoiceOfOrder(db, number),
    selectDecisionsOf(db, number),
    db
      .select({ error, attempts, firstSeenAt, nextTryAt })
      .from(quarantine)
      .where(and(eq(quarantine.key, number), isNull(quarantine.closedAt))),
    db.run(plain`
      SELECT ${orderPull.epoch}, ${orderPull.lastSuccessAt} AS lastSuccessAt, EXISTS (
        SELECT 1 FROM ${outbox} WHERE (${outbox.pending} = 1 OR ${outbox.refused} = 1)
          AND ${outbox.subject} IN ('invoice:' || ${number}, 'quarantine:' || ${number})
      ) AS unsent, (SELECT ${invoices.createdAt} FROM ${invoices} WHERE ${invoices.orderNumber} = ${number}
      AND ${invoices.replaces} = 0) AS invoicedAt
      FROM ${orderPull}`),
  ])
  const [pull] = rowsOf<Pick<BillingStanding, 'epoch' | 'lastSuccessAt' | 'invoicedAt'> & { unsent: 0 | 1 }>(pulled)
  if (pull === undefined) throw new Error('Cannot trace an order: the row of the pull is missing')
  const stored = firstInvoice(invoiced)
  return {
    copy: copied[0] ?? null,
    invoice: stored === undefined ? null : standingOf(stored.invoice),
    invoicedAt: pull.invoicedAt,
    witnessed: stored?.witnessed !== false,
    decisions: toDecisionsMade(decided),
    quarantine: quarantined[0] ?? null,
    epoch: pull.epoch,
    lastSuccessAt: pull.lastSuccessAt,
    unsent: pull.unsent === 1,
  }
}
