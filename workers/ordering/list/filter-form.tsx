import { listCurrencies } from '../../../shared/money/currency.ts'
import { Field, FilterBar, MoreFilters, Select } from '../../../shared/ui/parts.tsx'
import { ALL_ORDERS, isFiltered, listPath, type OrderListFilter, type UnreadDay, writeSort } from './filter.ts'

const STATES = [
  { value: '', label: 'All' },
  { value: 'Draft', label: 'Draft' },
  { value: 'Confirmed', label: 'Confirmed' },
]
const BILLING = [
  { value: '', label: 'Any' },
  { value: 'rejected', label: 'Rejected' },
]
const SORTS = [
  { value: '-number', label: 'Highest number' },
  { value: 'number', label: 'Lowest number' },
  { value: '-placed', label: 'Latest placed' },
  { value: 'placed', label: 'Earliest placed' },
  { value: 'customer', label: 'Customer A to Z' },
  { value: '-customer', label: 'Customer Z to A' },
]
const CURRENCIES = [{ value: '', label: 'Any' }, ...listCurrencies().map((code) => ({ value: code, label: code }))]

export const DAY_LABELS = { from: 'Placed from', to: 'Placed to' }

/** The list's filters: the ones of every day at hand, the others folded away unless one of them is on. */
export function OrdersFilter({ filter, unread = [] }: { filter: OrderListFilter; unread?: readonly UnreadDay[] }) {
  const { state, q, customer, currency, from, to, rejected } = filter
  const day = (name: UnreadDay['name']) => {
    const refused = unread.find((each) => each.name === name)
    const value = refused?.typed ?? filter[name]
    return <Field name={name} label={DAY_LABELS[name]} type="date" value={value} error={refused?.message} />
  }
  const sorting = writeSort(filter)
  const more =
    customer + currency + from + to !== '' || unread.length > 0 || rejected || sorting !== writeSort(ALL_ORDERS)
  const clear = isFiltered(filter) ? listPath(ALL_ORDERS) : undefined
  return (
    <FilterBar
      label="Orders"
      action="/orders"
      clear={clear}
      more={
        <MoreFilters open={more}>
          <div class="suggests">
            <Field
              name="customer"
              label="Customer ID"
              value={customer}
              attributes={{ 'data-suggest': 'customers', autocomplete: 'off' }}
            />
          </div>
          {day('from')}
          {day('to')}
          <Select name="currency" label="Currency" value={currency} options={CURRENCIES} />
          <Select name="billing" label="Billing status" value={rejected ? 'rejected' : ''} options={BILLING} />
          <Select name="sort" label="Sort by" value={sorting} options={SORTS} />
        </MoreFilters>
      }
    >
      <Field
        name="q"
        label="Search"
        type="search"
        value={q}
        hint="Capitals, accents and punctuation styles make no difference."
        attributes={{ placeholder: 'Customer, number or external ID' }}
      />
      <Select name="state" label="State" value={state ?? ''} options={STATES} />
    </FilterBar>
  )
}
