import { sql, type SQL } from 'drizzle-orm'
import { type AuditedChange, type AuditEntry, type AuditRow, toAuditEntry } from '../../shared/audit.ts'
import { rowsOf } from '../../shared/d1.ts'
import { elementsOf } from '../../shared/json-elements.ts'
import type { OrderingDb } from './db.ts'

/** Who acts, when, and by which request. */
export type AuditedBy = { by: string; now: string; requestId: string }

/** What a write of an order leaves in the audit; the order's number and revision are added where it is written. */
export type AuditNote = AuditedChange & { act: 'placed' | 'imported' | 'amended'; requestId: string; salt: string }

/** An order that is being written, and what is to be kept of it. */
export type AuditRecord = { number: number; by: string; now: string; audit: AuditNote }

/**
 * Keeps what becomes of the orders that are being written: a statement for between the one that marks them and the one
 * that ends the writing.
 */
export function auditWriting(db: OrderingDb, records: readonly AuditRecord[]) {
  return db.run(sql`
    INSERT INTO audit (at, by, act, order_number, revision, request_id, before, after, salt)
    SELECT r.value ->> 'now', r.value ->> 'by', r.value ->> '$.audit.act', o.number, o.revision + 1,
      r.value ->> '$.audit.requestId', nullif(r.value -> '$.audit.before', 'null'), r.value -> '$.audit.after',
      r.value ->> '$.audit.salt'
    FROM ${elementsOf(records)} r JOIN orders o ON o.number = r.value ->> 'number' AND o.being_written = 1`)
}

/** The numbers of those orders whose write the audit has, each known by its salt, which no other write has. */
export async function listAudited(
  db: OrderingDb,
  writes: readonly { number: number; audit: AuditNote }[],
): Promise<number[]> {
  const salts = JSON.stringify(writes.map(({ number, audit }) => [number, audit.salt]))
  const result = await db.run(sql`
    SELECT a.order_number AS number FROM json_each(${salts}) w
    CROSS JOIN audit a ON a.order_number = w.value ->> 0 AND a.salt = w.value ->> 1`)
  return rowsOf<{ number: number }>(result).map(({ number }) => number)
}

/** Keeps that the order gets another state, if `condition` holds: a statement for before the one that gives it. */
export function auditState(
  db: OrderingDb,
  { by, now, requestId }: AuditedBy,
  act: 'confirmed' | 'deleted',
  state: 'Confirmed' | 'Deleted',
  condition: SQL,
) {
  return db.run(sql`
    INSERT INTO audit (at, by, act, order_number, revision, request_id, before, after)
    SELECT ${now}, ${by}, ${act}, number, revision + 1, ${requestId}, json_object('/state', state),
      json_object('/state', ${state})
    FROM orders WHERE ${condition}`)
}

/** Keeps that billing gave orders back which a restore had lost: while they are being written. */
export function auditReturning(db: OrderingDb, numbers: readonly number[], now: string) {
  return db.run(sql`
    INSERT INTO audit (at, by, act, order_number, revision, request_id, after)
    SELECT ${now}, 'billing', 'returned', o.number, o.revision + 1, 'binding', json_object('/state', o.state)
    FROM json_each(${JSON.stringify(numbers)}) n JOIN orders o ON o.number = n.value AND o.being_written = 1`)
}

/** Keeps that so many records of the catalogue were imported. */
export function auditCatalogue(
  db: OrderingDb,
  { by, now, requestId }: AuditedBy,
  catalogue: 'customers' | 'products',
  records: number,
) {
  return db.run(sql`
    INSERT INTO audit (at, by, act, request_id, after)
    VALUES (${now}, ${by}, ${`${catalogue} imported`}, ${requestId}, json_object('/records', ${records}))`)
}

const ENTRY = sql.raw('nr, at, by, act, order_number AS orderNumber, revision, request_id AS requestId, before, after')

/** The entries after number `after`, the oldest first, at most `limit`. */
export async function listAudit(db: OrderingDb, after: number, limit: number): Promise<AuditEntry[]> {
  const result = await db.run(sql`SELECT ${ENTRY} FROM audit WHERE nr > ${after} ORDER BY nr LIMIT ${limit}`)
  return rowsOf<AuditRow>(result).map(toAuditEntry)
}

/** What became of the order, the oldest first, and who entered it: null where nobody did. */
export type OrderTrail = { enteredBy: string | null; entries: AuditEntry[] }

/** Reads the order's trail. */
export async function readOrderTrail(db: OrderingDb, number: number): Promise<OrderTrail> {
  const [entered, selected] = await db.batch([
    db.run(sql`SELECT entered_by AS enteredBy FROM orders WHERE number = ${number}`),
    db.run(sql`SELECT ${ENTRY} FROM audit WHERE order_number = ${number} ORDER BY nr`),
  ])
  const [row] = rowsOf<{ enteredBy: string | null }>(entered)
  return { enteredBy: row?.enteredBy ?? null, entries: rowsOf<AuditRow>(selected).map(toAuditEntry) }
}
