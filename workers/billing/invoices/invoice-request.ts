import type { Context } from 'hono'
import { ifMatchHolds } from '../../../shared/edge/etag.ts'
import { parseOrderNumber } from '../../../shared/contract/links.ts'
import { requestContext, type BillingEnv } from '../edge/billing-env.ts'
import { type Invoice, invoiceETag } from '../documents/invoice.ts'
import { findInvoice } from '../ledger/shown-invoice.ts'

/** The invoice that the address names with `:id`; undefined if there is none. */
export async function findInvoiceInPath(c: Context<BillingEnv>): Promise<Invoice | undefined> {
  const id = parseOrderNumber(c.req.param('id') ?? '')
  return id === undefined ? undefined : findInvoice(requestContext(c), id)
}

/** The tag that an act is judged by: the invoice's own if If-Match holds, else one that it has not. */
export async function tagSeen(ifMatch: string, invoice: Invoice): Promise<string> {
  const tag = await invoiceETag(invoice)
  return ifMatchHolds(ifMatch, tag) ? tag : ''
}
