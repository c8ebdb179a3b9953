import type { Context } from 'hono'
import { DEFAULT_READER } from '../../shared/reader.ts'
import type { User } from '../../shared/web.ts'
import { actingIn, type BillingEnv } from './context.ts'
import { findInvolvement, type Involvement, needsSecondPerson, parseFourEyes } from './four-eyes.ts'
import { type Invoice, invoiceETag } from './invoice.ts'
import { readInvoicePage } from './invoice-page-store.ts'
import type { OrderCopy } from './order-copy.ts'
import type { Frame } from './pages/frame.tsx'
import type { InvoiceView } from './pages/invoice-view.ts'
import { readSeller } from './seller.ts'
import { witness } from './shown-invoice.ts'

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
