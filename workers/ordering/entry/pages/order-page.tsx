import type { Order } from '../../../../shared/contract/order.ts'
import { newOrderLink, orderPath } from '../../../../shared/contract/links.ts'
import { taxesByRate } from '../../../../shared/money/totals.ts'
import {
  Button,
  ButtonLink,
  CalendarDay,
  CustomerAddress,
  Day,
  DocumentFrame,
  DocumentLines,
  DocumentNote,
  DocumentTotals,
  KeyHint,
  PageHeader,
  Panel,
  StateBadge,
  StoredText,
} from '../../../../shared/ui/parts.tsx'
import { type Approval, findApproval } from '../approval.ts'
import type { KeptNotice } from '../../orders/notice-store.ts'
import type { OrderTrail } from '../../records/audit-store.ts'
import { ALL_ORDERS, listPath } from '../../list/filter.ts'
import { may } from '../../edge/rights.ts'
import { asksToCorrect, BillingAsks, BillingSays } from './billing-says.tsx'
import { DeleteOrder } from './delete-order-page.tsx'
import { type Frame, OrderingPage } from '../../edge/frame.tsx'
import { OrderHistory } from './order-history.tsx'

type OrderPageProps = {
  frame: Frame
  order: Order
  /** What the audit has of the order, a page of it, and where the page's address says that it ends. */
  trail: OrderTrail
  before: number | undefined
  /** Billing's notices of it. */
  notices: readonly KeptNotice[]
  /** The approval that the order, changed since, no longer says. */
  outdated: Approval | undefined
  /** Whether who looks at it may delete it. */
  deletable: boolean
}

/** An order as a document, what is known of it, and what can be done with it. */
export function OrderPage({ frame, order, trail, before, notices, outdated, deletable }: OrderPageProps) {
  const title = `Order ${order.number}`
  return (
    <OrderingPage
      frame={frame}
      title={title}
      sheet={title}
      current="orders"
      scripts={['/send-once.js', '/primary-key.js', '/order-draft.js']}
    >
      <PageHeader
        title={title}
        back={{ href: '/orders', label: 'Orders' }}
        badge={<StateBadge state={order.state} />}
        actions={<OrderActions order={order} frame={frame} toCorrect={asksToCorrect(order, notices)} />}
      />
      <BillingAsks frame={frame} order={order} notices={notices} outdated={outdated} />
      <div class="columns">
        <OrderDocument order={order} />
        <div class="stack">
          <Panel id="history" title="History">
            <OrderHistory order={order} trail={trail} before={before} />
          </Panel>
          <BillingSays frame={frame} order={order} notices={notices} />
          {deletable && <DeleteOrder order={order} approval={findApproval(notices)} />}
        </div>
      </div>
    </OrderingPage>
  )
}

function OrderActions({ order, frame, toCorrect }: { order: Order; frame: Frame; toCorrect: boolean }) {
  const path = orderPath(order.number)
  const enters = may('enter', frame.roles)
  return (
    <>
      {order.state === 'Draft' && enters && (
        <form method="post" action={`${path}/confirm`} data-send-once>
          <Button variant="primary" attributes={{ 'aria-keyshortcuts': 'Control+Enter' }}>
            Confirm order
          </Button>
          <KeyHint keys={['Ctrl', 'Enter']} />
        </form>
      )}
      {order.state === 'Confirmed' && (
        <ButtonLink
          href={newOrderLink(frame.otherOrigin, order.number)}
          variant={toCorrect && enters ? 'secondary' : 'primary'}
        >
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
      standing={order.state === 'Draft' ? { mark: 'Draft', words: 'Draft. It is not confirmed yet.' } : undefined}
      to={<CustomerAddress label="Customer" customer={order.customer} />}
      facts={[
        { term: 'Placed', description: <Day at={order.placedAt} /> },
        { term: 'External ID', description: order.externalId },
        { term: 'Customer ID', description: <OrdersOfCustomer id={order.customer.id} /> },
        { term: 'Currency', description: currency },
        { term: 'Day of supply', description: order.suppliedOn && <CalendarDay day={order.suppliedOn} /> },
      ]}
    >
      <DocumentLines lines={lines} charges={charges} currency={currency} />
      <DocumentTotals
        totals={totals}
        taxes={taxesByRate(lines, charges)}
        currency={currency}
        exemption={order.taxExemptionReason}
      />
      <DocumentNote note={order.note} />
    </DocumentFrame>
  )
}

function OrdersOfCustomer({ id }: { id: string }) {
  return (
    <a href={listPath({ ...ALL_ORDERS, customer: id })} title="All orders of this customer">
      <StoredText>{id}</StoredText>
    </a>
  )
}
