import { sql } from 'drizzle-orm'
import { rowsOf } from '../../../shared/db/d1.ts'
import type { Way } from '../../../shared/db/listing-store.ts'
import type { BillingDb } from '../db.ts'
import { type FoundListing, listFound, type ListPlace, type Narrowing, through } from './found-store.ts'
import type { InvoiceFilter } from './filter.ts'
import { INVOICE_FACTS, type InvoiceRow, type StoredInvoice, toStoredInvoice } from './invoice-store.ts'

/** Invoices, as they are searched. */
export const INVOICES: FoundListing = {
  table: sql.raw('invoices i'),
  id: sql.raw('i.id'),
  facts: INVOICE_FACTS,
  beside: sql.raw('LEFT JOIN orders o ON o.number = i.order_number'),
  terms: sql.raw('invoice_terms t'),
  termId: sql.raw('t.invoice_id'),
  // Itself, its order, and what else is asked of it.
  rowsShown: 3,
  searched: sql.raw('i.searched'),
  numbers: [sql.raw('i.invoice_number')],
  amount: sql.raw('i.gross'),
  currency: sql.raw('i.currency'),
  issuedOn: sql.raw('i.issued_on'),
  issued: {
    index: sql.raw('INDEXED BY invoices_issued'),
    number: sql.raw('i.invoice_number'),
    dayOf: (id) => sql`(SELECT issued_on FROM invoices WHERE id = ${id})`,
    numberOf: (id) => sql`(SELECT invoice_number FROM invoices WHERE id = ${id})`,
  },
  isOfOrder: (orderNumber) => sql`i.order_number = ${orderNumber}`,
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

const IS_MISMATCHED = sql.raw(`EXISTS (SELECT 1 FROM mismatches WHERE invoice_id = i.id AND open = 1)`)
const MISMATCHES: Way = {
  through: 'another',
  from: sql.raw('mismatches w INDEXED BY mismatches_open'),
  id: sql.raw('w.invoice_id'),
  where: sql.raw('w.open = 1'),
}

/** How many approved invoices no longer match their orders. */
export async function countMismatched(db: BillingDb): Promise<number> {
  const result = await db.run(sql`SELECT mismatched FROM worklist`)
  return rowsOf<{ mismatched: number }>(result)[0]?.mismatched ?? 0
}

function narrowingOf({ state, order, mismatched }: InvoiceFilter): Narrowing {
  const isInState = state === undefined ? [] : [sql`i.state = ${state}`]
  const isOfOrder = order === undefined ? [] : [sql`i.order_number = ${order}`]
  const [ofOrder] = isOfOrder
  return {
    few: ofOrder !== undefined ? through('', ofOrder) : mismatched ? MISMATCHES : undefined,
    conditions: [...isInState, ...isOfOrder, ...(mismatched && ofOrder !== undefined ? [IS_MISMATCHED] : [])],
    usual:
      state === undefined
        ? through('NOT INDEXED', sql.raw('1'))
        : through('INDEXED BY invoices_state', sql`i.state = ${state}`),
  }
}
