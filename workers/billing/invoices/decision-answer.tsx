import type { Context } from 'hono'
import { isOver } from '../../../shared/time/instant.ts'
import { invoicePath } from '../../../shared/contract/links.ts'
import type { Result } from '../../../shared/result.ts'
import type { BillingEnv } from '../edge/billing-env.ts'
import type { DecisionForm } from './decision-form.ts'
import type { Decided, DecisionRefusal, Invoice } from '../documents/invoice.ts'
import { describeFieldErrors } from '../../../shared/handover/consumer/record.ts'
import { frameOf } from '../edge/page-context.ts'
import { viewOf } from './view.ts'
import type { RefusedRejection } from './pages/decision-buttons.tsx'
import type { InvoiceNotice } from './pages/invoice-notices.tsx'
import { InvoicePage } from './pages/invoice-page.tsx'
import { NoSuchInvoicePage } from '../edge/refusal-pages.tsx'

/** Answers a decision: on to the invoice, or the invoice as it is now, with why nothing was decided. */
export function answerDecision(
  c: Context<BillingEnv>,
  form: DecisionForm,
  decided: Result<Decided, DecisionRefusal>,
): Response | Promise<Response> {
  // 303: a reload of what follows must not decide again (RFC 9110, section 15.4.4).
  if (decided.ok) {
    const { invoice, on } = decided.value
    return c.redirect(on.source === 'order' ? invoicePath(invoice.id) : decidedOnCopyPath(invoice.id), 303)
  }
  const refusal = decided.error
  switch (refusal.reason) {
    case 'unknown':
      return c.html(<NoSuchInvoicePage frame={frameOf(c)} />, 404)
    case 'stale':
      return answerRefused(
        c,
        412,
        refusal.current,
        { kind: 'changed_meanwhile', shown: form.shown },
        { reason: form.reason },
      )
    case 'already_decided':
      return answerRefused(c, 409, refusal.current, { kind: 'already_decided' })
    case 'orphaned':
    case 'quarantined':
    case 'unsettled':
    case 'left_out':
      return answerRefused(c, 409, refusal.current, { kind: 'not_decidable', reason: refusal.reason })
    case 'unreadable': {
      const detail = describeFieldErrors(refusal.errors)
      return answerRefused(c, 409, refusal.current, { kind: 'not_decidable', reason: 'unreadable', detail })
    }
    case 'four_eyes':
      c.set('refusal', { reason: 'four_eyes', invoice: refusal.current.id })
      return answerRefused(c, 403, refusal.current, { kind: 'four_eyes', involvement: refusal.involvement })
  }
}

/** The invoice, decided on billing's copy a moment ago, since ordering did not answer. */
function decidedOnCopyPath(id: number): string {
  return `${invoicePath(id)}?${DECIDED_ON_COPY}`
}

/** What the page of an invoice adds to what it says of itself; its address asks for no more than that. */
export function noticeIn(c: Context<BillingEnv>, { decidedAt }: Invoice): InvoiceNotice | undefined {
  const asked = new URL(c.req.url).search === `?${DECIDED_ON_COPY}`
  // The address may be anybody's, or kept: only a decision of this moment is spoken of.
  const isNews = decidedAt !== null && !isOver(decidedAt, DECIDED_MOMENT_MS, c.var.now)
  return asked && isNews ? { kind: 'decided_on_copy' } : undefined
}

const DECIDED_ON_COPY = 'ordering=silent'
const DECIDED_MOMENT_MS = 600_000

/** Answers a rejection whose reason will not do: the page as it was read, with what was typed. */
export async function answerUnreasoned(
  c: Context<BillingEnv>,
  invoice: Invoice,
  form: DecisionForm,
  error: string | undefined,
): Promise<Response> {
  // The tag stays the one that was read: what changed meanwhile is told once a reason is there.
  const view = { ...(await viewOf(c, invoice)), seen: form.seen }
  return c.html(<InvoicePage frame={frameOf(c)} view={view} rejection={{ reason: form.reason, error }} />, 422)
}

async function answerRefused(
  c: Context<BillingEnv>,
  status: 403 | 409 | 412,
  invoice: Invoice,
  notice: InvoiceNotice,
  rejection?: RefusedRejection,
): Promise<Response> {
  const view = await viewOf(c, invoice)
  return c.html(<InvoicePage frame={frameOf(c)} view={view} notice={notice} rejection={rejection} />, status)
}
