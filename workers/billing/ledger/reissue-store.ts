import { sql } from 'drizzle-orm'
import { rowsOf } from '../../../shared/db/d1.ts'
import type { BillingDb } from '../db.ts'
import { ENTRY, type LedgerEntry, insertReplacements } from './decision-store.ts'

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
  const ours = sql`nr = ${nr} AND EXISTS (SELECT 1 FROM decisions WHERE nr = ${nr} AND decision_id = ${decisionId})`
  const [, , selected] = await db.batch([
    db.run(sql`
      INSERT INTO decisions (nr, decision_id, kind, invoice_id, order_number, document, order_revision,
        order_fingerprint, invoice_created_at, decided_at, decided_by, replacement_id)
      SELECT ${nr}, ${decisionId}, 'credited', i.id, i.order_number, o.record, o.revision, o.fingerprint,
        i.created_at, ${decidedAt}, ${decidedBy}, ${replacementId}
      FROM invoices i JOIN orders o ON o.number = i.order_number
      WHERE i.id = ${invoiceId} AND i.state = 'Approved' AND o.deleted = 0 AND o.orphaned = 0
        AND o.fingerprint IS NOT NULL
        AND ${seenCreditNotes} = (SELECT count(*) FROM credit_notes WHERE invoice_id = i.id)
        AND NOT EXISTS (SELECT 1 FROM invoices WHERE order_number = i.order_number AND replaces = i.id)
        AND ${nr} = 1 + (SELECT coalesce(max(nr), 0) FROM decisions)`),
    insertReplacements(db, ours),
    db.run(sql`SELECT ${ENTRY} FROM decisions WHERE ${ours}`),
  ])
  return rowsOf<LedgerEntry>(selected)[0]
}
