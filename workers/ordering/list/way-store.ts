import { sql, type SQL } from 'drizzle-orm'
import type { Asked, Few, Way, Ways } from '../../../shared/db/listing-store.ts'
import { searchedNumber } from '../../../shared/text/fold.ts'
import {
  conditionsOf,
  IS_REJECTION,
  isInState,
  isOfCustomer,
  NOT_CORRECTED,
  placesBehind,
  sortKey,
  wasPlaced,
} from './filter-store.ts'
import type { OrderListFilter } from './filter.ts'
import { plain } from '../../../shared/handover/sql-names.ts'
import { billingNotices, orders } from '../schema.ts'

/**
 * The way of a list, by rule: by what billing rejected, or else by the customer, or else by a term of the search; a list
 * without these by its own index. The first three are sorted by number. Where the list is not, they are followed only if they
 * lead to few orders, and so are days, a currency or the drafts.
 *
 * What else the filter asks is asked of each order that the way leads to. Where a way leads to many of which little fits, a
 * page of 50 reads its 150 rows and may be empty: of 30,000 orders, 3,000 of them of one customer and none in dollars, the
 * customer's list in dollars ends after 21 such pages.
 *
 * No statement may let D1 choose the index: without statistics it may well read all orders.
 * @param byTerm leads to what stands under a term of the search; undefined where it has none
 */
export function waysOf(
  filter: OrderListFilter,
  byTerm: Way | undefined,
): Pick<Asked, 'ways' | 'fits'> & { few?: Few | undefined } {
  const narrow = narrowWays(filter, byTerm)
  const fits = conditionsOf(filter)
  // What is rejected need not be asked of what rejections lead to.
  const narrowFits = conditionsOf({ ...filter, rejected: false })
  if (filter.sort === 'number' && narrow !== undefined) return { ways: narrow, fits: narrowFits }
  const few = narrow ?? fewOtherwise(filter)
  const ways: Ways = [sortedWay(filter)]
  return { ways, fits, few: few && { ways: few, fits: narrowFits, key: sortKey(filter.sort) } }
}

function narrowWays({ rejected, customer, q }: OrderListFilter, byTerm: Way | undefined): Ways | undefined {
  if (rejected) return [REJECTED]
  if (customer !== '') return [through('orders_customer_id', isOfCustomer(customer))]
  if (byTerm === undefined) return undefined
  // A number that is searched is found whether or not it is part of a text.
  const number = searchedNumber(q)
  return number === undefined ? [byTerm] : [byTerm, wayOfNumber(number)]
}

/** The list's own index. */
function sortedWay(filter: OrderListFilter): Way {
  switch (filter.sort) {
    case 'number':
      return wayOfCurrency(filter) ?? wayOfState(filter.state)
    case 'placed':
      return wayOfDays(filter)
    case 'customer':
      return {
        ...through('orders_customer_sorted', sql.raw('1')),
        behind: (after) => placesBehind(filter, after),
        order: [sortKey('customer'), plain`o.${orders.number}`],
      }
  }
}

/** What may lead to few orders where nothing narrower is asked for, and the list is not sorted by it. */
function fewOtherwise(filter: OrderListFilter): Ways | undefined {
  const { sort, from, to, state } = filter
  const byDays = sort === 'placed' || from + to === '' ? undefined : wayOfDays(filter)
  const others =
    sort === 'number' ? undefined : (wayOfCurrency(filter) ?? (state === 'Draft' ? wayOfState(state) : undefined))
  const way = byDays ?? others
  return way && [way]
}

/** The way to what billing has rejected; an order may come twice. */
const REJECTED: Way = {
  through: 'another',
  from: plain`${billingNotices} n INDEXED BY billing_notices_rejected`,
  id: plain`n.${billingNotices.orderNumber}`,
  where: sql`${IS_REJECTION} AND ${NOT_CORRECTED}`,
}

function wayOfNumber(number: number): Way {
  return {
    through: 'another',
    from: plain`${orders}`,
    id: plain`${orders.number}`,
    where: plain`${orders.number} = ${number}`,
  }
}

function wayOfDays(filter: OrderListFilter): Way {
  // Of two bounds on one column SQLite may enter the index by the wider one: behind an order only the other one is asked.
  const further = wasPlaced({ ...filter, ...(filter.ascending ? { from: '' } : { to: '' }) })
  return {
    ...through('orders_placed', wasPlaced(filter)),
    behind: (after) => placesBehind(filter, after).map((place) => sql`${further} AND ${place}`),
    order: [sortKey('placed'), plain`o.${orders.number}`],
  }
}

function wayOfCurrency({ currency }: OrderListFilter): Way | undefined {
  return currency === '' ? undefined : through('orders_currency', plain`o.${orders.currency} = ${currency}`)
}

function wayOfState(state: OrderListFilter['state']): Way {
  switch (state) {
    case 'Draft':
      return through('orders_drafts', isInState('Draft'))
    case 'Confirmed':
      return through('orders_confirmed', isInState('Confirmed'))
    case undefined:
      return { through: 'itself', index: sql.raw('NOT INDEXED'), where: sql.raw('1') }
  }
}

function through(index: string, where: SQL): Way & { through: 'itself' } {
  return { through: 'itself', index: sql.raw(`INDEXED BY ${index}`), where }
}
