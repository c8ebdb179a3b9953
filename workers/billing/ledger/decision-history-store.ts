import type { SQL } from 'drizzle-orm'
import { rowsOf } from '../../../shared/db/d1.ts'
import type { BillingDb } from '../db.ts'
import { IS_REISSUE } from './decision-store.ts'
import { plain } from '../../../shared/handover/sql-names.ts'
import { decisions } from '../schema.ts'

/**
 * What somebody decided about an invoice. `issuedNumber` is the invoice's or the credit note's, null for a rejection and
 * where a credited invoice was reissued (`reissued`).
 */
export type DecisionMade = {
  kind: 'approved' | 'rejected' | 'credited' | 'reissued'
  invoiceId: number
  issuedNumber: string | null
  decidedAt: string
  decidedBy: string
  reason: string | null
}

/** Selects what was decided about the invoices of an order and stands in the ledger, the oldest first. */
export function selectDecisionsOf(db: BillingDb, orderNumber: number | SQL) {
  return db.run(plain`
    SELECT iif(${IS_REISSUE}, 'reissued', ${decisions.kind}) AS kind, ${decisions.invoiceId} AS invoiceId,
      ${decisions.issuedNumber} AS issuedNumber, ${decisions.decidedAt} AS decidedAt,
      ${decisions.decidedBy} AS decidedBy, ${decisions.reason}
    FROM ${decisions} WHERE ${decisions.orderNumber} = ${orderNumber} AND ${decisions.witnessed} = 1
      ORDER BY ${decisions.nr}`)
}

/** The decisions that `selectDecisionsOf` found. */
export function toDecisionsMade(result: D1Result): DecisionMade[] {
  return rowsOf<DecisionMade>(result)
}
