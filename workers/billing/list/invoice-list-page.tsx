import { DownloadFields } from '../../../shared/ui/download.tsx'
import { invoicePath, orderPath } from '../../../shared/contract/links.ts'
import {
  Age,
  ButtonLink,
  type Column,
  DataTable,
  EmptyState,
  Field,
  FilterBar,
  type FormError,
  Money,
  Notice,
  PageHeader,
  Pager,
  Panel,
  Select,
  stateLabel,
} from '../../../shared/ui/parts.tsx'
import { INVOICE_STATES, type Invoice } from '../documents/invoice.ts'
import { ANY_STATE, type InvoiceListQuery, isSought, soughtFields, usualState } from './query.ts'
import type { Queue } from '../documents/queue-store.ts'
import { may } from '../edge/rights.ts'
import { ApprovalChoice, QueueHead } from './approval-queue.tsx'
import { BillingPage, type Frame } from '../edge/frame.tsx'
import { InvoiceBadges } from '../documents/badges.tsx'
import { KeysChoice } from './keys-choice.tsx'
import { describeSought, NothingFound, SearchField, SoughtFields } from './search-fields.tsx'

type InvoiceListPageProps = {
  frame: Frame
  query: InvoiceListQuery
  /** A page of it; `next` is the id that it ends with, where another one follows. */
  list: { invoices: readonly Invoice[]; next: number | null }
  /** Invoices waiting for approval, where that is what is listed. */
  queue: Queue | undefined
  /** What is wrong with what was typed: then nothing was looked for. */
  errors: readonly FormError[]
  /** How many approved invoices no longer match their orders. */
  mismatched: number
  /** The month that it is where the business is, as `2026-11`. */
  month: string
  now: string
}

/** The list of invoices: those that wait for approval, the oldest first, unless others are asked for. */
export function InvoiceListPage({ frame, query, list, queue, errors, mismatched, month, now }: InvoiceListPageProps) {
  const { invoices, next } = list
  const nextPath = next === null ? undefined : listPath({ ...query, after: next })
  const approvable = queue !== undefined && may('decide', frame.roles)
  return (
    <BillingPage frame={frame} title="Invoices" current="invoices" scripts={approvable ? ['/queue-keys.js'] : []}>
      <PageHeader title="Invoices">{leadOf(query)}</PageHeader>
      {mismatched > 0 && query.mismatched === undefined && !isSought(query) && (
        <WorklistNotice mismatched={mismatched} />
      )}
      <InvoiceFilter query={query} errors={errors} />
      {queue !== undefined && invoices.length > 0 && <QueueHead queue={queue} now={now} />}
      {invoices.length === 0 && errors.length === 0 && <NoInvoices query={query} next={nextPath} />}
      {invoices.length > 0 &&
        (approvable ? (
          <>
            <ApprovalChoice invoices={invoices} columns={columnsOf(now)} />
            <KeysChoice>J and K move between rows, X selects, A goes to the button.</KeysChoice>
          </>
        ) : (
          <DataTable caption="Invoices" columns={columnsOf(now)} rows={invoices} />
        ))}
      <Pager
        label="Pages of invoices"
        first={query.after === undefined ? undefined : listPath({ ...query, after: undefined })}
        next={nextPath}
      />
      <MonthDownload month={month} />
    </BillingPage>
  )
}

function leadOf(query: InvoiceListQuery): string {
  const { state, order, mismatched } = query
  if (order !== undefined) return `The invoice of order ${order}.`
  if (mismatched !== undefined && !isSought(query)) return 'Approved invoices that no longer match their orders.'
  const which = state === ANY_STATE ? 'All invoices' : stateLabel(state)
  if (isSought(query)) return `${which} that match ${describeSought(query)}.`
  switch (state) {
    case 'ToApprove':
      return 'Waiting for approval, oldest first.'
    case ANY_STATE:
    case 'Approved':
    case 'Rejected':
    case 'Cancelled':
      return `${which}, newest first.`
  }
}

const STATES = [
  ...INVOICE_STATES.map((state) => ({ value: state as string, label: stateLabel(state) })),
  { value: ANY_STATE as string, label: 'All states' },
]

const ORDERS = [
  { value: '', label: 'Any' },
  { value: 'true', label: 'No longer matches' },
]

/** What waits is listed unless something is looked for: then it is looked for in all states. */
function stateOptions(query: InvoiceListQuery) {
  const usual = usualState(query)
  const [first, others] = [STATES.filter(({ value }) => value === usual), STATES.filter(({ value }) => value !== usual)]
  return [...first.map(({ label }) => ({ value: '', label })), ...others]
}

function WorklistNotice({ mismatched }: { mismatched: number }) {
  const one = mismatched === 1
  return (
    <Notice tone="warning">
      {one
        ? '1 approved invoice no longer matches its order'
        : `${mismatched} approved invoices no longer match their orders`}
      .{' '}
      <a href={listPath({ state: ANY_STATE, mismatched: 'true' })}>
        See what changed, and credit {one ? 'it' : 'them'}
      </a>
    </Notice>
  )
}

function InvoiceFilter({ query, errors }: { query: InvoiceListQuery; errors: readonly FormError[] }) {
  const filtered = query.state !== 'ToApprove' || usualState(query) !== query.state
  return (
    <FilterBar
      label="Filter the invoices"
      action="/invoices"
      clear={filtered ? '/invoices' : undefined}
      more={
        <SoughtFields query={query} errors={errors} open={query.mismatched !== undefined}>
          <Select name="mismatched" label="Its order" value={query.mismatched} options={ORDERS} />
        </SoughtFields>
      }
    >
      <SearchField query={query} placeholder="Customer, number or external ID" />
      <Select
        name="state"
        label="State"
        value={query.state === usualState(query) ? '' : query.state}
        options={stateOptions(query)}
      />
    </FilterBar>
  )
}

function MonthDownload({ month }: { month: string }) {
  return (
    <Panel title="Monthly list">
      <form class="filter-bar" method="get" action="/invoices.csv">
        <Field
          type="month"
          name="month"
          label="Month"
          value={month}
          width="short"
          attributes={{ pattern: '[0-9]{4}-[0-9]{2}' }}
        />
        <DownloadFields path="/invoices" />
      </form>
      <p class="hint">
        All invoices and credit notes issued in the month, one row per tax rate, with totals by currency at the end. The
        amounts of credit notes are negative.
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
    { label: 'State', cell: (invoice) => <InvoiceBadges invoice={invoice} /> },
    { label: 'Created', cell: ({ createdAt }) => <Age at={createdAt} now={now} /> },
    { label: 'Amount', numeric: true, cell: ({ gross, currency }) => <Money amount={gross} currency={currency} /> },
  ]
}

function NoInvoices({ query, next }: { query: InvoiceListQuery; next: string | undefined }) {
  const { state, order, mismatched, after } = query
  if (isSought(query)) return <NoneFound query={query} next={next} />
  if (mismatched !== undefined) {
    return (
      <EmptyState
        title="All approved invoices match their orders"
        action={<ButtonLink href="/invoices">Invoices waiting for approval</ButtonLink>}
      >
        An invoice whose order is amended or deleted after approval appears here until it is credited.
      </EmptyState>
    )
  }
  if (order !== undefined && state !== ANY_STATE) {
    return (
      <EmptyState
        title={`Order ${order} has no invoice in this state`}
        action={<ButtonLink href={listPath({ state: ANY_STATE, order })}>Look in all states</ButtonLink>}
      />
    )
  }
  if (order !== undefined) {
    return (
      <EmptyState title={`There is no invoice for order ${order}`}>
        An order gets its invoice once it is confirmed in ordering and pulled, within a minute.
      </EmptyState>
    )
  }
  if (after !== undefined) {
    return (
      <EmptyState
        title="There are no more invoices"
        action={<ButtonLink href={listPath({ ...query, after: undefined })}>Back to the first page</ButtonLink>}
      />
    )
  }
  if (state === 'ToApprove') {
    return (
      <EmptyState title="Nothing is waiting for approval">
        An order confirmed in ordering has its invoice here within a minute.
      </EmptyState>
    )
  }
  return <EmptyState title="No invoices found" />
}

function NoneFound({ query, next }: { query: InvoiceListQuery; next: string | undefined }) {
  const inAllStates = { href: listPath({ ...query, state: ANY_STATE }), label: 'Look in all states' }
  const wider = query.state === ANY_STATE ? [] : [inAllStates]
  return (
    <NothingFound one="invoice" query={query} next={next} wider={wider}>
      <p>
        Search by part of the customer’s name or of the order’s external ID, by the invoice number or how it begins, or
        by the order number. Only approved invoices have a number and an issue date.
      </p>
    </NothingFound>
  )
}

function listPath(asked: InvoiceListQuery): string {
  const { state, order, mismatched, after } = asked
  const query = new URLSearchParams([['state', state], ...soughtFields(asked)])
  if (order !== undefined) query.set('order', String(order))
  if (mismatched !== undefined) query.set('mismatched', mismatched)
  if (after !== undefined) query.set('after', String(after))
  return `/invoices?${query.toString()}`
}
