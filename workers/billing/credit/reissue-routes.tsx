import type { Context } from 'hono'
import { Hono } from '../../../shared/edge/hono.ts'
import { validator } from 'hono/validator'
import * as z from '../../../shared/zod.ts'
import { invoicePath } from '../../../shared/contract/links.ts'
import { requestContext, type BillingEnv } from '../edge/billing-env.ts'
import { type Invoice, invoiceETag } from '../documents/invoice.ts'
import { findInvoiceInPath } from '../invoices/invoice-request.ts'
import { checkOne } from '../../../shared/handover/consumer/check.ts'
import { findCopy } from '../../../shared/handover/consumer/copy-store.ts'
import { orderConsumer } from '../orders/order-consumer.ts'
import { frameOf } from '../edge/page-context.ts'
import { NoSuchInvoicePage } from '../edge/refusal-pages.tsx'
import { ReissueInvoicePage } from './pages/reissue-page.tsx'
import { findInvoice } from '../ledger/shown-invoice.ts'
import { reissueInvoice, type ReissueRefusal } from './reissue.ts'

/** Without a tag nothing was seen, and nothing is made. */
const reissueInput = z.object({ seen: z.fallback(z.string(), '') })

/** A body that is no form at all is answered by the edge, 400. */
const reissueForm = validator('form', (fields) => reissueInput.parse(fields))

/** Reissuing what was credited, for people: what it comes to, and then doing it. */
export const reissuePages = new Hono<BillingEnv>()
  .get('/invoices/:id/reissue', async (c) => {
    const invoice = await findInvoiceInPath(c)
    if (invoice === undefined) return c.html(<NoSuchInvoicePage frame={frameOf(c)} />, 404)
    // What cannot be reissued yet, or was already, says so itself.
    if (invoice.state !== 'Approved' || invoice.replacedBy !== null) return c.redirect(invoicePath(invoice.id), 303)
    return answerPreview(c, 200, invoice)
  })
  .post('/invoices/:id/reissue', reissueForm, async (c) => {
    const invoice = await findInvoiceInPath(c)
    if (invoice === undefined) return c.html(<NoSuchInvoicePage frame={frameOf(c)} />, 404)
    const replaced = await reissueInvoice(requestContext(c), invoice.id, c.req.valid('form').seen)
    // 303: a reload of what follows must not post it again (RFC 9110, section 15.4.4).
    if (replaced.ok) return c.redirect(invoicePath(replaced.value.invoice.id), 303)
    return answerRefusal(c, invoice, replaced.error)
  })

/** The page shows the order as ordering has it, and else says that it is billing's copy. */
async function answerPreview(
  c: Context<BillingEnv>,
  status: 200 | 409 | 412,
  { id, orderNumber }: Invoice,
  problem?: string,
): Promise<Response> {
  const context = requestContext(c)
  const { reason } = await checkOne(orderConsumer, context, orderNumber)
  const [invoice, copy] = await Promise.all([findInvoice(context, id), findCopy(orderConsumer, c.var.db, orderNumber)])
  if (invoice === undefined) return c.html(<NoSuchInvoicePage frame={frameOf(c)} />, 404)
  const view = { invoice, copy, answered: reason === 'answered', seen: await invoiceETag(invoice), problem }
  return c.html(<ReissueInvoicePage frame={frameOf(c)} view={view} />, status)
}

function answerRefusal(
  c: Context<BillingEnv>,
  invoice: Invoice,
  refusal: ReissueRefusal,
): Response | Promise<Response> {
  switch (refusal.reason) {
    case 'unknown':
      return c.html(<NoSuchInvoicePage frame={frameOf(c)} />, 404)
    case 'stale':
      return answerPreview(
        c,
        412,
        refusal.current,
        'The invoice or its order has changed since you read this page. Nothing was created: review it as it is now.',
      )
    case 'not_approved':
      return c.redirect(invoicePath(invoice.id), 303)
    case 'not_reissuable':
      return answerPreview(c, 409, invoice, `${refusal.detail}. Nothing was created.`)
  }
}
