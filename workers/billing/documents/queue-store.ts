import { getTableColumns, gt } from 'drizzle-orm'
import { rowsOf } from '../../../shared/db/d1.ts'
import { columnsWhole } from '../../../shared/db/large-texts.ts'
import type { BillingDb } from '../db.ts'
import { INVOICE_FACTS, type InvoiceRow, type StoredInvoice, toStoredInvoice } from './invoice-store.ts'
import { plain } from '../../../shared/handover/sql-names.ts'
import { invoices, orders, queueSums } from '../schema.ts'

/** Invoices waiting for approval in one currency: how many invoices, and what they come to in its minor unit. */
export type WaitingSum = { currency: string; invoices: number; gross: number }

/** Invoices waiting for approval, and since when the oldest does. */
export type Queue = { sums: WaitingSum[]; invoices: number; oldestAt: string | null }

/** The oldest is among this many invoices with the lowest ids: an order may have been confirmed long after it was entered. */
const LOWEST = 20

/** Tells what waits for approval, by currency, without reading it. */
export async function readQueue(db: BillingDb): Promise<Queue> {
  const [sums, begun] = await db.batch([
    db.select(getTableColumns(queueSums)).from(queueSums).where(gt(queueSums.invoices, 0)).orderBy(queueSums.currency),
    db.run(plain`
      SELECT min(${invoices.createdAt}) AS oldestAt FROM (
        SELECT ${invoices.createdAt} FROM ${invoices} WHERE ${invoices.state} = 'ToApprove' ORDER BY ${invoices.id}
          LIMIT ${LOWEST}
      )`),
  ])
  return {
    sums,
    invoices: sums.reduce((count, { invoices }) => count + invoices, 0),
    oldestAt: rowsOf<Pick<Queue, 'oldestAt'>>(begun)[0]?.oldestAt ?? null,
  }
}

/** The invoices that wait for approval next to this one, by id; null at an end of the queue. */
export type Neighbours = { previous: number | null; next: number | null }

/** Selects the neighbours of an invoice in the queue, whether it waits itself or was decided a moment ago. */
export function selectNeighbours(db: BillingDb, id: number) {
  return db.run(plain`
    SELECT (SELECT max(${invoices.id}) FROM ${invoices} WHERE ${invoices.state} = 'ToApprove'
      AND ${invoices.id} < ${id}) AS previous,
      (SELECT min(${invoices.id}) FROM ${invoices} WHERE ${invoices.state} = 'ToApprove'
      AND ${invoices.id} > ${id}) AS next`)
}

/** The neighbours that `selectNeighbours` found. */
export function toNeighbours(result: D1Result): Neighbours {
  return rowsOf<Neighbours>(result)[0] ?? { previous: null, next: null }
}

/** The invoices with these ids as stored, by id; one that is not there is left out. */
export async function listStoredInvoicesById(db: BillingDb, ids: readonly number[]): Promise<StoredInvoice[]> {
  const result = await db.run(plain`
    SELECT ${columnsWhole(INVOICE_FACTS)}
      FROM ${invoices} i LEFT JOIN ${orders} o ON o.${orders.key} = i.${invoices.orderNumber}
    WHERE i.${invoices.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)})) ORDER BY i.${invoices.id}`)
  return rowsOf<InvoiceRow>(result).map(toStoredInvoice)
}
