import { sql } from 'drizzle-orm'
import type { Way } from '../../../shared/db/listing-store.ts'
import type { BillingDb } from '../db.ts'
import { type FoundListing, listFound, type ListPlace, type Narrowing, through } from './found-store.ts'
import type { InvoiceFilter } from './filter.ts'
import { INVOICE_FACTS, type InvoiceRow, type StoredInvoice, toStoredInvoice } from './invoice-store.ts'
import { plain } from '../../../shared/handover/sql-names.ts'
import { invoiceTerms, invoices, mismatches, orders, worklist } from '../schema.ts'

/** Invoices, as they are searched. */
export const INVOICES: FoundListing = {
  table: plain`${invoices} i`,
  id: plain`i.${invoices.id}`,
  facts: INVOICE_FACTS,
  beside: plain`LEFT JOIN ${orders} o ON o.${orders.key} = i.${invoices.orderNumber}`,
  terms: plain`${invoiceTerms} t`,
  term: plain`t.${invoiceTerms.term}`,
  termId: plain`t.${invoiceTerms.invoiceId}`,
  // Itself, its order, and what else is asked of it.
  rowsShown: 3,
  searched: plain`i.${invoices.searched}`,
  numbers: [plain`i.${invoices.invoiceNumber}`],
  amount: plain`i.${invoices.gross}`,
  currency: plain`i.${invoices.currency}`,
  issuedOn: plain`i.${invoices.issuedOn}`,
  issued: {
    index: sql.raw('INDEXED BY invoices_issued'),
    number: plain`i.${invoices.invoiceNumber}`,
    dayOf: (id) => plain`(SELECT ${invoices.issuedOn} FROM ${invoices} WHERE ${invoices.id} = ${id})`,
    numberOf: (id) => plain`(SELECT ${invoices.invoiceNumber} FROM ${invoices} WHERE ${invoices.id} = ${id})`,
  },
  isOfOrder: (orderNumber) => plain`i.${invoices.orderNumber} = ${orderNumber}`,
}

/** A page of invoices, the newest order's first unless asked otherwise; `next` is null at the end. */
export async function listStoredInvoices(
  db: BillingDb,
  filter: InvoiceFilter,
  place: ListPlace,
): Promise<{ invoices: StoredInvoice[]; next: number | null }> {
  const { rows, next } = await listFound<InvoiceRow>(db, INVOICES, filter, narrowingOf(filter), place)
  return { invoices: rows.map(toStoredInvoice), next }
}

const IS_MISMATCHED = plain`EXISTS (
  SELECT 1 FROM ${mismatches} WHERE ${mismatches.invoiceId} = i.${invoices.id} AND ${mismatches.open} = 1)`
const MISMATCHES: Way = {
  through: 'another',
  from: plain`${mismatches} w INDEXED BY mismatches_open`,
  id: plain`w.${mismatches.invoiceId}`,
  where: plain`w.${mismatches.open} = 1`,
}

/** How many approved invoices no longer match their orders. */
export async function countMismatched(db: BillingDb): Promise<number> {
  const [row] = await db.select({ mismatched: worklist.mismatched }).from(worklist)
  return row?.mismatched ?? 0
}

function narrowingOf({ state, order, mismatched }: InvoiceFilter): Narrowing {
  const isInState = state === undefined ? [] : [plain`i.${invoices.state} = ${state}`]
  const isOfOrder = order === undefined ? [] : [plain`i.${invoices.orderNumber} = ${order}`]
  const [ofOrder] = isOfOrder
  return {
    few: ofOrder !== undefined ? through('', ofOrder) : mismatched ? MISMATCHES : undefined,
    conditions: [...isInState, ...isOfOrder, ...(mismatched && ofOrder !== undefined ? [IS_MISMATCHED] : [])],
    usual:
      state === undefined
        ? through('NOT INDEXED', sql.raw('1'))
        : through('INDEXED BY invoices_state', plain`i.${invoices.state} = ${state}`),
  }
}
