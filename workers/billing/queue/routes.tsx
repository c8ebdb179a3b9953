import { Hono } from '../../../shared/edge/hono.ts'
import { validator } from 'hono/validator'
import {
  approvalsDonePath,
  DONE_MARKS,
  type DoneMark,
  MOST_AT_ONCE,
  parseIds,
  readApprovalForm,
} from '../list/approval-input.ts'
import { logRefusal } from '../../../shared/edge/refusal.ts'
import { type Approval, approveInvoices } from './approve-many.ts'
import { requestContext, type BillingEnv } from '../edge/billing-env.ts'
import { invoiceETag } from '../documents/invoice.ts'
import { frameOf } from '../edge/page-context.ts'
import { ApprovalsDonePage } from './approvals-done-page.tsx'
import { ApprovalsPage } from './approvals-page.tsx'
import { listInvoicesById } from '../ledger/shown-invoice.ts'

const approvalForm = validator('form', (fields) => readApprovalForm(fields))

/** Several approvals at once: what they come to, and what became of each. */
export const approvalPages = new Hono<BillingEnv>()
  .get('/approvals', async (c) => {
    const ids = parseIds(c.req.queries('id') ?? [])
    // Nothing was chosen, or a form's page was loaded reissue: the queue is where one chooses.
    if (ids.length === 0) return c.redirect('/invoices', 303)
    const invoices = await listInvoicesById(requestContext(c), ids.slice(0, MOST_AT_ONCE))
    const seen = await Promise.all(invoices.map(async (invoice) => ({ invoice, seen: await invoiceETag(invoice) })))
    const left = Math.max(0, ids.length - MOST_AT_ONCE)
    return c.html(<ApprovalsPage frame={frameOf(c)} seen={seen} left={left} now={c.var.now} />)
  })
  .post('/approvals', approvalForm, async (c) => {
    const approvals = await approveInvoices(requestContext(c), c.req.valid('form'))
    if (approvals.length === 0) return c.redirect('/invoices', 303)
    for (const { id, decided } of approvals) {
      if (!decided.ok && decided.error.reason === 'four_eyes') logRefusal(c, { reason: 'four_eyes', invoice: id })
    }
    // 303: a reload of what follows must not decide again (RFC 9110, section 15.4.4).
    return c.redirect(
      approvalsDonePath(approvals.map((approval) => ({ id: approval.id, mark: markOf(approval) }))),
      303,
    )
  })
  .get('/approvals/done', async (c) => {
    const ids = parseIds(c.req.queries('id') ?? []).slice(0, MOST_AT_ONCE)
    const invoices = await listInvoicesById(requestContext(c), ids)
    const marks = new Map(
      DONE_MARKS.flatMap((mark) => parseIds(c.req.queries(mark) ?? []).map((id): [number, DoneMark] => [id, mark])),
    )
    return c.html(<ApprovalsDonePage frame={frameOf(c)} invoices={invoices} marks={marks} />)
  })

/** What the invoice will not say itself of why it was approved or not. */
function markOf({ decided }: Approval): DoneMark | null {
  if (decided.ok) return decided.value.on.source === 'order' ? null : 'on_copy'
  const { reason } = decided.error
  switch (reason) {
    case 'unknown':
    case 'stale':
    case 'already_decided':
    case 'quarantined':
      return null
    case 'orphaned':
    case 'unreadable':
    case 'unsettled':
    case 'left_out':
    case 'four_eyes':
      return reason
  }
}
