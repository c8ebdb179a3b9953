import { invoicePath, orderPath } from '../../../shared/links.ts'
import {
  Age,
  Button,
  ButtonLink,
  type Column,
  DataTable,
  EmptyState,
  Field,
  FilterBar,
  Money,
  PageHeader,
  Pager,
  Panel,
  Select,
  StateBadge,
  stateLabel,
} from '../../../shared/ui.tsx'
import { INVOICE_STATES, type Invoice } from '../invoice.ts'
import { ANY_STATE, type InvoiceListQuery } from '../invoice-query.ts'
import type { Queue } from '../queue-store.ts'
import { may } from '../rights.ts'
import { ApprovalChoice, QueueHead } from './approval-queue.tsx'
import { BillingPage, type Frame } from './frame.tsx'
import { KeysChoice } from './keys-choice.tsx'

type InvoiceListPageProps = {
  frame: Frame
  query: InvoiceListQuery
  /** A page of it; `next` is the id that it ends with, where another one follows. */
  list: { invoices: readonly Invoice[]; next: number | null }
  /** What waits for approval, where that is what is listed. */
  queue: Queue | undefined
  /** The month that it is where the business is, as `2026-11`. */
  month: string
  now: string
}

/** The list of invoices: those that wait for approval, the oldest first, unless others are asked for. */
export function InvoiceListPage({ frame, query, list: { invoices, next }, queue, month, now }: InvoiceListPageProps) {
  const approvable = queue !== undefined && may('decide', frame.roles)
  return (
    <BillingPage frame={frame} title="Invoices" current="invoices" scripts={approvable ? ['/queue-keys.js'] : []}>
      <PageHeader title="Invoices">{leadOf(query)}</PageHeader>
      <InvoiceFilter query={query} />
      {queue !== undefined && invoices.length > 0 && <QueueHead queue={queue} now={now} />}
      {invoices.length === 0 && <NoInvoices query={query} />}
      {invoices.length > 0 &&
        (approvable ? (
          <>
            <ApprovalChoice invoices={invoices} columns={columnsOf(now)} />
            <KeysChoice>J and K go from row to row, X chooses, A goes to the button.</KeysChoice>
          </>
        ) : (
          <DataTable caption="Invoices" columns={columnsOf(now)} rows={invoices} />
        ))}
      <Pager
        label="Pages of invoices"
        first={query.after === undefined ? undefined : listPath({ ...query, after: undefined })}
        next={next === null ? undefined : listPath({ ...query, after: next })}
      />
      <MonthDownload month={month} />
    </BillingPage>
  )
}

function leadOf({ state, order }: InvoiceListQuery): string {
  if (order !== undefined) return `The invoice of order ${order}.`
  switch (state) {
    case 'ToApprove':
      return 'Waiting for approval, the oldest first.'
    case ANY_STATE:
      return 'All invoices, the newest first.'
    case 'Approved':
    case 'Rejected':
    case 'Cancelled':
      return `${stateLabel(state)}, the newest first.`
  }
}

const STATE_OPTIONS = [
  ...INVOICE_STATES.map((state) => ({ value: state, label: stateLabel(state) })),
  { value: ANY_STATE, label: 'All states' },
]

function InvoiceFilter({ query }: { query: InvoiceListQuery }) {
  const filtered = query.state !== 'ToApprove' || query.order !== undefined
  return (
    <FilterBar label="Filter the invoices" action="/invoices" clear={filtered ? '/invoices' : undefined}>
      <Select name="state" label="State" value={query.state} options={STATE_OPTIONS} />
      <Field
        name="order"
        label="Order number"
        value={query.order ?? null}
        width="short"
        attributes={{ inputmode: 'numeric', maxlength: 16 }}
      />
    </FilterBar>
  )
}

function MonthDownload({ month }: { month: string }) {
  return (
    <Panel title="A month’s list">
      <form class="filter-bar" method="get" action="/invoices.csv">
        <Field
          type="month"
          name="month"
          label="Month"
          value={month}
          width="short"
          attributes={{ pattern: '[0-9]{4}-[0-9]{2}' }}
        />
        <Button>Download CSV</Button>
      </form>
      <p class="hint">
        All invoices and credit notes that were issued in the month; the amounts of credit notes are below 0.
      </p>
    </Panel>
  )
}

function columnsOf(now: string): Column<Invoice>[] {
  return [
    {
      label: 'Invoice',
      cell: ({ id, invoiceNumber, orderNumber }) => (
        <a href={invoicePath(id)}>{invoiceNumber ?? `For order ${orderNumber}`}</a>
      ),
    },
    { label: 'Customer', cell: ({ customer }) => customer.name },
    { label: 'Order', cell: ({ orderNumber }) => <a href={orderPath(orderNumber)}>{orderNumber}</a> },
    { label: 'State', cell: ({ state }) => <StateBadge state={state} /> },
    { label: 'Made', cell: ({ createdAt }) => <Age at={createdAt} now={now} /> },
    { label: 'Amount', numeric: true, cell: ({ gross, currency }) => <Money amount={gross} currency={currency} /> },
  ]
}

function NoInvoices({ query }: { query: InvoiceListQuery }) {
  const elsewhere = query.order !== undefined && query.state !== ANY_STATE
  if (elsewhere) {
    return (
      <EmptyState
        title={`Order ${query.order} has no invoice in this state`}
        action={<ButtonLink href={listPath({ state: ANY_STATE, order: query.order })}>Look in all states</ButtonLink>}
      />
    )
  }
  if (query.order !== undefined) {
    return (
      <EmptyState title={`There is no invoice for order ${query.order}`}>
        An order has its invoice once it was confirmed in ordering and pulled, a minute later at most.
      </EmptyState>
    )
  }
  if (query.state === 'ToApprove') {
    return (
      <EmptyState title="Nothing waits for approval">
        An order that is confirmed in ordering has its invoice here a minute later at most.
      </EmptyState>
    )
  }
  return <EmptyState title="There are no such invoices" />
}

function listPath({ state, order, after }: InvoiceListQuery): string {
  const query = new URLSearchParams({ state })
  if (order !== undefined) query.set('order', String(order))
  if (after !== undefined) query.set('after', String(after))
  return `/invoices?${query.toString()}`
}
