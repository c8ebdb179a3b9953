import type { Context } from 'hono'
import { DEFAULT_READER } from '../../shared/reader.ts'
import type { User } from '../../shared/web.ts'
import type { BillingEnv } from './context.ts'
import type { BillingDb } from './db.ts'
import { listDecisionsOf } from './decision-history-store.ts'
import { findInvolvement, type Involvement, needsSecondPerson, parseFourEyes } from './four-eyes.ts'
import { type Invoice, invoiceETag } from './invoice.ts'
import { findCopy } from './order-copy-store.ts'
import type { OrderCopy } from './order-copy.ts'
import type { Frame } from './pages/frame.tsx'
import type { InvoiceView } from './pages/invoice-view.ts'
import { findNeighbours } from './queue-store.ts'
import { readSeller } from './seller.ts'

/** What is round each page of this request. */
export function frameOf(c: Context<BillingEnv>): Frame {
  return makeFrame(c.env, c.var.user)
}

/** What is round a page; `user` is null where nobody is known. */
export function makeFrame(env: Env, user: User | null): Frame {
  // An invoice reads the same whoever looks at it, and is dated where the business is: so is all of billing.
  const reader = { ...DEFAULT_READER, timeZone: env.TIME_ZONE }
  return { user: user?.email, roles: user?.roles ?? [], reader, orderingOrigin: env.ORDERING_ORIGIN }
}

/** What the invoice's page shows; its copy, the decisions and its neighbours in the queue are read, unless it is shown by a link that read the first two. */
export async function viewOf(
  c: Context<BillingEnv>,
  invoice: Invoice,
  known?: Pick<InvoiceView, 'copy' | 'decisions'>,
): Promise<InvoiceView> {
  const { copy, decisions, neighbours } = known
    ? { ...known, neighbours: undefined }
    : await readAround(c.var.db, invoice)
  return {
    invoice,
    copy,
    decisions: decisions.filter(({ invoiceId }) => invoiceId === invoice.id),
    involvement: involvementOf(c, invoice, copy),
    seller: readSeller(c.env),
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

async function readAround(db: BillingDb, { id, orderNumber }: Invoice) {
  const [copy, decisions, neighbours] = await Promise.all([
    findCopy(db, orderNumber),
    listDecisionsOf(db, orderNumber),
    findNeighbours(db, id),
  ])
  return { copy, decisions, neighbours }
}
