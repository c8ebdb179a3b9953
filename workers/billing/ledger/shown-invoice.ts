import type { RequestContext } from '../edge/request-context.ts'
import { findLastDecision } from './decision-store.ts'
import type { Invoice } from '../documents/invoice.ts'
import type { ListPlace } from '../documents/found-store.ts'
import type { InvoiceFilter } from '../documents/filter.ts'
import { openLedger } from './invoice-ledger.ts'
import { listStoredInvoices } from '../documents/invoice-list-store.ts'
import { firstInvoice, selectInvoice, selectInvoiceOfOrder, type StoredInvoice } from '../documents/invoice-store.ts'
import { listStoredInvoicesById } from '../documents/queue-store.ts'

/** The invoice as anybody may see it; undefined if there is none. */
export async function findInvoice(context: RequestContext, id: number): Promise<Invoice | undefined> {
  return (await readInvoice(context, id))?.invoice
}

/** The invoice of the order as anybody may see it; undefined if there is none. */
export async function findInvoiceOfOrder(context: RequestContext, orderNumber: number): Promise<Invoice | undefined> {
  const found = firstInvoice(await selectInvoiceOfOrder(context.db, orderNumber))
  if (found !== undefined) await witness(context, [found])
  return found?.invoice
}

/** The invoice as anybody may see it, with its copy's fingerprint. */
export async function readInvoice(context: RequestContext, id: number): Promise<StoredInvoice | undefined> {
  const found = firstInvoice(await selectInvoice(context.db, id))
  if (found !== undefined) await witness(context, [found])
  return found
}

/** A page of invoices as anybody may see them. */
export async function listInvoices(
  context: RequestContext,
  filter: InvoiceFilter,
  place: ListPlace,
): Promise<{ invoices: Invoice[]; next: number | null }> {
  const { invoices, next } = await listStoredInvoices(context.db, filter, place)
  await witness(context, invoices)
  return { invoices: invoices.map(({ invoice }) => invoice), next }
}

/** The invoices with these ids as anybody may see them, by id; one that is not there is left out. */
export async function listInvoicesById(context: RequestContext, ids: readonly number[]): Promise<Invoice[]> {
  const invoices = await listStoredInvoicesById(context.db, ids)
  await witness(context, invoices)
  return invoices.map(({ invoice }) => invoice)
}

/**
 * Sees to it that what is about to be shown stands in the ledger: after a crash between D1 and the ledger a decision
 * may be in D1 alone, and a restore would then undo what somebody has seen.
 */
export async function witness(
  { env, db }: RequestContext,
  invoices: readonly Pick<StoredInvoice, 'witnessed'>[],
): Promise<void> {
  if (invoices.every(({ witnessed }) => witnessed)) return
  await openLedger(env).witness(await findLastDecision(db))
}
