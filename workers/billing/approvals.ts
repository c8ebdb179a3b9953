import type { Result } from '../../shared/result.ts'
import type { Acting } from './acting.ts'
import type { SeenInvoice } from './approval-input.ts'
import { approveInvoice } from './decision.ts'
import type { DecisionRefusal, Invoice } from './invoice.ts'

/** What became of one of several approvals. */
export type Approval = { id: number; decided: Result<Invoice, DecisionRefusal> }

/** Approves the invoices one after the other, each by what was seen of it: one that is refused stops none. */
export async function approveInvoices(acting: Acting, invoices: readonly SeenInvoice[]): Promise<Approval[]> {
  const approvals: Approval[] = []
  for (const [index, { id, seen }] of invoices.entries()) {
    // A decision is known by its request's id, so each of several has one of its own.
    const own = { ...acting, requestId: `${acting.requestId}.${index + 1}` }
    approvals.push({ id, decided: await approveInvoice(own, id, seen) })
  }
  return approvals
}
