import { transaction } from '../../../shared/db/transaction.ts'
import type { BillingDb } from '../db.ts'
import { ENTRY, isDecision, type LedgerEntry, insertReplacements } from './decision-store.ts'
import { plain } from '../../../shared/handover/sql-names.ts'
import { creditNotes, decisions, invoices, orders } from '../schema.ts'

/** That a credited invoice is reissued. `seenCreditNotes` is how many credit notes it had when that was judged. */
export type ReissueDecision = {
  kind: 'reissued'
  decisionId: string
  invoiceId: number
  seenCreditNotes: number
  replacementId: number
  decidedAt: string
  decidedBy: string
}

/**
 * Makes the replacement as decision `nr`, in one transaction: the decision and the invoice, which waits. Undefined, with
 * nothing written, unless the invoice is approved, has just the credit notes that were seen and no replacement, its
 * order's copy is in order, and the last decision is `nr - 1`.
 */
export async function saveReissue(
  db: BillingDb,
  decision: ReissueDecision,
  nr: number,
): Promise<LedgerEntry | undefined> {
  const { decisionId, invoiceId, seenCreditNotes, replacementId, decidedAt, decidedBy } = decision
  const ours = isDecision(nr, decisionId)
  const { entry } = await transaction(db, {
    decided: db.run(plain`
      INSERT INTO ${decisions} (${decisions.nr}, ${decisions.decisionId}, ${decisions.kind}, ${decisions.invoiceId},
        ${decisions.orderNumber}, ${decisions.document}, ${decisions.orderRevision},
        ${decisions.orderFingerprint}, ${decisions.invoiceCreatedAt}, ${decisions.decidedAt}, ${decisions.decidedBy},
        ${decisions.replacementId})
      SELECT ${nr}, ${decisionId}, 'credited', i.${invoices.id}, i.${invoices.orderNumber}, o.${orders.record},
        o.${orders.revision}, o.${orders.fingerprint},
        i.${invoices.createdAt}, ${decidedAt}, ${decidedBy}, ${replacementId}
      FROM ${invoices} i JOIN ${orders} o ON o.${orders.key} = i.${invoices.orderNumber}
      WHERE i.${invoices.id} = ${invoiceId} AND i.${invoices.state} = 'Approved' AND o.${orders.deleted} = 0
        AND o.${orders.orphaned} = 0
        AND o.${orders.fingerprint} IS NOT NULL
        AND ${seenCreditNotes} = (SELECT count(*) FROM ${creditNotes} WHERE ${creditNotes.invoiceId} = i.${invoices.id})
        AND NOT EXISTS (SELECT 1 FROM ${invoices} WHERE ${invoices.orderNumber} = i.${invoices.orderNumber}
          AND ${invoices.replaces} = i.${invoices.id})
        AND ${nr} = 1 + (SELECT coalesce(max(${decisions.nr}), 0) FROM ${decisions})`),
    replaced: insertReplacements(db, ours),
    entry: db.select(ENTRY).from(decisions).where(ours),
  })
  return entry[0]
}
