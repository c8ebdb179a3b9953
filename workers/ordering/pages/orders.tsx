import type { Order } from '../../../shared/contract.ts'
import { orderPath } from '../../../shared/links.ts'
import {
  ButtonLink,
  DataTable,
  Day,
  EmptyState,
  Field,
  FilterBar,
  Money,
  Notice,
  PageHeader,
  Pager,
  Select,
  StateBadge,
} from '../../../shared/ui.tsx'
import { may } from '../rights.ts'
import { type Frame, OrderingPage } from './frame.tsx'

/** What the list shows, as its address says. */
export type OrderListFilter = { state: 'Draft' | 'Confirmed' | undefined; q: string; after: number | undefined }

type OrdersPageProps = {
  frame: Frame
  orders: Order[]
  next: number | null
  filter: OrderListFilter
  /** The number of the order that was deleted a moment ago, for saying so. */
  deleted: number | undefined
}

const STATES = [
  { value: '', label: 'All' },
  { value: 'Draft', label: 'Draft' },
  { value: 'Confirmed', label: 'Confirmed' },
]

/** The list of orders, the highest number first. */
export function OrdersPage({ frame, orders, next, filter, deleted }: OrdersPageProps) {
  const filtered = filter.q !== '' || filter.state !== undefined
  const enters = may('enter', frame.roles)
  return (
    <OrderingPage frame={frame} title="Orders" current="orders">
      <PageHeader
        title="Orders"
        actions={
          enters ? (
            <ButtonLink href="/orders/new" variant="primary">
              New order
            </ButtonLink>
          ) : undefined
        }
      />
      {deleted !== undefined && <Notice tone="success">{`Order ${deleted} was deleted.`}</Notice>}
      <FilterBar label="Orders" action="/orders" clear={filtered ? '/orders' : undefined}>
        <Field
          name="q"
          label="Search"
          type="search"
          value={filter.q}
          attributes={{ placeholder: 'Customer, number or external ID' }}
        />
        <Select name="state" label="State" value={filter.state ?? ''} options={STATES} />
      </FilterBar>
      {orders.length === 0 ? (
        <NoOrders filter={filter} filtered={filtered} enters={enters} />
      ) : (
        <OrdersTable orders={orders} />
      )}
      <Pager
        label="Pages of orders"
        first={filter.after === undefined ? undefined : listPath({ ...filter, after: undefined })}
        next={next === null ? undefined : listPath({ ...filter, after: next })}
      />
    </OrderingPage>
  )
}

function OrdersTable({ orders }: { orders: Order[] }) {
  return (
    <DataTable
      caption="Orders"
      rows={orders}
      columns={[
        { label: 'Number', cell: ({ number }) => <a href={orderPath(number)}>{number}</a> },
        { label: 'Placed', cell: ({ placedAt }) => <Day at={placedAt} timeZone="UTC" /> },
        { label: 'Customer', cell: ({ customer }) => customer.name },
        { label: 'External ID', cell: ({ externalId }) => externalId },
        { label: 'State', cell: ({ state }) => <StateBadge state={state} /> },
        {
          label: 'Total',
          numeric: true,
          cell: ({ totals, currency }) => <Money amount={totals.gross} currency={currency} />,
        },
      ]}
    />
  )
}

function NoOrders({ filter, filtered, enters }: { filter: OrderListFilter; filtered: boolean; enters: boolean }) {
  if (filtered) {
    return (
      <EmptyState title="No order matches" action={<ButtonLink href="/orders">Show all orders</ButtonLink>}>
        Search for a part of the customer’s name, the order’s number, or a part of its external ID.
      </EmptyState>
    )
  }
  if (filter.after !== undefined) {
    return (
      <EmptyState
        title="There are no more orders"
        action={<ButtonLink href="/orders">Back to the first page</ButtonLink>}
      />
    )
  }
  return (
    <EmptyState
      title="There are no orders yet"
      action={
        enters ? (
          <ButtonLink href="/orders/new" variant="primary">
            Enter the first order
          </ButtonLink>
        ) : undefined
      }
    >
      An order that is confirmed here gets its invoice in billing at once.
    </EmptyState>
  )
}

function listPath({ state, q, after }: OrderListFilter): string {
  const query = new URLSearchParams()
  if (q !== '') query.set('q', q)
  if (state !== undefined) query.set('state', state)
  if (after !== undefined) query.set('after', String(after))
  return query.size === 0 ? '/orders' : `/orders?${query.toString()}`
}
