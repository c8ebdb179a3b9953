import { and, desc, eq, getTableColumns, gt, lt, sql, type SQL } from 'drizzle-orm'
import { type AuditedChange, type AuditEntry, toAuditEntry } from '../../../shared/records/audit.ts'
import { rowsOf } from '../../../shared/db/d1.ts'
import type { OrderingDb } from '../db.ts'
import type { AuditedBy } from '../edge/request-context.ts'
import { namesOf, plain } from '../../../shared/handover/sql-names.ts'
import { audit, auditedRecords, orders } from '../schema.ts'

/** What a write of an order leaves in the audit; the order's number and revision are added where it is written. */
export type AuditNote = AuditedChange & { act: 'placed' | 'imported' | 'amended'; requestId: string; salt: string }

/**
 * Keeps what becomes of the orders that the next statement writes. The entry comes first, on the very condition of that
 * write, which it does not touch: so both happen, or neither. An entry that came second would have to recognize what was
 * written by this batch, and could not tell it from what was there.
 * @param written selects the writes: `r`, whose `value` is JSON with `number`, `by`, `now` and `audit`, an AuditNote; the
 *   condition; and the revision that the order gets
 */
export function auditWriting(db: OrderingDb, written: { from: SQL; where: SQL; revision: SQL }) {
  return db.run(plain`
    INSERT INTO ${audit} (${audit.at}, ${audit.by}, ${audit.act}, ${audit.orderNumber}, ${audit.revision},
      ${audit.requestId}, ${audit.before}, ${audit.after}, ${audit.salt})
    SELECT r.value ->> 'now', r.value ->> 'by', r.value ->> '$.audit.act', r.value ->> 'number', ${written.revision},
      r.value ->> '$.audit.requestId', nullif(r.value -> '$.audit.before', 'null'), r.value -> '$.audit.after',
      r.value ->> '$.audit.salt'
    FROM ${written.from} WHERE ${written.where}`)
}

/** A write that was done a moment ago has at most as many after it. */
const MOST_WRITES_SINCE = 20

/** The numbers of those orders whose write the audit has, each known by its salt, which no other write has. */
export async function listAudited(
  db: OrderingDb,
  writes: readonly { number: number; audit: AuditNote }[],
): Promise<number[]> {
  const salts = JSON.stringify(writes.map(({ number, audit }) => [number, audit.salt]))
  const result = await db.run(plain`
    SELECT w.value ->> 0 AS number FROM json_each(${salts}) w
    WHERE w.value ->> 1 IN (
      SELECT ${audit.salt} FROM ${audit} WHERE ${audit.orderNumber} = w.value ->> 0 ORDER BY ${audit.nr} DESC
        LIMIT ${MOST_WRITES_SINCE})`)
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
  return db.run(plain`
    INSERT INTO ${audit} (${audit.at}, ${audit.by}, ${audit.act}, ${audit.orderNumber}, ${audit.revision},
      ${audit.requestId}, ${audit.before}, ${audit.after})
    SELECT ${now}, ${by}, ${act}, ${orders.number}, ${orders.revision} + 1, ${requestId},
      json_object('/state', ${orders.state}),
      json_object('/state', ${state})
    FROM ${orders} WHERE ${condition}`)
}

/**
 * Keeps that billing restores orders which ordering had lost: a statement for before the one that inserts them, on its
 * condition.
 * @param records selects `value`, an order with `number`, `state` and the last `revision` that was known of it
 */
export function auditRestoring(db: OrderingDb, records: SQL, condition: SQL, now: string) {
  return db.run(plain`
    INSERT INTO ${audit} (${namesOf(audit, 'at', 'by', 'act', 'orderNumber', 'revision', 'requestId', 'after')})
    SELECT ${now}, 'billing', 'restored', r.value ->> 'number', r.value ->> 'revision' + 1, 'binding',
      json_object('/state', r.value ->> 'state')
    FROM ${records} r WHERE ${condition}`)
}

/** As many records of an import are named. */
const MOST_NAMED = 20

/**
 * Keeps which records of the catalogue an import makes or changes: two statements for before the one that stores them. An
 * import that makes and changes none leaves no entry.
 * @param changes selects those records: `id`, and `before` and `after` as JSON; `before` is null for a new one
 */
export function auditCatalogue(
  db: OrderingDb,
  { by, now, requestId }: AuditedBy,
  catalogue: 'customers' | 'products',
  changes: SQL,
) {
  return [
    db.run(plain`
      INSERT INTO ${audit} (${namesOf(audit, 'at', 'by', 'act', 'requestId', 'after')})
      SELECT ${now}, ${by}, ${`${catalogue} imported`}, ${requestId},
        json_object('/created', count(*) - count(before), '/changed', count(before))
      FROM (${changes}) HAVING count(*) > 0`),
    // Before {"id":"A","vatId":"1"}, after {"id":"A","vatId":"2","address":{"city":"B"}}: ["/address/city","/vatId"].
    db.run(plain`
      INSERT INTO ${auditedRecords} (${namesOf(auditedRecords, 'auditNr', 'place', 'catalogue', 'recordId', 'fields')})
      SELECT (SELECT max(${audit.nr}) FROM ${audit}), row_number() OVER (), ${catalogue}, id, iif(before IS NULL, NULL, (
        SELECT json_group_array(replace(substr(fullkey, 2), '.', '/')) FROM (
          SELECT fullkey FROM (${FIELDS_BEFORE} EXCEPT ${FIELDS_AFTER})
          UNION SELECT fullkey FROM (${FIELDS_AFTER} EXCEPT ${FIELDS_BEFORE}))))
      FROM (${changes} LIMIT ${MOST_NAMED})`),
  ] as const
}

/** An absent value counts as null. */
const FIELDS_BEFORE = plain`SELECT fullkey, type, atom FROM json_tree(before) WHERE atom IS NOT NULL`
const FIELDS_AFTER = plain`SELECT fullkey, type, atom FROM json_tree(after) WHERE atom IS NOT NULL`

const { salt: _, ...ENTRY } = getTableColumns(audit)

/** The entries after number `after`, the oldest first, at most `limit`. */
export async function listAudit(db: OrderingDb, after: number, limit: number): Promise<AuditEntry[]> {
  const records = sql<string | null>`iif(${audit.orderNumber} IS NOT NULL, NULL, (
    SELECT nullif(json_group_array(
      json_object('id', ${auditedRecords.recordId}, 'fields', json(${auditedRecords.fields}))), '[]')
    FROM ${auditedRecords} WHERE ${auditedRecords.auditNr} = ${audit.nr}))`
  const rows = await db
    .select({ ...ENTRY, records: records.as('records') })
    .from(audit)
    .where(gt(audit.nr, after))
    .orderBy(audit.nr)
    .limit(limit)
  return rows.map(toAuditEntry)
}

/** A page of what became of an order, the oldest first. */
export type OrderTrail = {
  /** Who entered the order: null where nobody did. */
  enteredBy: string | null
  entries: AuditEntry[]
  /** Whether any entry of the order, on this page or not, tells that it was confirmed. */
  confirmed: boolean
  /** The entry before which the next older page ends; null where there is none older. */
  older: number | null
}

/** As many entries are on a page. */
const ENTRIES_A_PAGE = 50

/** Reads the newest entries of the order, or the newest before entry `before`: as many rows, however many there are. */
export async function readOrderTrail(db: OrderingDb, number: number, before?: number): Promise<OrderTrail> {
  const [known, selected] = await db.batch([
    db.run(plain`
      SELECT ${orders.enteredBy} AS enteredBy, EXISTS (
        SELECT 1 FROM ${audit} WHERE ${audit.orderNumber} = ${number} AND ${audit.after} ->> '/state' = 'Confirmed'
      ) AS confirmed FROM ${orders} WHERE ${orders.number} = ${number}`),
    db
      .select(ENTRY)
      .from(audit)
      .where(and(eq(audit.orderNumber, number), before === undefined ? undefined : lt(audit.nr, before)))
      .orderBy(desc(audit.nr))
      .limit(ENTRIES_A_PAGE + 1),
  ])
  const [row] = rowsOf<{ enteredBy: string | null; confirmed: 0 | 1 }>(known)
  const found = selected.map((row) => toAuditEntry(row))
  const entries = found.slice(0, ENTRIES_A_PAGE).toReversed()
  return {
    enteredBy: row?.enteredBy ?? null,
    entries,
    confirmed: row?.confirmed === 1,
    older: found.length > entries.length ? (entries[0]?.nr ?? null) : null,
  }
}

/** Who entered the order: null where nobody did. */
export async function findEnteredBy(db: OrderingDb, number: number): Promise<string | null> {
  const [row] = await db.select({ enteredBy: orders.enteredBy }).from(orders).where(eq(orders.number, number))
  return row?.enteredBy ?? null
}

/** When and by whom the order was made: undefined where SQL made it, or billing gave it back. */
export async function findEntering(db: OrderingDb, number: number): Promise<{ at: string; by: string } | undefined> {
  const { at, by, act, before } = audit
  const [first] = await db
    .select({ at, by, act, before })
    .from(audit)
    .where(eq(audit.orderNumber, number))
    .orderBy(audit.nr)
    .limit(1)
  // The first entry of an order that SQL made may be the import that changed it.
  if (first === undefined || first.before !== null || !['placed', 'imported'].includes(first.act)) return undefined
  return { at: first.at, by: first.by }
}
