import { sql, type SQL } from 'drizzle-orm'
import type { LineInput, Order } from '../../../shared/contract/order.ts'
import { rowsOf } from '../../../shared/db/d1.ts'
import { elementsOf } from '../../../shared/db/json-elements.ts'
import { type AuditNote, type AuditRecord, auditWriting, listAudited } from '../records/audit-store.ts'
import type { OrderingDb } from '../db.ts'
import { searchable, sortKey } from '../../../shared/text/fold.ts'
import { type IdempotencyRecord, keyIsFree, rememberKey } from './idempotency-store.ts'
import type { OrderContent } from './order.ts'
import { type LineTuple, type OrderRow, selectOrder, toOrder } from './order-store.ts'
import { isNotErased } from '../records/erased-customer-store.ts'

/** `customerDigest` is that of its customer, who must not have been erased; null if the order named them before. */
type OrderWrite = {
  number: number
  content: OrderContent
  customerDigest: string | null
  by: string
  now: string
  audit: AuditNote
}
/** The lines of an order. */
type OrderLines = { number: number; lines: readonly LineInput[] }
/** What an import leaves with an order, to know it again: see ImportedBefore. */
type ImportDigests = { importedLine?: string; importedContent?: string }
/** An order to insert. */
export type OrderInsert = OrderWrite & ImportDigests & { confirmed: boolean }
/** An order to replace, if its revision is still the one that was seen; `confirm` makes a Draft Confirmed as well. */
export type OrderReplacement = OrderWrite & ImportDigests & { seenRevision: number; confirm: boolean }

/**
 * Inserts the order, at revision 1, and returns it. Returns undefined, with nothing written, if its number, its external
 * id or its idempotency key is taken, or its customer was erased.
 */
export async function insertOrder(
  db: OrderingDb,
  insert: OrderInsert,
  idempotency?: IdempotencyRecord,
): Promise<Order | undefined> {
  const inserts = [insert]
  const [inserted, ...others] = await db.batch([
    db.run(insertRows(inserts, idempotency === undefined ? sql`1` : keyIsFree(insert.by, idempotency))),
    db.run(insertLines(inserts.map(linesOf))),
    ...(idempotency === undefined ? [] : rememberKey(db, insert, idempotency)),
    auditWriting(db, toAuditRecords(inserts)),
    db.run(endWriting(inserts)),
    selectOrder(db, insert.number),
  ])
  return writtenOrder(await listWritten(db, inserted, inserts), others.at(-1))
}

/** As insertOrder, for many in one transaction: those that are refused are left out. Returns the numbers inserted. */
export async function insertOrders(db: OrderingDb, inserts: readonly OrderInsert[]): Promise<Set<number>> {
  const [inserted] = await db.batch([
    db.run(insertRows(inserts, sql`1`)),
    db.run(insertLines(inserts.map(linesOf))),
    auditWriting(db, toAuditRecords(inserts)),
    db.run(endWriting(inserts)),
  ])
  return listWritten(db, inserted, inserts)
}

/**
 * Replaces the order's content, in one revision, and returns it. Returns undefined, with nothing written, if it is
 * deleted, not at the revision that was seen, if another order has its new external id, or its new customer was erased.
 */
export async function replaceOrder(db: OrderingDb, replacement: OrderReplacement): Promise<Order | undefined> {
  const replacements = [replacement]
  const [marked, ...others] = await db.batch([
    ...replaceStatements(db, replacements),
    selectOrder(db, replacement.number),
  ])
  return writtenOrder(await listWritten(db, marked, replacements), others.at(-1))
}

/** As replaceOrder, for many in one transaction. Returns the numbers that were replaced. */
export async function replaceOrders(db: OrderingDb, replacements: readonly OrderReplacement[]): Promise<Set<number>> {
  const [marked] = await db.batch(replaceStatements(db, replacements))
  return listWritten(db, marked, replacements)
}

function insertRows(inserts: readonly OrderInsert[], condition: SQL): SQL {
  return sql`
    INSERT INTO orders (number, state, being_written, external_id, placed_at, confirmed_at, confirmed_by, updated_at,
      updated_by, entered_by, currency, customer, charges, supplied_on, tax_exemption_reason, note, customer_name_folded,
      external_id_folded, customer_sort_key, fold_stale, imported_line, imported_content)
    SELECT value ->> 'number', iif(value ->> 'confirmed', 'Confirmed', 'Draft'), 1, value ->> 'externalId',
      value ->> 'placedAt', iif(value ->> 'confirmed', value ->> 'now', NULL),
      iif(value ->> 'confirmed', value ->> 'by', NULL), value ->> 'now', value ->> 'by', value ->> 'by',
      value ->> 'currency', value ->> 'customer', value ->> 'charges', value ->> 'suppliedOn',
      value ->> 'taxExemptionReason', value ->> 'note', value ->> 'nameFolded', value ->> 'externalFolded',
      value ->> 'nameSorted', 0, value ->> 'importedLine', value ->> 'importedContent'
    FROM ${elementsOf(inserts.map(toRecord))} r
    WHERE NOT EXISTS (SELECT 1 FROM orders WHERE number = r.value ->> 'number')
      AND NOT EXISTS (SELECT 1 FROM orders WHERE external_id = r.value ->> 'externalId')
      AND ${isNotErased(sql`r.value ->> 'customerDigest'`)}
      AND ${condition}
    RETURNING number`
}

/**
 * Inserts the lines of the orders that are being written. They travel apart from the orders: a record with its lines
 * would be taken apart again by each statement that looks at it.
 */
export function insertLines(orders: readonly OrderLines[]): SQL {
  const rows = orders.flatMap(({ number, lines }) =>
    lines.map((line, position) => [number, position, ...toLineTuple(line)]),
  )
  return sql`
    INSERT INTO order_lines (order_number, position, sku, description, quantity_thousandths, unit_price,
      discount_hundredths, tax_hundredths)
    SELECT o.number, l.value ->> 1, l.value ->> 2, l.value ->> 3, l.value ->> 4, l.value ->> 5, l.value ->> 6,
      l.value ->> 7
    FROM ${elementsOf(rows)} l JOIN orders o ON o.number = l.value ->> 0 AND o.being_written = 1`
}

/** Takes the mark back; the trigger on it makes the revision. */
export function endWriting(orders: readonly { number: number }[]): SQL {
  const numbers = JSON.stringify(orders.map(({ number }) => number))
  return sql`
    UPDATE orders SET being_written = 0
    WHERE being_written = 1 AND number IN (SELECT value FROM json_each(${numbers}))`
}

function replaceStatements(db: OrderingDb, replacements: readonly OrderReplacement[]) {
  const records = elementsOf(replacements.map(toRecord))
  return [
    db.run(sql`
      UPDATE orders SET being_written = 1 FROM ${records} r
      WHERE number = r.value ->> 'number' AND revision = r.value ->> 'seenRevision' AND state <> 'Deleted'
        AND NOT EXISTS (
          SELECT 1 FROM orders other
          WHERE other.external_id = r.value ->> 'externalId' AND other.number <> r.value ->> 'number'
        )
        AND ${isNotErased(sql`r.value ->> 'customerDigest'`)}
      RETURNING number`),
    db.run(sql`
      DELETE FROM order_lines WHERE order_number IN (
        SELECT number FROM orders WHERE being_written = 1
          AND number IN (SELECT value ->> 'number' FROM ${records})
      )`),
    db.run(insertLines(replacements.map(linesOf))),
    auditWriting(db, toAuditRecords(replacements)),
    db.run(sql`
      UPDATE orders SET external_id = r.value ->> 'externalId', placed_at = r.value ->> 'placedAt',
        updated_at = r.value ->> 'now', updated_by = r.value ->> 'by', currency = r.value ->> 'currency',
        customer = r.value ->> 'customer', charges = r.value ->> 'charges', supplied_on = r.value ->> 'suppliedOn',
        tax_exemption_reason = r.value ->> 'taxExemptionReason', note = r.value ->> 'note',
        customer_name_folded = r.value ->> 'nameFolded', external_id_folded = r.value ->> 'externalFolded',
        customer_sort_key = r.value ->> 'nameSorted', fold_stale = 0,
        state = iif(r.value ->> 'confirm' AND state = 'Draft', 'Confirmed', state),
        confirmed_at = iif(r.value ->> 'confirm', coalesce(confirmed_at, r.value ->> 'now'), confirmed_at),
        confirmed_by = iif(r.value ->> 'confirm', coalesce(confirmed_by, r.value ->> 'by'), confirmed_by),
        imported_line = coalesce(r.value ->> 'importedLine', imported_line),
        imported_content = coalesce(r.value ->> 'importedContent', imported_content),
        being_written = 0
      FROM ${records} r
      WHERE number = r.value ->> 'number' AND being_written = 1`),
  ] as const
}

function toRecord({ content, ...rest }: OrderInsert | OrderReplacement): Record<string, unknown> {
  return { ...rest, audit: undefined, ...toColumns(content) }
}

function toAuditRecords(writes: readonly OrderWrite[]): AuditRecord[] {
  return writes.map(({ number, by, now, audit }) => ({ number, by, now, audit }))
}

function linesOf({ number, content }: OrderWrite): OrderLines {
  return { number, lines: content.lines }
}

/** An order's content as the statements unpack it, but for its lines. */
export function toColumns(content: Omit<OrderContent, 'lines'>): Record<string, unknown> {
  return {
    externalId: content.externalId,
    placedAt: content.placedAt,
    currency: content.currency,
    customer: JSON.stringify(content.customer),
    charges: JSON.stringify(content.charges),
    suppliedOn: content.suppliedOn,
    taxExemptionReason: content.taxExemptionReason,
    note: content.note,
    ...foldOrder(content.customer.name, content.externalId),
  }
}

/** What an order is searched and sorted by. */
export function foldOrder(name: string, externalId: string | null) {
  return {
    nameFolded: searchable(name),
    nameSorted: sortKey(name),
    externalFolded: externalId === null ? null : searchable(externalId),
  }
}

function toLineTuple(line: LineInput): LineTuple {
  return [
    line.sku,
    line.description,
    Math.round(line.quantity * 1_000),
    line.unitPrice,
    Math.round(line.discountPercent * 100),
    Math.round(line.taxPercent * 100),
  ]
}

/**
 * The numbers of the orders that a batch has written. D1 may do a batch twice, and answer with what came of the second
 * time: what that one found done by the first is in the audit, under this write's own salt.
 */
async function listWritten(db: OrderingDb, answered: D1Result, writes: readonly OrderWrite[]): Promise<Set<number>> {
  const written = new Set(rowsOf<{ number: number }>(answered).map(({ number }) => number))
  const others = writes.filter(({ number }) => !written.has(number))
  if (others.length === 0) return written
  return new Set([...written, ...(await listAudited(db, others))])
}

/** The order as the batch left it, if it has written it. */
function writtenOrder(written: ReadonlySet<number>, selected: D1Result | undefined): Order | undefined {
  const [row] = selected === undefined ? [] : rowsOf<OrderRow>(selected)
  return row && written.has(row.number) ? toOrder(row) : undefined
}
