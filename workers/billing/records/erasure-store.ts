import { sql, type SQL } from 'drizzle-orm'
import { rowsOf } from '../../../shared/db/d1.ts'
import { searchable } from '../../../shared/text/fold.ts'
import { type Erasure, ERASED_CUSTOMER, ERASED_TEXT } from '../../../shared/contract/personal-data.ts'
import type { BillingDb } from '../db.ts'

/**
 * What billing has of a customer. `confirmed`: their confirmed orders in ordering, each with its revision. `year` is that of
 * the business, `retainYears` how long issued documents are kept.
 */
export type ErasureQuery = {
  customer: string
  confirmed: readonly (readonly [number: number, revision: number])[]
  year: number
  retainYears: number
}
/** What billing has of the customer. */
export type BillingErasure = Pick<Erasure, 'waiting' | 'orphaned' | 'decisions' | 'retained'>

/** An issued document is kept to the end of the year that is `retainYears` after its own, which its number names. */
const YEAR_ISSUED = sql.raw(`CAST(substr(issued_number, instr(issued_number, '-') - 4, 4) AS INTEGER)`)

/**
 * Where the customer's data is, what of it may go, and what has to be done before; nothing is changed. An order waits while
 * its invoice is to be decided, is still to be made, or is to be credited because the order was amended: whatever is issued
 * for it names the customer.
 */
export async function findPersonalData(
  db: BillingDb,
  { customer, confirmed, year, retainYears }: ErasureQuery,
): Promise<BillingErasure> {
  const isOver = sql`(issued_number IS NULL OR ${YEAR_ISSUED} + ${retainYears} < ${year})`
  const [waiting, orphaned, decided, retained] = await db.batch([
    db.run(sql`
      SELECT i.order_number AS number FROM invoices i JOIN orders o ON o.number = i.order_number
      WHERE o.record ->> '$.customer.id' = ${customer} AND o.orphaned = 0 AND i.state IN ('ToApprove', 'Rejected')
      UNION SELECT c.value ->> 0 FROM json_each(${JSON.stringify(confirmed)}) c
      WHERE NOT EXISTS (
        SELECT 1 FROM orders o JOIN invoices i ON i.order_number = o.number
        WHERE o.number = c.value ->> 0 AND o.revision = c.value ->> 1 AND o.orphaned = 0
      ) OR EXISTS (
        SELECT 1 FROM invoices i LEFT JOIN mismatches m ON m.invoice_id = i.id
        WHERE i.order_number = c.value ->> 0 AND (i.state IN ('ToApprove', 'Rejected') OR m.open = 1)
      )
      ORDER BY 1`),
    db.run(sql`SELECT number FROM orders WHERE orphaned = 1 AND record ->> '$.customer.id' = ${customer} ORDER BY 1`),
    db.run(sql`
      SELECT nr AS number FROM decisions WHERE document ->> '$.customer.id' = ${customer} AND ${isOver} ORDER BY 1`),
    db.run(sql`
      SELECT issued_number AS issuedNumber, CAST(${YEAR_ISSUED} + ${retainYears} AS INTEGER) || '-12-31' AS until FROM decisions
      WHERE document ->> '$.customer.id' = ${customer} AND NOT ${isOver} ORDER BY nr`),
  ])
  const numbersIn = (result: D1Result) => rowsOf<{ number: number }>(result).map(({ number }) => number)
  return {
    waiting: numbersIn(waiting),
    orphaned: numbersIn(orphaned),
    decisions: numbersIn(decided),
    retained: rowsOf<BillingErasure['retained'][number]>(retained),
  }
}

const ERASED = JSON.stringify(ERASED_CUSTOMER)

/** What is searched of the customer's name, the external id left. */
const WITHOUT_NAME = sql`${searchable(ERASED_CUSTOMER.name)} || substr(searched, instr(searched, char(10)))`

/** A document without what tells of a person; what it did not have before it does not get. */
function withoutPerson(document: SQL): SQL {
  return sql`json_replace(${document}, '$.customer', json(${ERASED}), '$.note', NULL, '$.reason', ${ERASED_TEXT},
    '$.taxExemptionReason', iif(${document} ->> '$.taxExemptionReason' IS NULL, NULL, ${ERASED_TEXT}))`
}

/**
 * Overwrites the customer's data in what may go, in one transaction: copies of orders, too, before the feed brings them as
 * ordering has erased them. Ordering is notified of decisions again, without what was written in them.
 */
export async function erasePersonalData(
  db: BillingDb,
  customer: string,
  { decisions }: Pick<BillingErasure, 'decisions'>,
  { by, now, requestId }: { by: string; now: string; requestId: string },
): Promise<void> {
  const gone = sql`SELECT value FROM json_each(${JSON.stringify(decisions)})`
  const orders = sql`
    SELECT number FROM orders WHERE record ->> '$.customer.id' = ${customer}
    UNION SELECT order_number FROM decisions WHERE document ->> '$.customer.id' = ${customer}
    UNION SELECT order_number FROM repairs
      WHERE before ->> '$.customer.id' = ${customer} OR after ->> '$.customer.id' = ${customer}`
  await db.batch([
    db.run(sql`UPDATE erasure SET running = 1 WHERE id = 1`),
    db.run(sql`
      INSERT INTO audit (at, by, act, request_id, after)
      SELECT ${now}, ${by}, 'customer erased', ${requestId}, json_object('/orders', count(*)) FROM (${orders})`),
    db.run(sql`
      INSERT INTO audit (at, by, act, order_number, request_id, after)
      SELECT ${now}, ${by}, 'erased', number, ${requestId}, json_object('/customer', ${ERASED_TEXT}) FROM (${orders})`),
    db.run(sql`
      UPDATE outbox SET pending = 1,
        notice = json_remove(json_replace(notice, '$.reason', ${ERASED_TEXT}), '$.contentDigest')
      WHERE version IN (SELECT nr FROM decisions WHERE document ->> '$.customer.id' = ${customer})
        AND coalesce(nullif(notice ->> '$.reason', ${ERASED_TEXT}), notice ->> '$.contentDigest') IS NOT NULL`),
    db.run(sql`UPDATE repairs SET before = NULL, after = NULL WHERE order_number IN (${orders})`),
    db.run(sql`
      UPDATE invoices SET document = ${withoutPerson(sql`document`)}, reason = iif(reason IS NULL, NULL, ${ERASED_TEXT}),
        searched = iif(state = 'Approved' OR NOT EXISTS (SELECT 1 FROM orders WHERE number = order_number),
          ${WITHOUT_NAME}, searched)
      WHERE decision IN (${gone})`),
    db.run(sql`
      UPDATE credit_notes SET document = ${withoutPerson(sql`document`)}, reason = ${ERASED_TEXT},
        searched = ${WITHOUT_NAME}
      WHERE id IN (${gone})`),
    db.run(sql`
      UPDATE decisions SET document = ${withoutPerson(sql`document`)}, reason = iif(reason IS NULL, NULL, ${ERASED_TEXT}),
        content_digest = NULL
      WHERE nr IN (${gone})`),
    db.run(sql`
      UPDATE orders SET record = ${withoutPerson(sql`record`)}, searched = ${WITHOUT_NAME}
      WHERE record ->> '$.customer.id' = ${customer}`),
    db.run(sql`UPDATE erasure SET running = 0 WHERE id = 1`),
  ])
}
