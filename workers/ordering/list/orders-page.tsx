import { DownloadFields } from '../../../shared/ui/download.tsx'
import { orderPath } from '../../../shared/contract/links.ts'
import {
  ButtonLink,
  type Column,
  Count,
  DataTable,
  Day,
  EmptyState,
  ErrorSummary,
  ListHead,
  Money,
  Notice,
  PageHeader,
  Pager,
  type Sorting,
  StateBadge,
} from '../../../shared/ui/parts.tsx'
import {
  ALL_ORDERS,
  isFiltered,
  listFields,
  listPath,
  type OrderListFilter,
  type OrderSort,
  type UnreadDay,
  WORKLIST,
} from './filter.ts'
import type { OrderCounts, OrderListPage } from './order-list.ts'
import type { SeenCount } from '../../../shared/db/listing-store.ts'
import type { ListedOrder } from './list-store.ts'
import { may } from '../edge/rights.ts'
import { type Frame, OrderingPage } from '../edge/frame.tsx'
import { DAY_LABELS, OrdersFilter } from './filter-form.tsx'

type OrdersPageProps = {
  frame: Frame
  list: OrderListPage & OrderCounts
  filter: OrderListFilter
  /** The number of the order that the page before ended with. */
  after: number | undefined
  /** The number of the order that was deleted a moment ago, for saying so. */
  deleted: number | undefined
}

/** The list of orders. */
export function OrdersPage({ frame, list, filter, after, deleted }: OrdersPageProps) {
  const { listed, next, found, rejected } = list
  return (
    <OrderingPage frame={frame} title="Orders" current="orders" scripts={['/order-filter.js']}>
      <PageHeader title="Orders" actions={<NewOrder frame={frame} />} />
      {deleted !== undefined && <Notice tone="success">{`Order ${deleted} was deleted.`}</Notice>}
      {rejected.count > 0 && !filter.rejected && <WorklistNotice rejected={rejected} />}
      <OrdersFilter filter={filter} />
      {listed.length === 0 ? (
        <NoOrders frame={frame} filter={filter} after={after} next={next} />
      ) : (
        <div>
          <ListHead
            count={found && <Count value={found.count} more={found.more} one="order" many="orders" />}
            actions={<Download filter={filter} />}
          />
          <OrdersTable listed={listed} filter={filter} />
        </div>
      )}
      <Pager
        label="Pages of orders"
        first={after === undefined ? undefined : listPath(filter)}
        next={next === null ? undefined : listPath(filter, next)}
      />
    </OrderingPage>
  )
}

type UnreadDaysPageProps = { frame: Frame; filter: OrderListFilter; unread: readonly UnreadDay[] }

/** The filters again, where a day in them cannot be read: which orders were asked for is not known, so none is listed. */
export function UnreadDaysPage({ frame, filter, unread }: UnreadDaysPageProps) {
  return (
    <OrderingPage frame={frame} title="Error: Orders" current="orders" scripts={['/order-filter.js']}>
      <PageHeader title="Orders" />
      <ErrorSummary
        errors={unread.map(({ name, message }) => ({ name, message: `${DAY_LABELS[name]}: ${message}` }))}
      />
      <OrdersFilter filter={filter} unread={unread} />
    </OrderingPage>
  )
}

function NewOrder({ frame }: { frame: Frame }) {
  if (!may('enter', frame.roles)) return null
  return (
    <ButtonLink href="/orders/new" variant="primary">
      New order
    </ButtonLink>
  )
}

function WorklistNotice({ rejected }: { rejected: SeenCount }) {
  const one = rejected.count === 1 && !rejected.more
  return (
    <Notice tone="warning">
      Billing rejected the {one ? 'invoice' : 'invoices'} of{' '}
      <Count value={rejected.count} more={rejected.more} one="order" many="orders" />.{' '}
      <a href={listPath(WORKLIST)}>See why, and correct {one ? 'it' : 'them'}</a>
    </Notice>
  )
}

/** Folded away until it is asked for; what is downloaded is all that the filter lets through. */
function Download({ filter }: { filter: OrderListFilter }) {
  return (
    <details class="list-download">
      <summary>Download</summary>
      <form class="filter-bar" method="get" action="/orders.csv">
        {Object.entries(listFields(filter)).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <DownloadFields path="/orders" />
      </form>
    </details>
  )
}

function OrdersTable({ listed, filter }: { listed: ListedOrder[]; filter: OrderListFilter }) {
  const columns: (Column<ListedOrder> | false)[] = [
    {
      label: 'Number',
      sort: sortingBy('number', filter),
      cell: ({ order }) => <a href={orderPath(order.number)}>{order.number}</a>,
    },
    {
      label: 'Placed',
      sort: sortingBy('placed', filter),
      cell: ({ order }) => <Day at={order.placedAt} />,
    },
    { label: 'Customer', sort: sortingBy('customer', filter), cell: ({ order }) => order.customer.name },
    !filter.rejected && { label: 'External ID', cell: ({ order }) => order.externalId },
    filter.rejected && { label: 'Rejection reason', cell: ({ rejection }) => rejection?.reason },
    { label: 'State', cell: (row) => <States {...row} /> },
    {
      label: 'Total',
      numeric: true,
      cell: ({ order }) => <Money amount={order.totals.gross} currency={order.currency} />,
    },
  ]
  return <DataTable caption="Orders" rows={listed} columns={columns.filter((column) => column !== false)} />
}

function States({ order, rejection }: ListedOrder) {
  return (
    <span class="badges">
      <StateBadge state={order.state} />
      {rejection !== null && <StateBadge state="Rejected" />}
    </span>
  )
}

/** By this column the other way round, or, where another one sorts, as one mostly wants it: names from A, days from the last. */
function sortingBy(sort: OrderSort, filter: OrderListFilter): Sorting {
  const sorted = filter.sort === sort
  const ascending = sorted ? !filter.ascending : sort === 'customer'
  const order = filter.ascending ? 'ascending' : 'descending'
  return { href: listPath({ ...filter, sort, ascending }), order: sorted ? order : undefined }
}

type NoOrdersProps = { frame: Frame; filter: OrderListFilter; after: number | undefined; next: number | null }

function NoOrders({ frame, filter, after, next }: NoOrdersProps) {
  if (next !== null) {
    return (
      <EmptyState
        title="No order matches so far"
        action={<ButtonLink href={listPath(filter, next)}>Continue searching</ButtonLink>}
      >
        {`The search has reached order ${next} and continues from there.`}
      </EmptyState>
    )
  }
  if (after !== undefined) {
    return (
      <EmptyState
        title="There are no more orders"
        action={<ButtonLink href={listPath(filter)}>Back to the first page</ButtonLink>}
      />
    )
  }
  const all = <ButtonLink href={listPath(ALL_ORDERS)}>Show all orders</ButtonLink>
  if (filter.rejected) {
    return (
      <EmptyState title="Nothing to correct" action={all}>
        An order whose invoice billing rejects appears here with the reason until it is amended.
      </EmptyState>
    )
  }
  if (isFiltered(filter)) {
    return (
      <EmptyState title="No order matches" action={all}>
        Search by part of the customer’s name, the order number, or part of the external ID, and check whether a filter
        excludes it.
      </EmptyState>
    )
  }
  const enter = may('enter', frame.roles) && (
    <ButtonLink href="/orders/new" variant="primary">
      Enter the first order
    </ButtonLink>
  )
  return (
    <EmptyState title="No orders yet" action={enter === false ? undefined : enter}>
      When you confirm an order here, you are taken straight to its invoice in billing.
    </EmptyState>
  )
}
