import { sql, type SQL } from 'drizzle-orm'
import { searchedNumber } from '../../../shared/text/fold.ts'
import type { OrderListFilter, OrderSort } from './filter.ts'
import { IS_REJECTION, isInState, isOfCustomer, NOT_CORRECTED, wasPlaced } from './filter-store.ts'

/** An index that leads to the orders `o` of a list: to some that the filter lets through and to some that it does not. */
export type Way = {
  from: SQL
  where: SQL
  /** The same behind an order of the list: of two bounds on one column SQLite may enter an index by the wider one. */
  further: SQL
  /** The order's number as the index has it. */
  number: SQL
  /** What the index is sorted by. */
  sort: OrderSort
  /** How many rows D1 reads for each order. */
  rowsEach: 1 | 2 | 3
  /** The rejection of each, where the way leads by rejections: to orders that were rejected alone. */
  rejection?: SQL
}

/** How a list is gone through. */
export type Ways = {
  /** Sorted as the list is. */
  sorted: Way
  /** In another order, worth a try: it may lead to few orders. */
  few: Way | undefined
  /** To the order whose number was searched, where `sorted` or `few` may not lead to it. */
  exact: Way | undefined
}

const O_NUMBER = sql.raw('o.number')

/**
 * The ways of the filter. No filter may make D1 choose for itself: without statistics it may well read all orders.
 * @param term by which the searched orders stand in order_terms; undefined where none does
 */
export function waysOf(filter: OrderListFilter, term: string | undefined): Ways {
  const { rejected, byTerm, customer, currency, placed } = selectiveWays(filter, term)
  const narrow = rejected ?? customer ?? byTerm
  if (filter.sort === 'number') {
    const sorted = narrow ?? currency ?? wayOfState(filter.state)
    return { sorted, few: narrow === undefined ? placed : undefined, exact: exactWay(filter, sorted === byTerm) }
  }
  const draft = filter.state === 'Draft' ? wayOfState('Draft') : undefined
  const sorted = filter.sort === 'placed' ? wayByDay(filter) : BY_NAME
  const few = narrow ?? (filter.sort === 'placed' ? undefined : placed) ?? currency ?? draft
  return { sorted, few, exact: exactWay(filter, few !== undefined && few === byTerm) }
}

/** A number that is searched is found whether or not it is part of a text. */
function exactWay({ q }: OrderListFilter, byTerm: boolean): Way | undefined {
  const searched = byTerm ? searchedNumber(q) : undefined
  return searched === undefined ? undefined : through('NOT INDEXED', sql`o.number = ${searched}`)
}

function selectiveWays(filter: OrderListFilter, term: string | undefined) {
  const { customer, currency, rejected, from, to } = filter
  return {
    rejected: rejected ? REJECTED : undefined,
    byTerm: term === undefined ? undefined : wayOfTerm(term),
    customer: customer === '' ? undefined : through('INDEXED BY orders_customer_id', isOfCustomer(customer)),
    placed: from === '' && to === '' ? undefined : wayByDay(filter),
    currency: currency === '' ? undefined : through('INDEXED BY orders_currency', sql`o.currency = ${currency}`),
  }
}

const BY_NAME = through('INDEXED BY orders_customer_sorted', sql.raw('1'), 'customer')

function wayByDay(filter: OrderListFilter): Way {
  const further = wasPlaced({ ...filter, ...(filter.ascending ? { from: '' } : { to: '' }) })
  return { ...through('INDEXED BY orders_placed', wasPlaced(filter), 'placed'), further }
}

/** The way to what billing has rejected; an order may come twice. */
const REJECTED: Way = {
  from: sql.raw(
    `billing_notices n INDEXED BY billing_notices_rejected CROSS JOIN orders o ON o.number = n.order_number`,
  ),
  where: sql`${IS_REJECTION} AND ${NOT_CORRECTED}`,
  further: sql`${IS_REJECTION} AND ${NOT_CORRECTED}`,
  number: sql.raw('n.order_number'),
  sort: 'number',
  rowsEach: 3,
  rejection: sql.raw('n.notice'),
}

function wayOfTerm(term: string): Way {
  return {
    from: sql.raw('order_terms t CROSS JOIN orders o ON o.number = t.order_number'),
    where: sql`t.term = ${term}`,
    further: sql`t.term = ${term}`,
    number: sql.raw('t.order_number'),
    sort: 'number',
    rowsEach: 2,
  }
}

function wayOfState(state: OrderListFilter['state']): Way {
  switch (state) {
    case 'Draft':
      return through('INDEXED BY orders_drafts', isInState('Draft'))
    case 'Confirmed':
      return through('INDEXED BY orders_confirmed', isInState('Confirmed'))
    case undefined:
      return through('NOT INDEXED', sql.raw('1'))
  }
}

function through(index: string, where: SQL, sort: OrderSort = 'number'): Way {
  return { from: sql.raw(`orders o ${index}`), where, further: where, number: O_NUMBER, sort, rowsEach: 1 }
}
