import { eq, sql } from 'drizzle-orm'
import * as z from '../../../shared/zod.ts'
import {
  type ChargeInput,
  type Customer,
  instant,
  type LineInput,
  type Order,
  type OrderState,
  publishedOrder,
} from '../../../shared/contract/order.ts'
import { isCurrency } from '../../../shared/money/currency.ts'
import { rowsOf } from '../../../shared/db/d1.ts'
import { bytesIn, columnsWhole, type LargeColumns } from '../../../shared/db/large-texts.ts'
import { totalsOf } from '../../../shared/money/totals.ts'
import type { OrderingDb } from '../db.ts'
import { plain } from '../../../shared/handover/sql-names.ts'
import { orders } from '../schema.ts'

/** An order's row as ORDER_COLUMNS selects it; `customer`, `lines` and `charges` are JSON. */
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
  lines: string
  charges: string
  suppliedOn: string | null
  taxExemptionReason: string | null
  note: string | null
}

/** What field names, short values and punctuation add to an order's texts when it is written as JSON, in bytes. */
const BYTES_AN_ORDER = 700

/** The columns of the order `o`, as OrderRow has them. */
export const ORDER_FACTS = {
  texts: {
    customer: plain`o.${orders.customer}`,
    lines: plain`o.${orders.lines}`,
    charges: plain`o.${orders.charges}`,
  },
  plain: { taxExemptionReason: plain`o.${orders.taxExemptionReason}`, note: plain`o.${orders.note}` },
  others: plain`
  o.${orders.number}, o.${orders.state}, o.${orders.revision}, o.${orders.fingerprint}, o.${orders.currency},
  o.${orders.confirmedSequenceNr} AS confirmedSequenceNr, o.${orders.externalId} AS externalId,
  o.${orders.placedAt} AS placedAt, o.${orders.confirmedAt} AS confirmedAt, o.${orders.confirmedBy} AS confirmedBy,
  o.${orders.updatedAt} AS updatedAt, o.${orders.updatedBy} AS updatedBy, o.${orders.suppliedOn} AS suppliedOn`,
  added: sql.raw(String(BYTES_AN_ORDER)),
} satisfies LargeColumns

/** The same, to be selected. */
export const ORDER_COLUMNS = columnsWhole(ORDER_FACTS)
/** What the order `o` comes to as JSON, in bytes. */
export const ORDER_BYTES = bytesIn(ORDER_FACTS)

/** What is published of a row that SQL has spoiled: its columns, which no reader takes for an order. */
export type SpoiledRecord = OrderRow & { totals: null }

/** What is published of a row: the order, or, where it holds no order, its columns, so that its reader can name it. */
export function toPublished(row: OrderRow): Order | SpoiledRecord {
  return parseRow(row) ?? { ...row, totals: null }
}

/**
 * The order that a row stands for, with its totals. Of a row that SQL has spoiled, what can be shown: the app's own
 * pages must not fail because of one order, and amending it corrects it.
 */
export function toOrder(row: OrderRow): Order {
  const order = parseRow(row)
  if (order !== undefined && SHOWABLE.safeParse(order).success) return order
  return {
    ...row,
    placedAt: showableInstant(row.placedAt),
    confirmedAt: row.confirmedAt === null ? null : showableInstant(row.confirmedAt),
    updatedAt: showableInstant(row.updatedAt),
    // Nothing is priced in it: the order shows no amounts.
    currency: isCurrency(row.currency) ? row.currency : 'EUR',
    customer: UNREADABLE_CUSTOMER,
    lines: [],
    charges: [],
    suppliedOn: null,
    taxExemptionReason: null,
    note: null,
    totals: NO_TOTALS,
  }
}

/** What a page or an answer can be made from. An order without lines can be shown, though it is not to be published. */
const SHOWABLE = z.lazy(() => {
  const { placedAt, updatedAt, currency, customer, lines, charges, ...others } = z.unwrap(publishedOrder).shape
  const { suppliedOn, taxExemptionReason, note } = others
  return z.object({
    placedAt,
    confirmedAt: z.nullable(placedAt),
    updatedAt,
    currency,
    customer,
    lines: z.array(lines.def.element),
    charges,
    suppliedOn,
    taxExemptionReason,
    note,
  })
})

function showableInstant(text: string): string {
  return instant.safeParse(text).success ? text : new Date(0).toISOString()
}

const NO_TOTALS = { net: 0, tax: 0, gross: 0 }
const UNREADABLE = '(cannot be read)'
const UNREADABLE_CUSTOMER: Customer = {
  id: UNREADABLE,
  name: UNREADABLE,
  contact: null,
  email: null,
  vatId: null,
  address: {
    street: UNREADABLE,
    additional: null,
    city: UNREADABLE,
    postalCode: null,
    region: null,
    country: UNREADABLE,
  },
}

function parseRow(row: OrderRow): Order | undefined {
  try {
    return parseColumns(row)
  } catch {
    // No JSON, no list, no number: whatever it is, the row holds no order.
    return undefined
  }
}

function parseColumns(row: OrderRow): Order {
  const lines = JSON.parse(row.lines) as LineInput[]
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
    suppliedOn: row.suppliedOn,
    taxExemptionReason: row.taxExemptionReason,
    note: row.note,
    totals: totalsOf(lines, charges),
  }
}

/** The order in whatever state, a deleted one too. */
export async function findOrder(db: OrderingDb, number: number): Promise<Order | undefined> {
  const [row] = rowsOf<OrderRow>(await selectOrder(db, number))
  return row && toOrder(row)
}

/** The number of the order with this external id, a deleted one too. */
export async function findNumberByExternalId(db: OrderingDb, externalId: string): Promise<number | undefined> {
  const [row] = await db.select({ number: orders.number }).from(orders).where(eq(orders.externalId, externalId))
  return row?.number
}

/** Where the numbers that are taken without a gap from `number` on end; undefined if `number` itself is free. */
export async function findEndOfTaken(db: OrderingDb, number: number): Promise<number | undefined> {
  const result = await db.run(plain`
    SELECT o.${orders.number} FROM ${orders} o
    WHERE o.${orders.number} >= ${number} AND EXISTS (SELECT 1 FROM ${orders} WHERE ${orders.number} = ${number})
      AND NOT EXISTS (SELECT 1 FROM ${orders} WHERE ${orders.number} = o.${orders.number} + 1)
    ORDER BY o.${orders.number} LIMIT 1`)
  return rowsOf<{ number: number }>(result)[0]?.number
}

/** Selects the one order, for a batch that wants it as its own writes left it. */
export function selectOrder(db: OrderingDb, number: number) {
  return db.run(plain`SELECT ${ORDER_COLUMNS} FROM ${orders} o WHERE o.${orders.number} = ${number}`)
}
