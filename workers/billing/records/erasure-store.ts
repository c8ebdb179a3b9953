import { sql, type SQL } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { rowsOf } from '../../../shared/db/d1.ts'
import { searchable } from '../../../shared/text/fold.ts'
import { type Erasure, ERASED_CUSTOMER, ERASED_TEXT } from '../../../shared/contract/personal-data.ts'
import type { BillingDb } from '../db.ts'
import { namesOf, plain } from '../../../shared/handover/sql-names.ts'
import { audit, creditNotes, decisions, erasure, invoices, mismatches, orders, outbox, repairs } from '../schema.ts'

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
const YEAR_ISSUED = plain`CAST(substr(${decisions.issuedNumber}, instr(${decisions.issuedNumber}, '-') - 4, 4) AS INTEGER)`

/**
 * Where the customer's data is, what of it may go, and what has to be done before; nothing is changed. An order waits while
 * its invoice is to be decided, is still to be made, or is to be credited because the order was amended: whatever is issued
 * for it names the customer.
 */
export async function findPersonalData(
  db: BillingDb,
  { customer, confirmed, year, retainYears }: ErasureQuery,
): Promise<BillingErasure> {
  const isOver = plain`(${decisions.issuedNumber} IS NULL OR ${YEAR_ISSUED} + ${retainYears} < ${year})`
  const [waiting, orphaned, decided, retained] = await db.batch([
    db.run(plain`
      SELECT i.${invoices.orderNumber} AS number
        FROM ${invoices} i JOIN ${orders} o ON o.${orders.key} = i.${invoices.orderNumber}
      WHERE o.${orders.record} ->> '$.customer.id' = ${customer} AND o.${orders.orphaned} = 0
        AND i.${invoices.state} IN ('ToApprove', 'Rejected')
      UNION SELECT c.value ->> 0 FROM json_each(${JSON.stringify(confirmed)}) c
      WHERE NOT EXISTS (
        SELECT 1 FROM ${orders} o JOIN ${invoices} i ON i.${invoices.orderNumber} = o.${orders.key}
        WHERE o.${orders.key} = c.value ->> 0 AND o.${orders.revision} = c.value ->> 1 AND o.${orders.orphaned} = 0
      ) OR EXISTS (
        SELECT 1 FROM ${invoices} i LEFT JOIN ${mismatches} m ON m.${mismatches.invoiceId} = i.${invoices.id}
        WHERE i.${invoices.orderNumber} = c.value ->> 0
          AND (i.${invoices.state} IN ('ToApprove', 'Rejected') OR m.${mismatches.open} = 1)
      )
      ORDER BY 1`),
    db.run(plain`SELECT ${orders.key} FROM ${orders} WHERE ${orders.orphaned} = 1
      AND ${orders.record} ->> '$.customer.id' = ${customer} ORDER BY 1`),
    db.run(plain`
      SELECT ${decisions.nr} AS number FROM ${decisions} WHERE ${decisions.document} ->> '$.customer.id' = ${customer}
        AND ${isOver} ORDER BY 1`),
    db.run(plain`
      SELECT ${decisions.issuedNumber} AS issuedNumber,
        CAST(${YEAR_ISSUED} + ${retainYears} AS INTEGER) || '-12-31' AS until FROM ${decisions}
      WHERE ${decisions.document} ->> '$.customer.id' = ${customer} AND NOT ${isOver} ORDER BY ${decisions.nr}`),
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
function withoutName(searched: SQLiteColumn): SQL {
  return plain`${searchable(ERASED_CUSTOMER.name)} || substr(${searched}, instr(${searched}, char(10)))`
}

/** A document without what tells of a person; what it did not have before it does not get. */
function withoutPerson(document: SQLiteColumn): SQL {
  return plain`json_replace(${document}, '$.customer', json(${ERASED}), '$.note', NULL, '$.reason', ${ERASED_TEXT},
    '$.taxExemptionReason', iif(${document} ->> '$.taxExemptionReason' IS NULL, NULL, ${ERASED_TEXT}))`
}

/**
 * Overwrites the customer's data in what may go, in one transaction: copies of orders, too, before the feed brings them as
 * ordering has erased them. Ordering is notified of decisions again, without what was written in them.
 */
export async function erasePersonalData(
  db: BillingDb,
  customer: string,
  { decisions: numbers }: Pick<BillingErasure, 'decisions'>,
  { by, now, requestId }: { by: string; now: string; requestId: string },
): Promise<void> {
  const gone = sql`SELECT value FROM json_each(${JSON.stringify(numbers)})`
  const theirs = plain`
    SELECT ${orders.key} FROM ${orders} WHERE ${orders.record} ->> '$.customer.id' = ${customer}
    UNION SELECT ${decisions.orderNumber} FROM ${decisions} WHERE ${decisions.document} ->> '$.customer.id' = ${customer}
    UNION SELECT ${repairs.key} FROM ${repairs}
      WHERE ${repairs.before} ->> '$.customer.id' = ${customer} OR ${repairs.after} ->> '$.customer.id' = ${customer}`
  await db.batch([
    db.update(erasure).set({ running: 1 }),
    db.run(plain`
      INSERT INTO ${audit} (${namesOf(audit, 'at', 'by', 'act', 'requestId', 'after')})
      SELECT ${now}, ${by}, 'customer erased', ${requestId}, json_object('/orders', count(*)) FROM (${theirs})`),
    db.run(plain`
      INSERT INTO ${audit} (${namesOf(audit, 'at', 'by', 'act', 'orderNumber', 'requestId', 'after')})
      SELECT ${now}, ${by}, 'erased', ${orders.key}, ${requestId}, json_object('/customer', ${ERASED_TEXT})
      FROM (${theirs})`),
    db.run(plain`
      UPDATE ${outbox} SET ${outbox.pending} = 1,
        ${outbox.notice} = json_remove(json_replace(${outbox.notice}, '$.reason', ${ERASED_TEXT}), '$.contentDigest')
      WHERE ${outbox.version} IN (SELECT ${decisions.nr} FROM ${decisions}
        WHERE ${decisions.document} ->> '$.customer.id' = ${customer})
        AND coalesce(nullif(${outbox.notice} ->> '$.reason', ${ERASED_TEXT}),
          ${outbox.notice} ->> '$.contentDigest') IS NOT NULL`),
    db
      .update(repairs)
      .set({ before: null, after: null })
      .where(sql`${repairs.key} IN (${theirs})`),
    db.run(plain`
      UPDATE ${invoices} SET ${invoices.document} = ${withoutPerson(invoices.document)},
        ${invoices.reason} = iif(${invoices.reason} IS NULL, NULL, ${ERASED_TEXT}),
        ${invoices.searched} = iif(${invoices.state} = 'Approved'
        OR NOT EXISTS (SELECT 1 FROM ${orders} WHERE ${orders.key} = ${invoices.orderNumber}),
          ${withoutName(invoices.searched)}, ${invoices.searched})
      WHERE ${invoices.decision} IN (${gone})`),
    db.run(plain`
      UPDATE ${creditNotes} SET ${creditNotes.document} = ${withoutPerson(creditNotes.document)},
        ${creditNotes.reason} = ${ERASED_TEXT},
        ${creditNotes.searched} = ${withoutName(creditNotes.searched)}
      WHERE ${creditNotes.id} IN (${gone})`),
    db.run(plain`
      UPDATE ${decisions} SET ${decisions.document} = ${withoutPerson(decisions.document)},
        ${decisions.reason} = iif(${decisions.reason} IS NULL, NULL, ${ERASED_TEXT}),
        ${decisions.contentDigest} = NULL
      WHERE ${decisions.nr} IN (${gone})`),
    db.run(plain`
      UPDATE ${orders} SET ${orders.record} = ${withoutPerson(orders.record)},
        ${orders.searched} = ${withoutName(orders.searched)}
      WHERE ${orders.record} ->> '$.customer.id' = ${customer}`),
    db.update(erasure).set({ running: 0 }),
  ])
}
