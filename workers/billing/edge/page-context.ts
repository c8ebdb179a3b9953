import type { Context } from 'hono'
import { DEFAULT_READER } from '../../../shared/edge/reader.ts'
import type { User } from '../../../shared/edge/edge.ts'
import { actingIn, type BillingEnv } from './billing-env.ts'
import { findInvolvement, type Involvement, needsSecondPerson, parseFourEyes } from '../invoices/four-eyes.ts'
import { type Invoice, invoiceETag } from '../invoices/invoice.ts'
import { readInvoicePage } from '../invoices/invoice-page-store.ts'
import type { OrderCopy } from '../orders/order-copy.ts'
import type { Frame } from './frame.tsx'
import type { InvoiceView } from '../invoices/pages/invoice-view.ts'
import { readSeller } from '../ledger/seller.ts'
import { witness } from '../invoices/shown-invoice.ts'

/** What is round each page of this request. */
export function frameOf(c: Context<BillingEnv>): Frame {
  return { ...makeFrame(c.env, c.var.user), requestId: c.var.requestId }
}

/** What is round a page; `user` is null where nobody is known. */
export function makeFrame(env: Env, user: User | null): Frame {
  // An invoice reads the same whoever looks at it, and is dated where the business is: so is all of billing.
  const reader = { ...DEFAULT_READER, timeZone: env.TIME_ZONE }
  return { user: user?.email, roles: user?.roles ?? [], reader, orderingOrigin: env.ORDERING_ORIGIN }
}

/** What the invoice's page shows, as anybody may see it; undefined if there is no such invoice. */
export async function findView(c: Context<BillingEnv>, id: number): Promise<InvoiceView | undefined> {
  const { stored, ...around } = await readInvoicePage(c.var.db, id)
  if (stored === undefined || stored.witnessed) return stored && makeView(c, stored.invoice, around)
  await witness(actingIn(c), [stored])
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
  return findInvolvement(copy.order, c.var.user.email)
}
