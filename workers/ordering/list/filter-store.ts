import { sql, type SQL } from 'drizzle-orm'
import { addDays, startOfDay } from '../../../shared/time/business-day.ts'
import { searchedForms, searchedNumber } from '../../../shared/text/fold.ts'
import type { OrderListFilter, OrderSort } from './filter.ts'
import { plain } from '../../../shared/handover/sql-names.ts'
import { billingNotices, orders } from '../schema.ts'

const SORT_KEYS: Record<OrderSort, SQL> = {
  number: plain`o.${orders.number}`,
  placed: plain`o.${orders.placedAt}`,
  customer: plain`o.${orders.customerSortKey}`,
}

/** That the notice `n` is a rejection. Those stand in an index of their own, whose condition is spelled just so. */
export const IS_REJECTION = plain`n.${billingNotices.notice} ->> 'kind' = 'rejected'`
/** That nobody has corrected the order `o` since the rejection `n`. */
export const NOT_CORRECTED = plain`n.${billingNotices.notice} ->> 'orderRevision' >= o.${orders.revision}`

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
  const keyOfAfter = plain`(SELECT ${key} FROM ${orders} o WHERE o.${orders.number} = ${after})`
  return [plain`${key} = ${keyOfAfter} AND o.${orders.number} ${than} ${after}`, sql`${key} ${than} ${keyOfAfter}`]
}

/** That the filter lets the order `o` through. */
export function conditionsOf(filter: OrderListFilter): SQL {
  const { state, q, customer, currency, rejected } = filter
  const conditions = [
    isInState(state),
    ...(q === '' ? [] : [matches(q)]),
    ...(customer === '' ? [] : [isOfCustomer(customer)]),
    ...(currency === '' ? [] : [plain`o.${orders.currency} = ${currency}`]),
    wasPlaced(filter),
    ...(rejected ? [sql`EXISTS (SELECT 1 ${REJECTIONS})`] : []),
  ]
  return sql.join(conditions, sql` AND `)
}

/** The rejections of the order `o` that nobody has corrected. */
const REJECTIONS = plain`
  FROM ${billingNotices} n WHERE n.${billingNotices.orderNumber} = o.${orders.number} AND ${IS_REJECTION}
    AND ${NOT_CORRECTED}`

/** The newest of them, as JSON: SQLite takes `notice` from the row that has the maximum. Sorting would cost a row for each. */
export const REJECTION = plain`(
  SELECT ${billingNotices.notice} FROM (SELECT n.${billingNotices.notice},
    max(n.${billingNotices.notice} ->> 'at') ${REJECTIONS}))`

/** That the order `o` is in the state; undefined: in any but Deleted. Its text, and no value, leads to an index. */
export function isInState(state: OrderListFilter['state']): SQL {
  return state === undefined
    ? plain`o.${orders.state} <> 'Deleted'`
    : plain`o.${orders.state} = ${sql.raw(`'${state}'`)}`
}

/** That the order `o` is the customer's. */
export function isOfCustomer(id: string): SQL {
  return plain`o.${orders.customer} ->> 'id' = ${id}`
}

/** That the order `o` was placed on the filter's days. */
export function wasPlaced({ from, to, timeZone }: OrderListFilter): SQL {
  // No instant is after the last day that four digits write.
  const last =
    to === '' || to === '9999-12-31'
      ? sql.raw('1')
      : plain`o.${orders.placedAt} < ${secondOf(startOfDay(addDays(to, 1), timeZone))}`
  return from === '' ? last : plain`o.${orders.placedAt} >= ${secondOf(startOfDay(from, timeZone))} AND ${last}`
}

/** What each instant of that second begins with, and so comes after, however many decimals it has. */
function secondOf(instant: string): string {
  return instant.slice(0, 'YYYY-MM-DDTHH:MM:SS'.length)
}

// instr and not LIKE: what is searched is taken literally, and D1 refuses patterns of more than 50 bytes.
function matches(q: string): SQL {
  const forms = searchedForms(q).map(
    (form) => plain`instr(o.${orders.customerNameFolded}, ${form}) > 0
    OR instr(o.${orders.externalIdFolded}, ${form}) > 0`,
  )
  return plain`(o.${orders.number} = ${searchedNumber(q) ?? null} OR ${sql.join(forms, sql` OR `)})`
}
