import { isCurrency } from '../../shared/currency.ts'
import { parseOrderNumber } from '../../shared/links.ts'

/** What a list may be sorted by. */
export const ORDER_SORTS = ['number', 'placed', 'customer'] as const
export type OrderSort = (typeof ORDER_SORTS)[number]

/** Which orders are listed and how, as the list's address says. An empty text asks for nothing. */
export type OrderListFilter = {
  state: 'Draft' | 'Confirmed' | undefined
  /** Part of the customer's name or of the external id, or the number. */
  q: string
  /** The whole id of a customer. */
  customer: string
  currency: string
  /** Days in UTC, the first and the last on which the order was placed. */
  from: string
  to: string
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
  rejected: false,
  sort: 'number',
  ascending: false,
}

/** Where the worklist is: the orders that billing rejected and that wait to be corrected. */
export const WORKLIST: OrderListFilter = { ...ALL_ORDERS, rejected: true }

/** The filter of an address; what is no filter is passed over, since people edit addresses. */
export function parseListFilter(query: (name: string) => string | undefined): OrderListFilter {
  const text = (name: string) => query(name)?.trim() ?? ''
  const state = text('state')
  const currency = text('currency').toUpperCase()
  const [sort, ascending] = parseSort(text('sort'))
  return {
    state: state === 'Draft' || state === 'Confirmed' ? state : undefined,
    q: text('q'),
    customer: text('customer'),
    currency: isCurrency(currency) ? currency : '',
    from: parseDay(text('from')),
    to: parseDay(text('to')),
    rejected: text('billing') === 'rejected',
    sort,
    ascending,
  }
}

/** The order that the page before ended with, as an address says it. */
export function parseAfter(query: (name: string) => string | undefined): number | undefined {
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

function parseDay(text: string): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : ''
}
