import type { Context } from 'hono'
import type { OrderCopy } from '../copies/order-copy.ts'
import { findInvolvement, type Involvement, needsSecondPerson, parseFourEyes } from '../documents/four-eyes.ts'
import { type Invoice, invoiceETag } from '../documents/invoice.ts'
import { readSeller } from '../documents/seller.ts'
import { requestContext, type BillingEnv } from '../edge/billing-env.ts'
import { witness } from '../ledger/shown-invoice.ts'
import { readInvoicePage } from './invoice-page-store.ts'
import type { InvoiceView } from './pages/invoice-view.ts'

/** What the invoice's page shows, as anybody may see it; undefined if there is no such invoice. */
export async function findView(c: Context<BillingEnv>, id: number): Promise<InvoiceView | undefined> {
  const { stored, ...around } = await readInvoicePage(c.var.db, id)
  if (stored === undefined || stored.witnessed) return stored && makeView(c, stored.invoice, around)
  await witness(requestContext(c), [stored])
  return viewOf(c, stored.invoice)
}

/** What the page of this invoice shows; what stands round it is read. */
export async function viewOf(c: Context<BillingEnv>, invoice: Invoice): Promise<InvoiceView> {
  return makeView(c, invoice, await readInvoicePage(c.var.db, invoice.id))
}

/** What the page of this invoice shows, where all round it was read with it. */
export async function makeView(
  c: Context<BillingEnv>,
  invoice: Invoice,
  { copy, decisions, neighbours }: Pick<InvoiceView, 'copy' | 'decisions'> & Partial<Pick<InvoiceView, 'neighbours'>>,
): Promise<InvoiceView> {
  return {
    invoice,
    copy,
    decisions: decisions.filter(({ invoiceId }) => invoiceId === invoice.id),
    involvement: involvementOf(c, invoice, copy),
    configuredSeller: readSeller(c.env),
    neighbours,
    seen: await invoiceETag(invoice),
    now: c.var.now,
  }
}

/** What keeps the reader from approving an invoice that needs four eyes; undefined where nothing does. */
function involvementOf(c: Context<BillingEnv>, invoice: Invoice, copy: OrderCopy | undefined): Involvement | undefined {
  if (copy === undefined || !needsSecondPerson(parseFourEyes(c.env.FOUR_EYES), invoice)) return undefined
  return findInvolvement(copy.record, c.var.user.email)
}
