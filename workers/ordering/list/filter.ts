import { isCurrency } from '../../../shared/money/currency.ts'
import { parseOrderNumber } from '../../../shared/contract/links.ts'
import { normalizeText } from '../../../shared/text/text.ts'
import { explainDay, parseDay } from '../../../shared/time/typed-day.ts'

/** What a list may be sorted by. */
export const ORDER_SORTS = ['number', 'placed', 'customer'] as const
/** The values of an address, by name. */
export type Query = (name: string) => string | undefined
export type OrderSort = (typeof ORDER_SORTS)[number]

/** Which orders are listed and how, as the list's address says. An empty text asks for nothing. */
export type OrderListFilter = {
  state: 'Draft' | 'Confirmed' | undefined
  /** Part of the customer's name or of the external id, or the number. */
  q: string
  /** The whole id of a customer. */
  customer: string
  currency: string
  /** The first and the last day on which the order was placed, where the business is. */
  from: string
  to: string
  /** The business's, an IANA name. */
  timeZone: string
  /** Only what billing has rejected and nobody has corrected since. */
  rejected: boolean
  sort: OrderSort
  ascending: boolean
}

/** Every order, the highest number first. */
export const ALL_ORDERS: OrderListFilter = {
  state: undefined,
  q: '',
  customer: '',
  currency: '',
  from: '',
  to: '',
  timeZone: 'UTC',
  rejected: false,
  sort: 'number',
  ascending: false,
}

/** Where the worklist is: the orders that billing rejected and that wait to be corrected. */
export const WORKLIST: OrderListFilter = { ...ALL_ORDERS, rejected: true }

/**
 * The filter of an address; what is no filter is passed over, since people edit addresses. Days that cannot be read are
 * passed over too, and `findUnreadDays` names them.
 */
export function parseListFilter(query: Query, timeZone: string): OrderListFilter {
  const text = (name: string) => normalizeText(query(name) ?? '')
  const state = text('state')
  const currency = text('currency').toUpperCase()
  const [sort, ascending] = parseSort(text('sort'))
  return {
    state: state === 'Draft' || state === 'Confirmed' ? state : undefined,
    q: text('q'),
    customer: text('customer'),
    currency: isCurrency(currency) ? currency : '',
    from: readDay(text('from')),
    to: readDay(text('to')),
    timeZone,
    rejected: text('billing') === 'rejected',
    sort,
    ascending,
  }
}

/** A day in an address that cannot be read, as it was typed there. */
export type UnreadDay = { name: 'from' | 'to'; typed: string; message: string }

/** The days that are to filter and cannot: what was asked for is not known, so it is asked again. */
export function findUnreadDays(query: Query): UnreadDay[] {
  return (['from', 'to'] as const).flatMap((name) => {
    const typed = query(name)?.trim() ?? ''
    const day = typed === '' ? undefined : parseDay(typed)
    return day === undefined || day.ok ? [] : [{ name, typed, message: explainDay(day.error) }]
  })
}

/** The order that the page before ended with, as an address says it. */
export function parseAfter(query: Query): number | undefined {
  return parseOrderNumber(query('after') ?? '')
}

/** The list's address; `after` is the number of the order that the page before ended with. */
export function listPath(filter: OrderListFilter, after?: number): string {
  const query = new URLSearchParams(listFields(filter))
  if (after !== undefined) query.set('after', String(after))
  return query.size === 0 ? '/orders' : `/orders?${query.toString()}`
}

/** What an address or a form says of the filter, by name; what it does not ask for is left out. */
export function listFields(filter: OrderListFilter): Record<string, string> {
  const { state = '', q, customer, currency, from, to, rejected } = filter
  const sort = writeSort(filter)
  const fields = {
    q,
    state,
    customer,
    currency,
    from,
    to,
    billing: rejected ? 'rejected' : '',
    sort: sort === writeSort(ALL_ORDERS) ? '' : sort,
  }
  return Object.fromEntries(Object.entries(fields).filter(([, text]) => text !== ''))
}

/** The sorting as an address spells it: the column, after a minus where the highest comes first. */
export function writeSort({ sort, ascending }: Pick<OrderListFilter, 'sort' | 'ascending'>): string {
  return ascending ? sort : `-${sort}`
}

/** Whether the filter leaves any order out. */
export function isFiltered(filter: OrderListFilter): boolean {
  return listPath({ ...filter, sort: ALL_ORDERS.sort, ascending: ALL_ORDERS.ascending }) !== listPath(ALL_ORDERS)
}

function parseSort(text: string): [sort: OrderSort, ascending: boolean] {
  const sort = ORDER_SORTS.find((candidate) => candidate === text.replace(/^-/, ''))
  return sort === undefined ? [ALL_ORDERS.sort, ALL_ORDERS.ascending] : [sort, !text.startsWith('-')]
}

function readDay(text: string): string {
  const day = parseDay(text)
  return day.ok ? day.value : ''
}
