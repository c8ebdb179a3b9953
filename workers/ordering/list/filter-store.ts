import { sql, type SQL } from 'drizzle-orm'
import { addDays, startOfDay } from '../../../shared/time/business-day.ts'
import { searchedForms, searchedNumber } from '../../../shared/text/fold.ts'
import type { OrderListFilter, OrderSort } from './filter.ts'

const SORT_KEYS: Record<OrderSort, SQL> = {
  number: sql.raw('o.number'),
  placed: sql.raw('o.placed_at'),
  customer: sql.raw('o.customer_sort_key'),
}

/** That the notice `n` is a rejection. Those stand in an index of their own, whose condition is spelled just so. */
const REJECTS = `n.notice ->> 'kind' = 'rejected'`
export const IS_REJECTION = sql.raw(REJECTS)
/** That nobody has corrected the order `o` since the rejection `n`. */
const NOT_SINCE_CORRECTED = `n.notice ->> 'orderRevision' >= o.revision`
export const NOT_CORRECTED = sql.raw(NOT_SINCE_CORRECTED)

/** What sorts the order `o`, before its number. */
export function sortKey(sort: OrderSort): SQL {
  return SORT_KEYS[sort]
}

/**
 * What comes after the order with that number, in a list sorted by placed day or customer, as that one is now: its place
 * may have changed meanwhile. In two parts, one after the other: what the sort key does not tell apart from that order, and
 * the rest. An index is entered just behind it by each; by both as one it would be read from the first of those that are tied.
 */
export function placesBehind({ sort, ascending }: OrderListFilter, after: number): [tied: SQL, beyond: SQL] {
  const than = sql.raw(ascending ? '>' : '<')
  const key = sortKey(sort)
  const keyOfAfter = sql`(SELECT ${key} FROM orders o WHERE o.number = ${after})`
  return [sql`${key} = ${keyOfAfter} AND o.number ${than} ${after}`, sql`${key} ${than} ${keyOfAfter}`]
}

/** That the filter lets the order `o` through. */
export function conditionsOf(filter: OrderListFilter): SQL {
  const { state, q, customer, currency, rejected } = filter
  const conditions = [
    isInState(state),
    ...(q === '' ? [] : [matches(q)]),
    ...(customer === '' ? [] : [isOfCustomer(customer)]),
    ...(currency === '' ? [] : [sql`o.currency = ${currency}`]),
    wasPlaced(filter),
    ...(rejected ? [sql.raw(`EXISTS (SELECT 1 ${REJECTIONS})`)] : []),
  ]
  return sql.join(conditions, sql` AND `)
}

/** The rejections of the order `o` that nobody has corrected. */
const REJECTIONS = `FROM billing_notices n WHERE n.order_number = o.number AND ${REJECTS} AND ${NOT_SINCE_CORRECTED}`

/** The newest of them, as JSON: SQLite takes `notice` from the row that has the maximum. Sorting would cost a row for each. */
export const REJECTION = `(SELECT notice FROM (SELECT n.notice, max(n.notice ->> 'at') ${REJECTIONS}))`

/** That the order `o` is in the state; undefined: in any but Deleted. Its text, and no value, leads to an index. */
export function isInState(state: OrderListFilter['state']): SQL {
  return sql.raw(state === undefined ? `o.state <> 'Deleted'` : `o.state = '${state}'`)
}

/** That the order `o` is the customer's. */
export function isOfCustomer(id: string): SQL {
  return sql`o.customer ->> 'id' = ${id}`
}

/** That the order `o` was placed on the filter's days. */
export function wasPlaced({ from, to, timeZone }: OrderListFilter): SQL {
  // No instant is after the last day that four digits write.
  const last =
    to === '' || to === '9999-12-31'
      ? sql.raw('1')
      : sql`o.placed_at < ${secondOf(startOfDay(addDays(to, 1), timeZone))}`
  return from === '' ? last : sql`o.placed_at >= ${secondOf(startOfDay(from, timeZone))} AND ${last}`
}

/** What each instant of that second begins with, and so comes after, however many decimals it has. */
function secondOf(instant: string): string {
  return instant.slice(0, 'YYYY-MM-DDTHH:MM:SS'.length)
}

// instr and not LIKE: what is searched is taken literally, and D1 refuses patterns of more than 50 bytes.
function matches(q: string): SQL {
  const forms = searchedForms(q).map(
    (form) => sql`instr(o.customer_name_folded, ${form}) > 0 OR instr(o.external_id_folded, ${form}) > 0`,
  )
  return sql`(o.number = ${searchedNumber(q) ?? null} OR ${sql.join(forms, sql` OR `)})`
}
