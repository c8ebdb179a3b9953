import { sql, type SQL } from 'drizzle-orm'
import type { ChargeInput, Customer, LineInput, Order, OrderState } from '../../shared/contract.ts'
import { rowsOf } from '../../shared/d1.ts'
import { totalsOf } from '../../shared/money.ts'
import type { OrderingDb } from './db.ts'
import { fold, type OrderContent } from './order.ts'

/** An order's row with its lines, as ORDER_COLUMNS selects it. */
export type OrderRow = {
  number: number
  state: OrderState
  revision: number
  confirmedSequenceNr: number
  fingerprint: number
  externalId: string | null
  placedAt: string
  confirmedAt: string | null
  confirmedBy: string | null
  updatedAt: string
  updatedBy: string
  currency: string
  customer: string
  charges: string
  note: string | null
  lines: string
}
type LineTuple = [
  sku: string,
  description: string,
  quantityThousandths: number,
  unitPrice: number,
  discountHundredths: number,
  taxHundredths: number,
]

/** The lines of the order `o` as a JSON array of LineTuple. */
export const LINES_OF_ORDER = sql.raw(`(
  SELECT json_group_array(
    json_array(sku, description, quantity_thousandths, unit_price, discount_hundredths, tax_hundredths) ORDER BY position
  ) FROM order_lines WHERE order_number = o.number
)`)

/** The columns of the order `o`, but for its lines. */
export const ORDER_COLUMNS = sql.raw(`
  o.number, o.state, o.revision, o.confirmed_sequence_nr AS confirmedSequenceNr, o.fingerprint,
  o.external_id AS externalId, o.placed_at AS placedAt, o.confirmed_at AS confirmedAt, o.confirmed_by AS confirmedBy,
  o.updated_at AS updatedAt, o.updated_by AS updatedBy, o.currency, o.customer, o.charges, o.note
`)

/** The order that a row stands for, with its totals. */
export function toOrder(row: OrderRow): Order {
  const lines = (JSON.parse(row.lines) as LineTuple[]).map(
    ([sku, description, quantity, unitPrice, discount, tax]): LineInput => ({
      sku,
      description,
      quantity: quantity / 1_000,
      unitPrice,
      discountPercent: discount / 100,
      taxPercent: tax / 100,
    }),
  )
  const charges = JSON.parse(row.charges) as ChargeInput[]
  return {
    number: row.number,
    state: row.state,
    revision: row.revision,
    confirmedSequenceNr: row.confirmedSequenceNr,
    fingerprint: row.fingerprint,
    externalId: row.externalId,
    placedAt: row.placedAt,
    confirmedAt: row.confirmedAt,
    confirmedBy: row.confirmedBy,
    updatedAt: row.updatedAt,
    updatedBy: row.updatedBy,
    currency: row.currency,
    customer: JSON.parse(row.customer) as Customer,
    lines,
    charges,
    note: row.note,
    totals: totalsOf(lines, charges),
  }
}

/** The order in whatever state, a deleted one too. */
export async function findOrder(db: OrderingDb, number: number): Promise<Order | undefined> {
  const [row] = rowsOf<OrderRow>(await selectOrder(db, number))
  return row && toOrder(row)
}

/** Which orders a list shows. `after` is the number that the page before ended with. */
export type OrderFilter = { state?: OrderState; q?: string; after?: number; limit: number }

/** A page of the orders that are not deleted, the highest number first; `next` is null at the end. */
export async function listOrders(db: OrderingDb, filter: OrderFilter): Promise<{ orders: Order[]; next: number | null }> {
  const conditions = [
    filter.state === undefined ? sql`o.state <> 'Deleted'` : sql`o.state = ${filter.state} AND o.state <> 'Deleted'`,
    ...(filter.after === undefined ? [] : [sql`o.number < ${filter.after}`]),
    ...(filter.q === undefined ? [] : [matches(filter.q)]),
  ]
  const result = await db.run(sql`
    SELECT ${ORDER_COLUMNS}, ${LINES_OF_ORDER} AS lines FROM (
      SELECT * FROM orders o WHERE ${sql.join(conditions, sql` AND `)} ORDER BY o.number DESC LIMIT ${filter.limit + 1}
    ) o ORDER BY o.number DESC`)
  const rows = rowsOf<OrderRow>(result)
  const orders = rows.slice(0, filter.limit).map(toOrder)
  return { orders, next: rows.length > filter.limit ? (orders.at(-1)?.number ?? null) : null }
}

// instr and not LIKE: what is searched is taken literally, and D1 refuses patterns of more than 50 bytes.
function matches(q: string): SQL {
  const folded = fold(q)
  const inText = sql`instr(o.customer_name_folded, ${folded}) > 0 OR instr(o.external_id_folded, ${folded}) > 0`
  return /^\d{1,15}$/.test(q) ? sql`(o.number = ${Number(q)} OR ${inText})` : sql`(${inText})`
}

/** What a write makes of an order. */
export type OrderWrite = { number: number; content: OrderContent; by: string; now: string }
/** An order to insert; an import gives the digests by which it knows the order again. */
export type OrderInsert = OrderWrite & { confirmed: boolean; importedLine?: string; importedContent?: string }
/** An order to replace, if its revision is still the one that was seen. */
export type OrderReplacement = OrderWrite & {
  seenRevision: number
  confirm: boolean
  importedLine?: string
  importedContent?: string
}
/** A request that must act once: what is kept of it. */
export type IdempotencyRecord = { key: string; bodyDigest: string; expiresBefore: string }

/**
 * Inserts orders with their lines, each at revision 1, in one transaction. An order whose number or external id is
 * taken is left out, and so is one whose idempotency key stands for another order already.
 * Returns the numbers that were inserted.
 */
export async function insertOrders(
  db: OrderingDb,
  inserts: readonly OrderInsert[],
  idempotency?: IdempotencyRecord,
): Promise<Set<number>> {
  const records = JSON.stringify(inserts.map(toRecord))
  const insertion = db.run(sql`
    INSERT INTO orders (number, state, being_written, external_id, placed_at, confirmed_at, confirmed_by, updated_at,
      updated_by, currency, customer, charges, note, customer_name_folded, external_id_folded, imported_line,
      imported_content)
    SELECT value ->> 'number', iif(value ->> 'confirmed', 'Confirmed', 'Draft'), 1, value ->> 'externalId',
      value ->> 'placedAt', iif(value ->> 'confirmed', value ->> 'now', NULL),
      iif(value ->> 'confirmed', value ->> 'by', NULL), value ->> 'now', value ->> 'by', value ->> 'currency',
      value ->> 'customer', value ->> 'charges', value ->> 'note', value ->> 'nameFolded', value ->> 'externalFolded',
      value ->> 'importedLine', value ->> 'importedContent'
    FROM json_each(${records}) r
    WHERE NOT EXISTS (SELECT 1 FROM orders WHERE number = r.value ->> 'number')
      AND NOT EXISTS (SELECT 1 FROM orders WHERE external_id = r.value ->> 'externalId')
      AND ${idempotency === undefined ? sql`1` : keyStandsFor(inserts, idempotency)}
    RETURNING number`)
  const writes = [insertion, insertLines(db, records), db.run(endOfWriting(records))] as const
  const [first] = inserts
  if (idempotency === undefined || first === undefined) {
    const [inserted] = await db.batch(writes)
    return new Set(rowsOf<{ number: number }>(inserted).map(({ number }) => number))
  }
  const [, , inserted] = await db.batch([
    db.run(sql`DELETE FROM idempotency_keys WHERE created_at < ${idempotency.expiresBefore}`),
    db.run(sql`
      INSERT INTO idempotency_keys (created_by, key, body_digest, order_number, created_at)
      SELECT ${first.by}, ${idempotency.key}, ${idempotency.bodyDigest}, ${first.number}, ${first.now}
      WHERE NOT EXISTS (SELECT 1 FROM idempotency_keys WHERE created_by = ${first.by} AND key = ${idempotency.key})
        AND NOT EXISTS (SELECT 1 FROM orders WHERE number = ${first.number})
        AND NOT EXISTS (SELECT 1 FROM orders WHERE external_id = ${first.content.externalId})`),
    ...writes,
  ])
  return new Set(rowsOf<{ number: number }>(inserted).map(({ number }) => number))
}

function keyStandsFor([first]: readonly OrderInsert[], { key }: IdempotencyRecord): SQL {
  return sql`EXISTS (
    SELECT 1 FROM idempotency_keys WHERE created_by = ${first?.by} AND key = ${key} AND order_number = ${first?.number}
  )`
}

/**
 * Replaces the content of orders, one revision each, in one transaction; `confirm` makes a Draft Confirmed in the same
 * revision. Left out are those that are deleted, not at the revision seen, or whose external id another order has.
 * Returns the numbers that were replaced.
 */
export async function replaceOrders(db: OrderingDb, replacements: readonly OrderReplacement[]): Promise<Set<number>> {
  const records = JSON.stringify(replacements.map(toRecord))
  const [marked] = await db.batch([
    db.run(sql`
      UPDATE orders SET being_written = 1 FROM json_each(${records}) r
      WHERE number = r.value ->> 'number' AND revision = r.value ->> 'seenRevision' AND state <> 'Deleted'
        AND NOT EXISTS (
          SELECT 1 FROM orders other
          WHERE other.external_id = r.value ->> 'externalId' AND other.number <> r.value ->> 'number'
        )
      RETURNING number`),
    db.run(sql`
      DELETE FROM order_lines WHERE order_number IN (
        SELECT number FROM orders WHERE being_written = 1 AND number IN (SELECT value ->> 'number' FROM json_each(${records}))
      )`),
    insertLines(db, records),
    db.run(sql`
      UPDATE orders SET external_id = r.value ->> 'externalId', placed_at = r.value ->> 'placedAt',
        updated_at = r.value ->> 'now', updated_by = r.value ->> 'by', currency = r.value ->> 'currency',
        customer = r.value ->> 'customer', charges = r.value ->> 'charges', note = r.value ->> 'note',
        customer_name_folded = r.value ->> 'nameFolded', external_id_folded = r.value ->> 'externalFolded',
        state = iif(r.value ->> 'confirm' AND state = 'Draft', 'Confirmed', state),
        confirmed_at = iif(r.value ->> 'confirm', coalesce(confirmed_at, r.value ->> 'now'), confirmed_at),
        confirmed_by = iif(r.value ->> 'confirm', coalesce(confirmed_by, r.value ->> 'by'), confirmed_by),
        imported_line = coalesce(r.value ->> 'importedLine', imported_line),
        imported_content = coalesce(r.value ->> 'importedContent', imported_content),
        being_written = 0
      FROM json_each(${records}) r
      WHERE number = r.value ->> 'number' AND being_written = 1`),
  ])
  return new Set(rowsOf<{ number: number }>(marked).map(({ number }) => number))
}

function toRecord(write: OrderInsert | OrderReplacement): Record<string, unknown> {
  const { content, ...rest } = write
  return {
    ...rest,
    externalId: content.externalId,
    placedAt: content.placedAt,
    currency: content.currency,
    customer: JSON.stringify(content.customer),
    charges: JSON.stringify(content.charges),
    note: content.note,
    nameFolded: fold(content.customer.name),
    externalFolded: content.externalId === null ? null : fold(content.externalId),
    lines: content.lines.map((line): LineTuple => [
      line.sku,
      line.description,
      Math.round(line.quantity * 1_000),
      line.unitPrice,
      Math.round(line.discountPercent * 100),
      Math.round(line.taxPercent * 100),
    ]),
  }
}

function insertLines(db: OrderingDb, records: string) {
  return db.run(sql`
    INSERT INTO order_lines (order_number, position, sku, description, quantity_thousandths, unit_price,
      discount_hundredths, tax_hundredths)
    SELECT o.number, l.key, l.value ->> 0, l.value ->> 1, l.value ->> 2, l.value ->> 3, l.value ->> 4, l.value ->> 5
    FROM json_each(${records}) r
    JOIN orders o ON o.number = r.value ->> 'number' AND o.being_written = 1
    JOIN json_each(r.value, '$.lines') l`)
}

/** Takes the mark back; the trigger on it makes the revision. */
function endOfWriting(records: string): SQL {
  return sql`
    UPDATE orders SET being_written = 0
    WHERE being_written = 1 AND number IN (SELECT value ->> 'number' FROM json_each(${records}))`
}

/** Confirms the order if it is a Draft, and returns it as it then is; undefined if there is none. */
export async function confirmDraft(db: OrderingDb, number: number, by: string, now: string): Promise<Order | undefined> {
  const [, selected] = await db.batch([
    db.run(sql`
      UPDATE orders SET state = 'Confirmed', confirmed_at = ${now}, confirmed_by = ${by}, updated_at = ${now},
        updated_by = ${by}
      WHERE number = ${number} AND state = 'Draft'`),
    selectOrder(db, number),
  ])
  const [row] = rowsOf<OrderRow>(selected)
  return row && toOrder(row)
}

/** Marks the order as deleted, if it is not yet. Returns whether there is such an order. */
export async function softDeleteOrder(db: OrderingDb, number: number, by: string, now: string): Promise<boolean> {
  const [, selected] = await db.batch([
    db.run(sql`
      UPDATE orders SET state = 'Deleted', updated_at = ${now}, updated_by = ${by}
      WHERE number = ${number} AND state <> 'Deleted'`),
    db.run(sql`SELECT number FROM orders WHERE number = ${number}`),
  ])
  return selected.results.length > 0
}

/** The order that an idempotency key stands for, and the digest of the body it came with; undefined if it is free. */
export async function findByIdempotencyKey(
  db: OrderingDb,
  by: string,
  { key, expiresBefore }: Omit<IdempotencyRecord, 'bodyDigest'>,
): Promise<{ bodyDigest: string; order: Order } | undefined> {
  const result = await db.run(sql`
    SELECT k.body_digest AS bodyDigest, ${ORDER_COLUMNS}, ${LINES_OF_ORDER} AS lines
    FROM idempotency_keys k JOIN orders o ON o.number = k.order_number
    WHERE k.created_by = ${by} AND k.key = ${key} AND k.created_at >= ${expiresBefore}`)
  const [row] = rowsOf<OrderRow & { bodyDigest: string }>(result)
  return row && { bodyDigest: row.bodyDigest, order: toOrder(row) }
}

/** The number of the order with this external id, a deleted one too. */
export async function findNumberByExternalId(db: OrderingDb, externalId: string): Promise<number | undefined> {
  const result = await db.run(sql`SELECT number FROM orders WHERE external_id = ${externalId}`)
  return rowsOf<{ number: number }>(result)[0]?.number
}

/** The orders with these external ids, with what the last import left of each. */
export async function findImported(db: OrderingDb, externalIds: readonly string[]) {
  const result = await db.run(sql`
    SELECT ${ORDER_COLUMNS}, ${LINES_OF_ORDER} AS lines, o.imported_line AS importedLine,
      o.imported_content AS importedContent
    FROM json_each(${JSON.stringify(externalIds)}) wanted JOIN orders o ON o.external_id = wanted.value`)
  return rowsOf<OrderRow & { importedLine: string | null; importedContent: string | null }>(result).map((row) => ({
    order: toOrder(row),
    importedLine: row.importedLine,
    importedContent: row.importedContent,
  }))
}

/** The highest number that an order has; 0 while there is none. */
export async function findHighestNumber(db: OrderingDb): Promise<number> {
  const result = await db.run(sql`SELECT coalesce(max(number), 0) AS highest FROM orders`)
  return rowsOf<{ highest: number }>(result)[0]?.highest ?? 0
}

function selectOrder(db: OrderingDb, number: number) {
  return db.run(sql`SELECT ${ORDER_COLUMNS}, ${LINES_OF_ORDER} AS lines FROM orders o WHERE o.number = ${number}`)
}
