import type { Context } from 'hono'
import { DEFAULT_READER } from '../../shared/reader.ts'
import type { BillingEnv } from './context.ts'
import type { BillingDb } from './db.ts'
import { listDecisionsOf } from './decision-history-store.ts'
import { type Invoice, invoiceETag } from './invoice.ts'
import { findCopy } from './order-copy-store.ts'
import type { Frame } from './pages/frame.tsx'
import type { InvoiceView } from './pages/invoice-view.ts'
import { readSeller } from './seller.ts'

/** What is round each page of this request. */
export function frameOf(c: Context<BillingEnv>): Frame {
  return makeFrame(c.env, c.var.user.email)
}

/** What is round a page; `user` is undefined where nobody is known. */
export function makeFrame(env: Env, user: string | undefined): Frame {
  // An invoice reads the same whoever looks at it, and is dated where the business is: so is all of billing.
  return { user, reader: { ...DEFAULT_READER, timeZone: env.TIME_ZONE }, orderingOrigin: env.ORDERING_ORIGIN }
}

/** What the invoice's page shows; the order's copy and the decisions are read unless they are at hand. */
export async function viewOf(
  c: Context<BillingEnv>,
  invoice: Invoice,
  known?: Pick<InvoiceView, 'copy' | 'decisions'>,
): Promise<InvoiceView> {
  const { copy, decisions } = known ?? (await readAround(c.var.db, invoice))
  return {
    invoice,
    copy,
    decisions: decisions.filter(({ invoiceId }) => invoiceId === invoice.id),
    seller: readSeller(c.env),
    seen: await invoiceETag(invoice),
    now: c.var.now,
  }
}

async function readAround(db: BillingDb, { orderNumber }: Invoice): Promise<Pick<InvoiceView, 'copy' | 'decisions'>> {
  const [copy, decisions] = await Promise.all([findCopy(db, orderNumber), listDecisionsOf(db, orderNumber)])
  return { copy, decisions }
}
