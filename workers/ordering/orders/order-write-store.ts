import { sql, type SQL } from 'drizzle-orm'
import type { Order } from '../../../shared/contract/order.ts'
import { rowsOf } from '../../../shared/db/d1.ts'
import { boundElementsOf, MOST_BOUND } from '../../../shared/db/json-elements.ts'
import { type AuditNote, auditWriting, listAudited } from '../records/audit-store.ts'
import type { OrderingDb } from '../db.ts'
import type { Statement } from '../../../shared/db/open-d1.ts'
import { searchable, sortKey } from '../../../shared/text/fold.ts'
import { type IdempotencyRecord, keepKey, keyIsFree } from './idempotency-store.ts'
import type { OrderContent } from './order.ts'
import { type OrderRow, selectOrder, toOrder } from './order-store.ts'
import { isNotErased } from '../records/erased-customer-store.ts'
import { plain } from '../../../shared/handover/sql-names.ts'
import { orders } from '../schema.ts'

/** `customerDigest` is that of its customer, who must not have been erased; null if the order named them before. */
type OrderWrite = {
  number: number
  content: OrderContent
  customerDigest: string | null
  by: string
  now: string
  audit: AuditNote
}
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
  const condition = idempotency === undefined ? sql`1` : keyIsFree(insert.by, idempotency)
  const [, inserted, ...others] = await db.batch([
    ...insertStatements(db, inserts, condition),
    ...(idempotency === undefined ? [] : keepKey(db, { ...insert, salt: insert.audit.salt }, idempotency)),
    selectOrder(db, insert.number),
  ])
  return writtenOrder(await listWritten(db, [inserted], inserts), others.at(-1))
}

/**
 * As insertOrder, for many in one transaction: those that are refused are left out. No two have the same number or external
 * id. Returns the numbers inserted.
 */
export async function insertOrders(db: OrderingDb, inserts: readonly OrderInsert[]): Promise<Set<number>> {
  return writeInParts(db, inserts, (part) => insertStatements(db, part, sql`1`))
}

/**
 * Replaces the order's content, in one revision, and returns it. Returns undefined, with nothing written, if it is
 * deleted, not at the revision that was seen, if another order has its new external id, or its new customer was erased.
 */
export async function replaceOrder(db: OrderingDb, replacement: OrderReplacement): Promise<Order | undefined> {
  const replacements = [replacement]
  const [, replaced, selected] = await db.batch([
    ...replaceStatements(db, replacements),
    selectOrder(db, replacement.number),
  ])
  return writtenOrder(await listWritten(db, [replaced], replacements), selected)
}

/** As replaceOrder, for many in one transaction, no two the same or with the same external id. Returns the numbers replaced. */
export async function replaceOrders(db: OrderingDb, replacements: readonly OrderReplacement[]): Promise<Set<number>> {
  return writeInParts(db, replacements, (part) => replaceStatements(db, part))
}

/** Writes the orders in one transaction, as many by a statement as it binds, and returns the numbers written. */
async function writeInParts<Write extends OrderWrite>(
  db: OrderingDb,
  writes: readonly Write[],
  statementsFor: (part: readonly Write[]) => readonly [audited: Statement, written: Statement],
): Promise<Set<number>> {
  const parts: (readonly Write[])[] = []
  for (let start = 0; start < writes.length; start += MOST_BOUND) parts.push(writes.slice(start, start + MOST_BOUND))
  const results = await db.batch(parts.flatMap(statementsFor))
  return listWritten(
    db,
    results.filter((_, index) => index % 2 === 1),
    writes,
  )
}

/** The entries of the audit, and the orders: both on one condition, so that each order has its entry. */
function insertStatements(db: OrderingDb, inserts: readonly OrderInsert[], condition: SQL) {
  const where = sql`${isUntaken} AND ${isNotErased(sql`r.value ->> 'customerDigest'`)} AND ${condition}`
  return [
    auditWriting(db, { from: sql`${boundElementsOf(inserts.map(toAuditRecord))} r`, where, revision: sql`1` }),
    db.run(plain`
      INSERT INTO ${orders} (${orders.number}, ${orders.state}, ${orders.externalId}, ${orders.placedAt},
        ${orders.confirmedAt}, ${orders.confirmedBy}, ${orders.updatedAt}, ${orders.updatedBy},
        ${orders.enteredBy}, ${orders.currency}, ${orders.customer}, ${orders.lines}, ${orders.charges},
        ${orders.suppliedOn}, ${orders.taxExemptionReason}, ${orders.note}, ${orders.customerNameFolded},
        ${orders.externalIdFolded}, ${orders.customerSortKey}, ${orders.foldStale}, ${orders.importedLine},
        ${orders.importedContent})
      SELECT value ->> 'number', iif(value ->> 'confirmed', 'Confirmed', 'Draft'), value ->> 'externalId',
        value ->> 'placedAt', iif(value ->> 'confirmed', value ->> 'now', NULL),
        iif(value ->> 'confirmed', value ->> 'by', NULL), value ->> 'now', value ->> 'by', value ->> 'by',
        value ->> 'currency', value -> 'customer', value -> 'lines', value -> 'charges', value ->> 'suppliedOn',
        value ->> 'taxExemptionReason', value ->> 'note', value ->> 'nameFolded', value ->> 'externalFolded',
        value ->> 'nameSorted', 0, value ->> 'importedLine', value ->> 'importedContent'
      FROM ${boundElementsOf(inserts.map(toRecord))} r WHERE ${where}
      RETURNING ${orders.number}`),
  ] as const
}

/** The condition that neither the number nor the external id of `r` is an order's. */
export const isUntaken = plain`NOT EXISTS (SELECT 1 FROM ${orders} WHERE ${orders.number} = r.value ->> 'number')
        AND NOT EXISTS (SELECT 1 FROM ${orders} WHERE ${orders.externalId} = r.value ->> 'externalId')`

/** As insertStatements. */
function replaceStatements(db: OrderingDb, replacements: readonly OrderReplacement[]) {
  const audited = boundElementsOf(replacements.map(toAuditRecord))
  const where = plain`${orders}.${orders.number} = r.value ->> 'number'
    AND ${orders}.${orders.revision} = r.value ->> 'seenRevision'
        AND ${orders}.${orders.state} <> 'Deleted'
        AND NOT EXISTS (
          SELECT 1 FROM ${orders} other
          WHERE other.${orders.externalId} = r.value ->> 'externalId' AND other.${orders.number} <> r.value ->> 'number'
        )
        AND ${isNotErased(sql`r.value ->> 'customerDigest'`)}`
  return [
    auditWriting(db, {
      from: plain`${audited} r CROSS JOIN ${orders}`,
      where,
      revision: plain`${orders}.${orders.revision} + 1`,
    }),
    db.run(plain`
      UPDATE ${orders} SET ${orders.externalId} = r.value ->> 'externalId', ${orders.placedAt} = r.value ->> 'placedAt',
        ${orders.updatedAt} = r.value ->> 'now', ${orders.updatedBy} = r.value ->> 'by',
        ${orders.currency} = r.value ->> 'currency',
        ${orders.customer} = r.value -> 'customer', ${orders.lines} = r.value -> 'lines',
        ${orders.charges} = r.value -> 'charges',
        ${orders.suppliedOn} = r.value ->> 'suppliedOn', ${orders.taxExemptionReason} = r.value ->> 'taxExemptionReason',
        ${orders.note} = r.value ->> 'note', ${orders.customerNameFolded} = r.value ->> 'nameFolded',
        ${orders.externalIdFolded} = r.value ->> 'externalFolded', ${orders.customerSortKey} = r.value ->> 'nameSorted',
        ${orders.foldStale} = 0,
        ${orders.state} = iif(r.value ->> 'confirm' AND ${orders.state} = 'Draft', 'Confirmed', ${orders.state}),
        ${orders.confirmedAt} = iif(r.value ->> 'confirm', coalesce(${orders.confirmedAt}, r.value ->> 'now'),
        ${orders.confirmedAt}),
        ${orders.confirmedBy} = iif(r.value ->> 'confirm', coalesce(${orders.confirmedBy}, r.value ->> 'by'),
        ${orders.confirmedBy}),
        ${orders.importedLine} = coalesce(r.value ->> 'importedLine', ${orders.importedLine}),
        ${orders.importedContent} = coalesce(r.value ->> 'importedContent', ${orders.importedContent})
      FROM ${boundElementsOf(replacements.map(toRecord))} r WHERE ${where}
      RETURNING ${orders.number}`),
  ] as const
}

function toRecord({ content, ...rest }: OrderInsert | OrderReplacement): Record<string, unknown> {
  return { ...rest, audit: undefined, ...toColumns(content) }
}

/** What the audit keeps of the write, and what the write's condition asks for: without the content, which is long. */
function toAuditRecord(write: OrderInsert | OrderReplacement): Record<string, unknown> {
  const { number, content, customerDigest, by, now, audit } = write
  const seenRevision = 'seenRevision' in write ? write.seenRevision : undefined
  return { number, externalId: content.externalId, customerDigest, seenRevision, by, now, audit }
}

/** An order's content as the statements unpack it: what is a column of JSON is JSON in it. */
export function toColumns(content: OrderContent): Record<string, unknown> {
  const { externalId, placedAt, currency, customer, lines, charges, suppliedOn, taxExemptionReason, note } = content
  const columns = { externalId, placedAt, currency, customer, lines, charges, suppliedOn, taxExemptionReason, note }
  return { ...columns, ...foldOrder(customer.name, externalId) }
}

/** What an order is searched and sorted by. */
export function foldOrder(name: string, externalId: string | null) {
  return {
    nameFolded: searchable(name),
    nameSorted: sortKey(name),
    externalFolded: externalId === null ? null : searchable(externalId),
  }
}

/**
 * The numbers of the orders that a batch has written. D1 may do a batch twice, and answer with what came of the second
 * time: what that one found done by the first is in the audit, under this write's own salt.
 */
async function listWritten(
  db: OrderingDb,
  answered: readonly D1Result[],
  writes: readonly OrderWrite[],
): Promise<Set<number>> {
  const written = new Set(answered.flatMap((result) => rowsOf<{ number: number }>(result).map(({ number }) => number)))
  const others = writes.filter(({ number }) => !written.has(number))
  if (others.length === 0) return written
  return new Set([...written, ...(await listAudited(db, others))])
}

/** The order as the batch left it, if it has written it. */
function writtenOrder(written: ReadonlySet<number>, selected: D1Result | undefined): Order | undefined {
  const [row] = selected === undefined ? [] : rowsOf<OrderRow>(selected)
  return row && written.has(row.number) ? toOrder(row) : undefined
}
