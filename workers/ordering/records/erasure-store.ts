import { sql } from 'drizzle-orm'
import { rowsOf } from '../../../shared/db/d1.ts'
import { searchable, sortKey } from '../../../shared/text/fold.ts'
import {
  ERASED_CUSTOMER,
  ERASED_TEXT,
  type OrderingErasure,
  type OrderingErasureInput,
  type PersonalDataFound,
} from '../../../shared/contract/personal-data.ts'
import { err, ok, type Result } from '../../../shared/result.ts'
import type { OrderingDb } from '../db.ts'
import { digestCustomer, readDigestKey } from './erased-customer-store.ts'

/** These confirmed orders are not as billing has them: their invoices may have to be decided first. */
export type Unsettled = { reason: 'unsettled'; orders: number[] }

/** What there is of the customer; nothing is changed. */
export async function findPersonalData(db: OrderingDb, customer: string): Promise<PersonalDataFound> {
  const [listed, found] = await db.batch(selectPersonalData(db, customer))
  return toFound(listed, found)
}

/**
 * Overwrites the customer's data wherever it is, in one transaction: each order in a new revision, which the feed brings to
 * billing, Drafts as deleted. What is kept of the audit of orders that name them, or once did, can no longer be compared
 * with any value. From then on their tombstone keeps them out. Nothing is written while a confirmed order is not as billing
 * says it is: its invoice would be one for nobody.
 */
export async function erasePersonalData(
  db: OrderingDb,
  { customer, settled, known, by, requestId }: OrderingErasureInput,
  now: string,
): Promise<Result<OrderingErasure, Unsettled>> {
  const digest = await digestCustomer(await readDigestKey(db), customer)
  const theirs = sql`SELECT number FROM orders WHERE customer ->> 'id' = ${customer}`
  const formerly = sql`SELECT order_number FROM former_customers WHERE customer_id = ${customer}`
  const unsettled = sql`
    SELECT number FROM orders WHERE customer ->> 'id' = ${customer} AND state = 'Confirmed' AND (number, revision) NOT IN (
      SELECT value ->> 0, value ->> 1 FROM json_each(${JSON.stringify(settled)}))`
  // The entry that this erasure has begun with: without it no later statement does anything.
  const begun = sql`(SELECT request_id FROM audit ORDER BY nr DESC LIMIT 1) = ${requestId}`
  const [listed, found, left] = await db.batch([
    ...selectPersonalData(db, customer),
    db.run(unsettled),
    db.run(sql`
      INSERT INTO audit (at, by, act, request_id, after)
      SELECT ${now}, ${by}, 'customer erased', ${requestId}, json_object(
        '/catalogue', (SELECT count(*) FROM customers WHERE id = ${customer}),
        '/orders', (SELECT count(*) FROM orders WHERE customer ->> 'id' = ${customer}),
        '/drafts', (SELECT count(*) FROM orders WHERE customer ->> 'id' = ${customer} AND state = 'Draft'))
      WHERE NOT EXISTS (${unsettled})`),
    // A name that was mistyped gets no tombstone: nobody has data under it.
    db.run(sql`
      INSERT INTO erased_customers (digest, erased_at) SELECT ${digest}, ${now}
      WHERE ${begun} AND (${known ? 1 : 0} OR EXISTS (${theirs} UNION ALL ${formerly})
        OR EXISTS (SELECT 1 FROM customers WHERE id = ${customer}))
      ON CONFLICT DO NOTHING`),
    db.run(sql`UPDATE audit SET salt = NULL WHERE order_number IN (${theirs} UNION ${formerly}) AND ${begun}`),
    db.run(sql`
      UPDATE audited_records SET record_id = NULL
      WHERE catalogue = 'customers' AND record_id = ${customer} AND ${begun}`),
    db.run(sql`
      INSERT INTO audit (at, by, act, order_number, revision, request_id, before, after)
      SELECT ${now}, ${by}, 'erased', number, revision + 1, ${requestId},
        json_object('/state', state), json_object('/state', iif(state = 'Draft', 'Deleted', state),
          '/customer', ${ERASED_TEXT}, '/note', iif(note IS NULL, NULL, ${ERASED_TEXT}),
          '/taxExemptionReason', iif(tax_exemption_reason IS NULL, NULL, ${ERASED_TEXT}))
      FROM orders WHERE customer ->> 'id' = ${customer} AND ${begun}`),
    db.run(sql`
      UPDATE billing_notices
      SET notice = json_remove(json_replace(notice, '$.reason', ${ERASED_TEXT}), '$.contentDigest')
      WHERE order_number IN (${theirs}) AND ${begun}`),
    db.run(sql`DELETE FROM idempotency_keys WHERE order_number IN (${theirs} UNION ${formerly}) AND ${begun}`),
    db.run(sql`DELETE FROM customers WHERE id = ${customer} AND ${begun}`),
    db.run(sql`
      UPDATE orders SET imported_line = NULL, imported_content = NULL
      WHERE number IN (${theirs} UNION ${formerly}) AND ${begun}`),
    // Lines and charges stay: they are what was sold. An invoice that was issued says why no tax was charged.
    db.run(sql`
      UPDATE orders SET customer = ${JSON.stringify(ERASED_CUSTOMER)}, note = NULL,
        tax_exemption_reason = iif(tax_exemption_reason IS NULL, NULL, ${ERASED_TEXT}),
        customer_name_folded = ${searchable(ERASED_CUSTOMER.name)},
        customer_sort_key = ${sortKey(ERASED_CUSTOMER.name)},
        state = iif(state = 'Draft', 'Deleted', state), updated_at = ${now}, updated_by = ${by}
      WHERE customer ->> 'id' = ${customer} AND ${begun}`),
    db.run(sql`DELETE FROM former_customers WHERE customer_id = ${customer} AND ${begun}`),
  ])
  const orders = rowsOf<{ number: number }>(left).map(({ number }) => number)
  if (orders.length > 0) return err({ reason: 'unsettled', orders })
  const erased = toFound(listed, found)
  const drafts = erased.orders.filter(({ state }) => state === 'Draft')
  return ok({
    catalogue: erased.catalogue,
    orders: erased.orders.map(({ number }) => number),
    drafts: drafts.map(({ number }) => number),
  })
}

function selectPersonalData(db: OrderingDb, customer: string) {
  return [
    db.run(sql`SELECT id FROM customers WHERE id = ${customer}`),
    db.run(sql`SELECT number, state, revision FROM orders WHERE customer ->> 'id' = ${customer} ORDER BY number`),
  ] as const
}

function toFound(listed: D1Result, found: D1Result): PersonalDataFound {
  return { catalogue: listed.results.length > 0, orders: rowsOf<PersonalDataFound['orders'][number]>(found) }
}
