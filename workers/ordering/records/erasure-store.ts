import { eq, sql, type SQL } from 'drizzle-orm'
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
import { namesOf, plain } from '../../../shared/handover/sql-names.ts'
import {
  audit,
  auditedRecords,
  billingNotices,
  customers,
  erasedCustomers,
  formerCustomers,
  idempotencyKeys,
  orders,
} from '../schema.ts'

/** These confirmed orders are not as billing has them: their invoices may have to be decided first. */
export type Unsettled = { reason: 'unsettled'; orders: number[] }

/** What there is of the customer; nothing is changed. */
export async function findPersonalData(db: OrderingDb, customer: string): Promise<PersonalDataFound> {
  const [listed, found] = await db.batch(selectPersonalData(db, customer))
  return { catalogue: listed.length > 0, orders: found }
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
  const theirs = plain`SELECT ${orders.number} FROM ${orders} WHERE ${isTheirs(customer)}`
  const formerly = plain`SELECT ${formerCustomers.orderNumber} FROM ${formerCustomers}
    WHERE ${formerCustomers.customerId} = ${customer}`
  const unsettled = plain`
    SELECT ${orders.number} FROM ${orders} WHERE ${isTheirs(customer)} AND ${orders.state} = 'Confirmed'
      AND (${orders.number}, ${orders.revision}) NOT IN (
      SELECT value ->> 0, value ->> 1 FROM json_each(${JSON.stringify(settled)}))`
  // The entry that this erasure has begun with: without it no later statement does anything.
  const begun = plain`(SELECT ${audit.requestId} FROM ${audit} ORDER BY ${audit.nr} DESC LIMIT 1) = ${requestId}`
  const [listed, found, left] = await db.batch([
    ...selectPersonalData(db, customer),
    db.run(unsettled),
    db.run(plain`
      INSERT INTO ${audit} (${namesOf(audit, 'at', 'by', 'act', 'requestId', 'after')})
      SELECT ${now}, ${by}, 'customer erased', ${requestId}, json_object(
        '/catalogue', (SELECT count(*) FROM ${customers} WHERE ${customers.id} = ${customer}),
        '/orders', (SELECT count(*) FROM ${orders} WHERE ${isTheirs(customer)}),
        '/drafts', (SELECT count(*) FROM ${orders} WHERE ${isTheirs(customer)} AND ${orders.state} = 'Draft'))
      WHERE NOT EXISTS (${unsettled})`),
    // A name that was mistyped gets no tombstone: nobody has data under it.
    db.run(plain`
      INSERT INTO ${erasedCustomers} (${namesOf(erasedCustomers, 'digest', 'erasedAt')}) SELECT ${digest}, ${now}
      WHERE ${begun} AND (${known ? 1 : 0} OR EXISTS (${theirs} UNION ALL ${formerly})
        OR EXISTS (SELECT 1 FROM ${customers} WHERE ${customers.id} = ${customer}))
      ON CONFLICT DO NOTHING`),
    db
      .update(audit)
      .set({ salt: null })
      .where(sql`${audit.orderNumber} IN (${theirs} UNION ${formerly}) AND ${begun}`),
    db
      .update(auditedRecords)
      .set({ recordId: null })
      .where(sql`${auditedRecords.catalogue} = 'customers' AND ${auditedRecords.recordId} = ${customer} AND ${begun}`),
    db.run(plain`
      INSERT INTO ${audit} (${audit.at}, ${audit.by}, ${audit.act}, ${audit.orderNumber}, ${audit.revision},
        ${audit.requestId}, ${audit.before}, ${audit.after})
      SELECT ${now}, ${by}, 'erased', ${orders.number}, ${orders.revision} + 1, ${requestId},
        json_object('/state', ${orders.state}), json_object('/state',
        iif(${orders.state} = 'Draft', 'Deleted', ${orders.state}),
          '/customer', ${ERASED_TEXT}, '/note', iif(${orders.note} IS NULL, NULL, ${ERASED_TEXT}),
          '/taxExemptionReason', iif(${orders.taxExemptionReason} IS NULL, NULL, ${ERASED_TEXT}))
      FROM ${orders} WHERE ${isTheirs(customer)} AND ${begun}`),
    db.run(plain`
      UPDATE ${billingNotices}
      SET ${billingNotices.notice} = json_remove(json_replace(${billingNotices.notice}, '$.reason', ${ERASED_TEXT}),
        '$.contentDigest')
      WHERE ${billingNotices.orderNumber} IN (${theirs}) AND ${begun}`),
    db.delete(idempotencyKeys).where(sql`${idempotencyKeys.orderNumber} IN (${theirs} UNION ${formerly}) AND ${begun}`),
    db.delete(customers).where(sql`${customers.id} = ${customer} AND ${begun}`),
    db
      .update(orders)
      .set({ importedLine: null, importedContent: null })
      .where(sql`${orders.number} IN (${theirs} UNION ${formerly}) AND ${begun}`),
    // Lines and charges stay: they are what was sold. An invoice that was issued says why no tax was charged.
    db.run(plain`
      UPDATE ${orders} SET ${orders.customer} = ${JSON.stringify(ERASED_CUSTOMER)}, ${orders.note} = NULL,
        ${orders.taxExemptionReason} = iif(${orders.taxExemptionReason} IS NULL, NULL, ${ERASED_TEXT}),
        ${orders.customerNameFolded} = ${searchable(ERASED_CUSTOMER.name)},
        ${orders.customerSortKey} = ${sortKey(ERASED_CUSTOMER.name)},
        ${orders.state} = iif(${orders.state} = 'Draft', 'Deleted', ${orders.state}), ${orders.updatedAt} = ${now},
        ${orders.updatedBy} = ${by}
      WHERE ${isTheirs(customer)} AND ${begun}`),
    db.delete(formerCustomers).where(sql`${formerCustomers.customerId} = ${customer} AND ${begun}`),
  ])
  const open = rowsOf<{ number: number }>(left).map(({ number }) => number)
  if (open.length > 0) return err({ reason: 'unsettled', orders: open })
  const drafts = found.filter(({ state }) => state === 'Draft')
  return ok({
    catalogue: listed.length > 0,
    orders: found.map(({ number }) => number),
    drafts: drafts.map(({ number }) => number),
  })
}

/** That the order names the customer. */
function isTheirs(customer: string): SQL {
  return sql`${orders.customer} ->> 'id' = ${customer}`
}

function selectPersonalData(db: OrderingDb, customer: string) {
  const { number, state, revision } = orders
  return [
    db.select({ id: customers.id }).from(customers).where(eq(customers.id, customer)),
    db.select({ number, state, revision }).from(orders).where(isTheirs(customer)).orderBy(number),
  ] as const
}
