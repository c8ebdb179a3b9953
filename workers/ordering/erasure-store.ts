import { sql } from 'drizzle-orm'
import { rowsOf } from '../../shared/d1.ts'
import { ERASED_CUSTOMER, ERASED_TEXT, type OrderingErasure } from '../../shared/personal-data.ts'
import type { AuditedBy } from './audit-store.ts'
import type { OrderingDb } from './db.ts'
import { searchable, sortKey } from '../../shared/fold.ts'

type Found = { number: number; state: string }

/** Where the customer's data stands; nothing is changed. */
export async function findPersonalData(db: OrderingDb, customer: string): Promise<Omit<OrderingErasure, 'preview'>> {
  const [listed, found] = await db.batch([
    db.run(sql`SELECT id FROM customers WHERE id = ${customer}`),
    selectOrdersOf(db, customer),
  ])
  return toErasure(listed, found)
}

/**
 * Overwrites the customer's data wherever it stands, in one transaction: each order in a new revision, which the feed
 * brings to billing, Drafts as deleted. What is kept of their audit can no longer be held against any value.
 */
export async function erasePersonalData(
  db: OrderingDb,
  customer: string,
  { by, now, requestId }: AuditedBy,
): Promise<Omit<OrderingErasure, 'preview'>> {
  const theirs = sql`SELECT number FROM orders WHERE customer ->> 'id' = ${customer}`
  const [listed, found] = await db.batch([
    db.run(sql`SELECT id FROM customers WHERE id = ${customer}`),
    selectOrdersOf(db, customer),
    db.run(sql`UPDATE audit SET salt = NULL WHERE order_number IN (${theirs})`),
    db.run(sql`
      INSERT INTO audit (at, by, act, order_number, revision, request_id, before, after)
      SELECT ${now}, ${by}, 'erased', number, revision + 1, ${requestId},
        json_object('/state', state), json_object('/state', iif(state = 'Draft', 'Deleted', state),
          '/customer', ${ERASED_TEXT}, '/note', iif(note IS NULL, NULL, ${ERASED_TEXT}))
      FROM orders WHERE customer ->> 'id' = ${customer}`),
    db.run(sql`
      UPDATE billing_notices
      SET notice = json_remove(json_replace(notice, '$.reason', ${ERASED_TEXT}), '$.contentDigest')
      WHERE order_number IN (${theirs})`),
    db.run(sql`DELETE FROM idempotency_keys WHERE order_number IN (${theirs})`),
    db.run(sql`DELETE FROM customers WHERE id = ${customer}`),
    // Why no tax is charged stays as well: it names a ground in law, and an invoice that was issued says it.
    // imported_line stays: an import that comes again does not bring the customer back.
    db.run(sql`
      UPDATE orders SET customer = ${JSON.stringify(ERASED_CUSTOMER)}, note = NULL,
        customer_name_folded = ${searchable(ERASED_CUSTOMER.name)},
        customer_sort_key = ${sortKey(ERASED_CUSTOMER.name)},
        imported_content = NULL, state = iif(state = 'Draft', 'Deleted', state), updated_at = ${now}, updated_by = ${by}
      WHERE customer ->> 'id' = ${customer}`),
  ])
  return toErasure(listed, found)
}

function selectOrdersOf(db: OrderingDb, customer: string) {
  return db.run(sql`SELECT number, state FROM orders WHERE customer ->> 'id' = ${customer} ORDER BY number`)
}

function toErasure(listed: D1Result, found: D1Result): Omit<OrderingErasure, 'preview'> {
  const orders = rowsOf<Found>(found)
  const drafts = orders.filter(({ state }) => state === 'Draft')
  return {
    catalogue: listed.results.length > 0,
    orders: orders.map(({ number }) => number),
    drafts: drafts.map(({ number }) => number),
  }
}
