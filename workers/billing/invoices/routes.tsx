import type { Context } from 'hono'
import { validator } from 'hono/validator'
import { invoicePath, NEW_ORDER_LINK, parseOrderNumber } from '../../../shared/contract/links.ts'
import { Hono } from '../../../shared/edge/hono.ts'
import { requestContext, type BillingEnv } from '../edge/billing-env.ts'
import { frameOf } from '../edge/page-context.ts'
import { NoSuchInvoicePage } from '../edge/refusal-pages.tsx'
import { approveInvoice, rejectInvoice } from './decide.ts'
import { answerDecision, answerUnreasoned, noticeIn } from './decision-answer.tsx'
import { readDecisionForm } from './decision-form.ts'
import { findInvoiceInPath } from './invoice-request.ts'
import { answerLink } from './link-answer.tsx'
import { InvoicePage } from './pages/invoice-page.tsx'
import { rejectionReason } from './rejection.ts'
import { findView } from './view.ts'

/** A body that is no form at all is answered by the edge, 400. */
const decisionForm = validator('form', (fields) => readDecisionForm(fields))

/** An invoice's page, what is decided there, and the deep link that leads to it. */
export const invoicePages = new Hono<BillingEnv>()
  .get('/invoices/:id', async (c) => {
    const id = parseOrderNumber(c.req.param('id'))
    const view = id === undefined ? undefined : await findView(c, id)
    if (view === undefined) return answerNoSuchInvoice(c)
    return c.html(<InvoicePage frame={frameOf(c)} view={view} notice={noticeIn(c, view.invoice)} />)
  })
  // A refused form's page has the form's address: whoever reloads it, or signs in on the way, finds the invoice.
  .get('/invoices/:id/:decision{approve|reject}', async (c) => {
    const invoice = await findInvoiceInPath(c)
    return invoice === undefined ? answerNoSuchInvoice(c) : c.redirect(invoicePath(invoice.id), 303)
  })
  .post('/invoices/:id/approve', decisionForm, async (c) => {
    const invoice = await findInvoiceInPath(c)
    if (invoice === undefined) return answerNoSuchInvoice(c)
    const form = c.req.valid('form')
    return answerDecision(c, form, await approveInvoice(requestContext(c), invoice, form.seen))
  })
  .post('/invoices/:id/reject', decisionForm, async (c) => {
    const invoice = await findInvoiceInPath(c)
    if (invoice === undefined) return answerNoSuchInvoice(c)
    const form = c.req.valid('form')
    const reason = rejectionReason.safeParse(form.reason)
    if (!reason.success) return answerUnreasoned(c, invoice, form, reason.error.issues[0]?.message)
    return answerDecision(c, form, await rejectInvoice(requestContext(c), invoice, form.seen, reason.data))
  })
  .get(NEW_ORDER_LINK, (c) => answerLink(c, parseOrderNumber(c.req.param('number'))))

function answerNoSuchInvoice(c: Context<BillingEnv>): Response | Promise<Response> {
  return c.html(<NoSuchInvoicePage frame={frameOf(c)} />, 404)
}
