import { sql, type SQL } from 'drizzle-orm'
import type { PublishedOrder } from '../../../shared/contract/order.ts'
import { rowsOf } from '../../../shared/db/d1.ts'
import type { BillingDb } from '../db.ts'
import type { CopySource, OrderCopy, ReadOrder } from './order-copy.ts'
import { closeQuarantine } from './quarantine-store.ts'
import { searchedIn } from './searched-text.ts'

/**
 * Where and when orders were read, and by which run of the pull, if it was one. `repairing`: copies of a retired epoch
 * may be met, and what is changed then is kept.
 */
export type Reading = { epoch: string; source: CopySource; now: string; runId: string | null; repairing: boolean }

/**
 * What is to be stored. `all` are what came, those included that change nothing; `adding` may be new, `changing` may
 * replace a copy, and of those `repeated` may have come at this revision before. What is not known stands in all of them.
 */
export type Arrival = Record<'all' | 'adding' | 'changing' | 'repeated', readonly ReadOrder[]>

/** Orders of which nothing is known. */
export function arrivalOf(orders: readonly ReadOrder[]): Arrival {
  return { all: orders, adding: orders, changing: orders, repeated: orders }
}

// No CTE: SQLite copies its text's tree where it is used, and preparing the statement took twice as long.
const ROWS = `(
  SELECT column1 AS number, column2 AS revision, column3 AS fingerprint, column4 AS deleted,
    substr(column6, 1, column5) AS searched, substr(column6, column5 + 1) AS record
  FROM (VALUES (`
/** D1 binds at most 100 parameters a statement: this many records, and room for what else it asks. */
const RECORDS_A_STATEMENT = 85

/**
 * The statements that store orders and what follows for their invoices, in this order. Each acts only while `gate`
 * holds, so that a batch whose first statement was refused changes nothing. Every write of a copy goes through here,
 * but for a comparison's correction.
 *
 * A copy of the same epoch gives way only to a higher revision, one of a retired epoch to whatever ordering says now.
 * A copy that was changed behind billing's back (its fingerprint is void) gives way to the same revision as well.
 */
export function upsertCopies(db: BillingDb, { all, adding, changing, repeated }: Arrival, reading: Reading, gate: SQL) {
  const { epoch, source, now, runId, repairing } = reading
  const numbers = JSON.stringify(all.map(({ order }) => order.number))
  return [
    ...inStatements(repeated, (r) => voidOtherRecords(db, r, epoch, gate)),
    ...(repairing ? [...recordRepairs(db, changing, reading, gate), markSame(db, all, reading, gate)] : []),
    ...inStatements(changing, (r) =>
      db.run(sql`
        UPDATE orders SET revision = r.revision, fingerprint = r.fingerprint, epoch = ${epoch},
          deleted = r.deleted, orphaned = 0, record = r.record, searched = r.searched, source = ${source}, fetched_at = ${now}, run_id = ${runId}
        FROM ${r} r WHERE orders.number = r.number AND ${givesWay('orders', epoch)} AND ${gate}`),
    ),
    ...inStatements(adding, (r) =>
      db.run(sql`
        INSERT INTO orders (number, revision, fingerprint, epoch, deleted, record, searched, source, fetched_at, run_id)
        SELECT r.number, r.revision, r.fingerprint, ${epoch}, r.deleted, r.record, r.searched, ${source}, ${now}, ${runId}
        FROM ${r} r
        WHERE NOT EXISTS (SELECT 1 FROM orders WHERE number = r.number) AND ${gate}`),
    ),
    ...upsertInvoices(db, numbers, now, gate),
    ...closeQuarantine(db, numbers, now, gate),
  ]
}

/**
 * The orders as rows `r` of as many statements as it takes. A record is a parameter of its own: unpacked by json_each
 * from one for all, storing it cost twice as much. What the order is searched in stands before it, since D1 binds few
 * parameters. Numbers, which a schema has judged, stand in the text.
 */
function inStatements<T>(orders: readonly ReadOrder[], build: (r: SQL) => T): T[] {
  const statements: T[] = []
  for (let from = 0; from < orders.length; from += RECORDS_A_STATEMENT) {
    const part = orders.slice(from, from + RECORDS_A_STATEMENT)
    const searched = part.map(({ order }) => searchedIn(order))
    const rows = part.map(({ order: { number, revision, fingerprint, state } }, index) => {
      // SQLite counts code points.
      const { length } = [...(searched[index] ?? '')]
      return `${number}, ${revision}, ${fingerprint}, ${deletedOf({ state })}, ${length}, `
    })
    // One template and not one a row: drizzle walks each, and that took longer than to write the records as JSON.
    const texts = rows.map((row, index) => (index === 0 ? `${ROWS}${row}` : `), (${row}`)).concat(')))')
    statements.push(
      build(
        sql(Object.assign(texts, { raw: texts }), ...part.map(({ record }, index) => (searched[index] ?? '') + record)),
      ),
    )
  }
  return statements
}

/**
 * Voids copies whose record has other members than the same revision has now, so that they give way to it: a release of
 * ordering has added some and sends all orders again. The place in the feed alone is no reason to write.
 */
function voidOtherRecords(db: BillingDb, r: SQL, epoch: string, gate: SQL) {
  return db.run(sql`
    UPDATE orders SET fingerprint = NULL FROM ${r} r
    WHERE orders.number = r.number AND orders.epoch = ${epoch} AND orders.revision = r.revision
      AND orders.fingerprint = r.fingerprint AND ${gate}
      AND json_remove(orders.record, '$.confirmedSequenceNr') <> json_remove(r.record, '$.confirmedSequenceNr')`)
}

/** Whether the order was deleted, as a column says it. */
export function deletedOf({ state }: Pick<PublishedOrder, 'state'>): 0 | 1 {
  return state === 'Deleted' ? 1 : 0
}

/** Keeps what a repair is about to change. */
function recordRepairs(db: BillingDb, changing: readonly ReadOrder[], { epoch, now, runId }: Reading, gate: SQL) {
  return inStatements(changing, (r) =>
    db.run(sql`
      INSERT INTO repairs (order_number, why, before, after, run_id, at)
      SELECT r.number, 'restored', o.record, r.record, ${runId}, ${now} FROM ${r} r JOIN orders o ON o.number = r.number
      WHERE o.epoch <> ${epoch} AND o.fingerprint IS NOT r.fingerprint AND ${gate}`),
  )
}

/** Marks what is the same in the new epoch. */
function markSame(db: BillingDb, all: readonly ReadOrder[], { epoch }: Reading, gate: SQL) {
  const fingerprints = JSON.stringify(all.map(({ order }) => [order.number, order.fingerprint]))
  return db.run(sql`
    UPDATE orders SET epoch = ${epoch}, orphaned = 0 FROM json_each(${fingerprints}) r
    WHERE orders.number = r.value ->> 0 AND orders.epoch <> ${epoch} AND orders.fingerprint = r.value ->> 1 AND ${gate}`)
}

/** Whether the copy in `table` gives way to the order `r`, both being of the same number. */
export function givesWay(table: 'orders' | 'o', epoch: string): SQL {
  const copy = sql.raw(table)
  return sql`(
    CASE WHEN ${copy}.epoch <> ${epoch} THEN ${copy}.fingerprint IS NOT r.fingerprint
      ELSE r.revision > ${copy}.revision OR (r.revision = ${copy}.revision AND ${copy}.fingerprint IS NULL) END
  )`
}

/**
 * One invoice for an order, unless it arrived deleted. While it is not approved it follows: a deleted order cancels it,
 * a corrected one waits again, and so does one that lives again.
 */
export function upsertInvoices(db: BillingDb, numbers: string, now: string, gate: SQL) {
  return [
    db.run(sql`
      INSERT INTO invoices (id, order_number, created_at)
      SELECT o.number, o.number, ${now} FROM json_each(${numbers}) n JOIN orders o ON o.number = n.value
      WHERE o.deleted = 0 AND NOT EXISTS (SELECT 1 FROM invoices WHERE order_number = o.number) AND ${gate}`),
    updateOpenInvoices(db, numbers, gate),
  ]
}

/**
 * The statement by which the invoices of these orders follow them, where `condition` holds: it may name the copy as `o`
 * and the invoice as `invoices`.
 */
export function updateOpenInvoices(db: BillingDb, numbers: string, condition: SQL) {
  return db.run(sql`
    UPDATE invoices SET state = iif(o.deleted, 'Cancelled', 'ToApprove'),
      decided_at = iif(o.deleted, o.record ->> 'updatedAt', NULL),
      decided_by = iif(o.deleted, o.record ->> 'updatedBy', NULL),
      document = NULL, order_revision = NULL, order_fingerprint = NULL, reason = NULL, decision = NULL
    FROM json_each(${numbers}) n JOIN orders o ON o.number = n.value
    WHERE invoices.order_number = n.value AND ${condition} AND (
      (o.deleted = 1 AND invoices.state IN ('ToApprove', 'Rejected'))
      OR (o.deleted = 0 AND invoices.state = 'Cancelled')
      OR (o.deleted = 0 AND invoices.state = 'Rejected' AND invoices.order_fingerprint IS NOT o.fingerprint)
    )`)
}

type CopyRow = { record: string; source: CopySource; fetchedAt: string; orphaned: 0 | 1 }

/** Selects the copy of an order for `toCopy`. */
export function selectCopy(db: BillingDb, number: number | SQL) {
  return db.run(sql`SELECT record, source, fetched_at AS fetchedAt, orphaned FROM orders WHERE number = ${number}`)
}

/** The copy that `selectCopy` found; undefined if there is none. */
export function toCopy(result: D1Result): OrderCopy | undefined {
  const [row] = rowsOf<CopyRow>(result)
  if (row === undefined) return undefined
  const { record, orphaned, ...rest } = row
  return { order: JSON.parse(record) as PublishedOrder, orphaned: orphaned === 1, ...rest }
}

/** Billing's copy of the order, a deleted one too; undefined if there is none. */
export async function findCopy(db: BillingDb, number: number): Promise<OrderCopy | undefined> {
  return toCopy(await selectCopy(db, number))
}
