import type { Child } from 'hono/jsx'
import { ErrorPage } from '../../../shared/ui/error-page.tsx'
import { invoicePath, newOrderLink, orderPath } from '../../../shared/contract/links.ts'
import type { FieldError } from '../../../shared/edge/problem.ts'
import { ButtonLink } from '../../../shared/ui/parts.tsx'
import type { Invoice } from '../documents/invoice.ts'
import { type Frame, frameProps } from './frame.tsx'

/** There is no invoice with this id. */
export function NoSuchInvoicePage({ frame }: { frame: Frame }) {
  return (
    <ErrorPage
      {...frameProps(frame, 'invoices')}
      status={404}
      requestId={frame.requestId}
      title="There is no such invoice"
    >
      Check the address, or find the invoice in the list by its order number.
    </ErrorPage>
  )
}

/** There is no credit note with this id. */
export function NoSuchCreditNotePage({ frame }: { frame: Frame }) {
  return (
    <ErrorPage
      {...frameProps(frame, 'credit-notes')}
      status={404}
      requestId={frame.requestId}
      title="There is no such credit note"
    >
      Check the address, or find it in the list of credit notes, or on the page of its invoice.
    </ErrorPage>
  )
}

/** The filters of a list, or the fields of a form, are none that billing's pages send. */
export function InvalidQueryPage({ frame, errors }: { frame: Frame; errors: readonly FieldError[] }) {
  return (
    <ErrorPage
      {...frameProps(frame, 'invoices')}
      status={400}
      requestId={frame.requestId}
      title="The list cannot be filtered this way"
    >
      <FieldErrors errors={errors} />
    </ErrorPage>
  )
}

/** Billing has no copy of the order. */
export function NoSuchOrderPage({ frame, number }: { frame: Frame; number: number | undefined }) {
  return (
    <ErrorPage
      {...frameProps(frame, 'invoices')}
      status={404}
      requestId={frame.requestId}
      title="There is no such order here"
      actions={number !== undefined && <OpenInOrdering frame={frame} number={number} />}
    >
      Billing has the orders that were confirmed in ordering and that a pull has read. A pull runs every minute.
    </ErrorPage>
  )
}

/** The order was deleted in ordering; `invoice` is what it left behind, if anything. */
export function OrderDeletedPage({
  frame,
  number,
  invoice,
}: {
  frame: Frame
  number: number
  invoice: Invoice | undefined
}) {
  return (
    <ErrorPage
      {...frameProps(frame, 'invoices')}
      status={410}
      requestId={frame.requestId}
      title={`Order ${number} was deleted`}
      actions={invoice !== undefined && <ButtonLink href={invoicePath(invoice.id)}>See its invoice</ButtonLink>}
    >
      {whatBecameOf(invoice)}
    </ErrorPage>
  )
}

function whatBecameOf(invoice: Invoice | undefined): string {
  if (invoice === undefined) return 'It was deleted in ordering, so there is nothing to invoice.'
  if (invoice.state === 'Approved') {
    return `It was deleted in ordering after its invoice ${invoice.invoiceNumber} was approved. It is corrected by a credit note.`
  }
  return 'It was deleted in ordering, and its invoice is cancelled.'
}

/** Ordering knows no confirmed order of this number. */
export function UnknownOrderPage({ frame, number }: { frame: Frame; number: number | undefined }) {
  return (
    <ErrorPage
      {...frameProps(frame, 'invoices')}
      status={404}
      requestId={frame.requestId}
      title={number === undefined ? 'That is not an order number' : `There is no confirmed order ${number}`}
      actions={number !== undefined && <OpenInOrdering frame={frame} number={number} />}
    >
      An order gets an invoice once it is confirmed in ordering.
    </ErrorPage>
  )
}

/** Ordering does not answer and billing has no copy of the order. */
export function OrderingUnavailablePage({ frame, number, detail }: { frame: Frame; number: number; detail: string }) {
  return (
    <ErrorPage
      {...frameProps(frame, 'invoices')}
      status={503}
      requestId={frame.requestId}
      title="Ordering is unavailable"
      retryPath={newOrderLink('', number)}
    >
      <p>
        If you have just confirmed order {number}, the order is safe: it is stored in ordering, and nothing is lost.
        Billing creates its invoice once ordering answers, whether or not this page is open. Until then billing cannot
        tell whether there is such an order.
      </p>
      <p class="muted">{detail}.</p>
    </ErrorPage>
  )
}

/** What ordering answered does not fit the contract and billing has no copy of the order. */
export function UnreadableOrderPage({
  frame,
  number,
  errors,
}: {
  frame: Frame
  number: number
  errors: readonly FieldError[]
}) {
  return (
    <ErrorPage
      {...frameProps(frame, 'invoices')}
      status={503}
      requestId={frame.requestId}
      title="This order cannot be read"
      retryPath={newOrderLink('', number)}
      actions={<OpenInOrdering frame={frame} number={number} />}
    >
      <p>Ordering has the order, but these parts of it do not fit an invoice. They have to be corrected there.</p>
      <FieldErrors errors={errors} />
    </ErrorPage>
  )
}

function OpenInOrdering({ frame, number }: { frame: Frame; number: number }): Child {
  return <ButtonLink href={frame.otherOrigin + orderPath(number)}>Open order {number} in ordering</ButtonLink>
}

function FieldErrors({ errors }: { errors: readonly FieldError[] }) {
  return (
    <ul>
      {errors.map(({ pointer, detail }) => (
        <li>
          <code>{pointer}</code>: {detail}
        </li>
      ))}
    </ul>
  )
}
