import { sql, type SQL } from 'drizzle-orm'
import { rowsOf } from '../../../shared/db/d1.ts'
import { fold, searchable, searchedNumber } from '../../../shared/text/fold.ts'
import type { BillingDb } from '../db.ts'
import { listFound, through } from '../documents/found-store.ts'
import type { InvoiceState } from '../documents/invoice.ts'
import { INVOICES } from '../documents/invoice-list-store.ts'
import type { FoundOrder } from './place.ts'
import { plain } from '../../../shared/handover/sql-names.ts'
import { creditNotes, decisions, invoices, orders, quarantine } from '../schema.ts'

/** Orders found, the one whose number was asked for first, and then the highest number. */
export type FoundOrders = { orders: FoundOrder[]; more: boolean; witnessed: boolean }

/** The most orders that are listed. */
const MOST_FOUND = 20

/**
 * The orders of billing of which one number or id is the whole question: the order's number or external id, its invoice's
 * or credit note's number, or its customer's id. One statement, of few
 * parts since D1 joins at most five by UNION; each ends at an index after a few rows.
 */
export function findExactly(db: BillingDb, q: string): Promise<FoundOrders> {
  const number = searchedNumber(q) ?? null
  const id = q.trim().normalize('NFC')
  const written = [...new Set([id, id.toUpperCase(), id.toLowerCase()])]
  const document = fold(q)
  const few = (where: SQL) =>
    plain`SELECT number FROM (SELECT ${orders.key} AS number FROM ${orders} WHERE ${where} ORDER BY ${orders.key} DESC
      LIMIT ${MOST_FOUND + 1})`
  return readFound(
    db,
    plain`
      SELECT number FROM (SELECT ${number} AS number) WHERE EXISTS (
        SELECT 1 FROM ${orders} WHERE ${orders.key} = ${number}
        UNION ALL SELECT 1 FROM ${invoices} WHERE ${invoices.orderNumber} = ${number}
        UNION ALL SELECT 1 FROM ${quarantine} WHERE ${quarantine.key} = ${number} AND ${quarantine.closedAt} IS NULL)
      UNION ${few(plain`substr(${orders.searched}, instr(${orders.searched}, char(10)) + 1) = ${searchable(id)}`)}
      UNION SELECT number FROM (${sql.join(
        written.map((one) => few(plain`${orders.record} ->> '$.customer.id' = ${one}`)),
        sql` UNION ALL `,
      )})
      UNION SELECT ${invoices.orderNumber} FROM ${invoices}
        WHERE ${invoices.invoiceNumber} = ${document}
          OR ${invoices.id} = (SELECT ${creditNotes.invoiceId} FROM ${creditNotes}
            WHERE ${creditNotes.creditNoteNumber} = ${document})`,
    number,
  )
}

/** The orders whose invoices a list finds by a part of the customer's name, or by the beginning of a number or an id. */
export async function findByPart(db: BillingDb, q: string): Promise<FoundOrders> {
  const others = plain`i.${invoices.id}, ${factsOf(plain`i.${invoices.orderNumber}`)}`
  const listing = { ...INVOICES, facts: { others, texts: {} } }
  const filter = { q, amounts: [], currency: undefined, issuedFrom: undefined, issuedTo: undefined }
  const narrowing = { few: undefined, conditions: [], usual: through('NOT INDEXED', sql.raw('1')) }
  const place = { after: undefined, limit: MOST_FOUND }
  const { rows, next } = await listFound<FoundRow & { id: number }>(db, listing, filter, narrowing, place)
  // A replacement's id is higher than that of the invoice that it replaces.
  const newest = new Map(rows.toSorted((one, other) => one.id - other.id).map((row) => [row.number, row]))
  return toFound(
    [...newest.values()].toSorted((one, other) => other.number - one.number),
    next !== null,
  )
}

type FoundRow = Omit<FoundOrder, 'state'> & { state: InvoiceState | null; quarantined: 0 | 1; witnessed: 0 | 1 }

/** What is listed of the order with the number: of its copy `o` and its invoice `i`. */
function factsOf(number: SQL): SQL {
  return plain`${number} AS number, o.${orders.record} ->> '$.externalId' AS externalId,
    coalesce(o.${orders.record}, i.${invoices.document}) ->> '$.customer.name' AS customer, i.${invoices.state},
    i.${invoices.invoiceNumber} AS invoiceNumber,
    EXISTS (SELECT 1 FROM ${quarantine} WHERE ${quarantine.key} = ${number}
      AND ${quarantine.closedAt} IS NULL) AS quarantined,
    NOT EXISTS (SELECT 1 FROM ${decisions} INDEXED BY decisions_unwitnessed
      WHERE ${decisions.orderNumber} = ${number} AND ${decisions.witnessed} = 0) AS witnessed`
}

async function readFound(db: BillingDb, numbers: SQL, first: number | null): Promise<FoundOrders> {
  const result = await db.run(plain`
    SELECT ${factsOf(sql`m.number`)}
    FROM (SELECT number FROM (${numbers}) ORDER BY number IS ${first} DESC, number DESC LIMIT ${MOST_FOUND + 1}) m
      LEFT JOIN ${orders} o ON o.${orders.key} = m.number
      LEFT JOIN ${invoices} i ON i.${invoices.id} = (SELECT max(${invoices.id}) FROM ${invoices}
        WHERE ${invoices.orderNumber} = m.number)
    ORDER BY m.number IS ${first} DESC, m.number DESC`)
  const rows = rowsOf<FoundRow>(result)
  return toFound(rows.slice(0, MOST_FOUND), rows.length > MOST_FOUND)
}

function toFound(rows: readonly FoundRow[], more: boolean): FoundOrders {
  const found = rows.map(({ number, externalId, customer, invoiceNumber, ...row }): FoundOrder => {
    const quarantined = row.quarantined === 1 && row.state !== 'Approved'
    const state = quarantined ? 'Quarantined' : (row.state ?? 'Deleted')
    return { number, externalId, customer, state, invoiceNumber }
  })
  return { orders: found, more, witnessed: rows.every(({ witnessed }) => witnessed === 1) }
}
