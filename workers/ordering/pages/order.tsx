import type { AuditEntry } from '../../../shared/audit.ts'
import type { Order } from '../../../shared/contract.ts'
import { newOrderLink, orderPath } from '../../../shared/links.ts'
import { taxesByRate } from '../../../shared/money.ts'
import {
  Button,
  ButtonLink,
  CustomerAddress,
  Day,
  DocumentFrame,
  DocumentLines,
  DocumentNote,
  DocumentTotals,
  PageHeader,
  Panel,
  StateBadge,
} from '../../../shared/ui.tsx'
import type { KeptNotice } from '../notice-store.ts'
import { may } from '../rights.ts'
import { BillingAsks, BillingSays } from './billing-says.tsx'
import { type Frame, OrderingPage } from './frame.tsx'
import { OrderHistory } from './order-history.tsx'

type OrderPageProps = {
  frame: Frame
  order: Order
  /** What the audit has of the order. */
  entries: readonly AuditEntry[]
  /** What billing has told of it. */
  notices: readonly KeptNotice[]
  /** Whether who looks at it may delete it. */
  deletable: boolean
}

/** An order as a document, what is known of it, and what can be done with it. */
export function OrderPage({ frame, order, entries, notices, deletable }: OrderPageProps) {
  const title = `Order ${order.number}`
  return (
    <OrderingPage frame={frame} title={title} current="orders" scripts={['/send-once.js']}>
      <PageHeader
        title={title}
        back={{ href: '/orders', label: 'Orders' }}
        badge={<StateBadge state={order.state} />}
        actions={<OrderActions order={order} frame={frame} />}
      />
      <BillingAsks frame={frame} order={order} notices={notices} />
      <div class="columns">
        <OrderDocument order={order} />
        <div class="stack">
          <Panel title="History">
            <OrderHistory order={order} entries={entries} />
          </Panel>
          <BillingSays frame={frame} order={order} notices={notices} />
          {deletable && <DeletePanel order={order} />}
        </div>
      </div>
    </OrderingPage>
  )
}

function OrderActions({ order, frame }: { order: Order; frame: Frame }) {
  const path = orderPath(order.number)
  const enters = may('enter', frame.roles)
  return (
    <>
      {order.state === 'Draft' && enters && (
        <form method="post" action={`${path}/confirm`} data-send-once>
          <Button variant="primary">Confirm order</Button>
        </form>
      )}
      {order.state === 'Confirmed' && (
        <ButtonLink href={newOrderLink(frame.billingOrigin, order.number)} variant="primary">
          Open the invoice
        </ButtonLink>
      )}
      {enters && <ButtonLink href={`${path}/edit`}>Amend</ButtonLink>}
      {enters && <ButtonLink href={`/orders/new?copy=${order.number}`}>Duplicate</ButtonLink>}
    </>
  )
}

function OrderDocument({ order }: { order: Order }) {
  const { currency, lines, charges, totals } = order
  return (
    <DocumentFrame
      title="Order"
      number={String(order.number)}
      to={<CustomerAddress label="Customer" customer={order.customer} />}
      facts={[
        // In UTC, as it is entered: an imported order's midnight must not become the evening before.
        { term: 'Placed', description: <Day at={order.placedAt} timeZone="UTC" /> },
        { term: 'External ID', description: order.externalId },
        { term: 'Customer ID', description: order.customer.id },
        { term: 'Currency', description: currency },
      ]}
    >
      <DocumentLines lines={lines} charges={charges} currency={currency} />
      <DocumentTotals totals={totals} taxes={taxesByRate(lines, charges)} currency={currency} />
      <DocumentNote note={order.note} />
    </DocumentFrame>
  )
}

/** Deleting asks first, without a script: the button is there once the details are opened. */
function DeletePanel({ order }: { order: Order }) {
  return (
    <Panel>
      <details>
        <summary>Delete…</summary>
        <div class="stack">
          <p>
            {order.state === 'Draft'
              ? 'The order is taken off the list. It cannot be brought back; its number is not given again.'
              : 'The order is taken off the list and an invoice that waits for approval is cancelled. An approved one stays and is to be corrected by a credit note. The order cannot be brought back.'}
          </p>
          <form method="post" action={`${orderPath(order.number)}/delete`} data-send-once>
            <div>
              <Button variant="danger">Delete order</Button>
            </div>
          </form>
        </div>
      </details>
    </Panel>
  )
}
