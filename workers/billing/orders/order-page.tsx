import { invoicePath } from '../../../shared/contract/links.ts'
import { taxesByRate } from '../../../shared/money/totals.ts'
import {
  ButtonLink,
  CalendarDay,
  CustomerAddress,
  DocumentFrame,
  DocumentLines,
  DocumentNote,
  DocumentTotals,
  Day,
  Notice,
  PageHeader,
  Panel,
  StateBadge,
} from '../../../shared/ui/parts.tsx'
import type { Invoice } from '../documents/invoice.ts'
import type { OrderCopy } from '../copies/order-copy.ts'
import { BillingPage, type Frame } from '../edge/frame.tsx'
import { OrderFacts } from './order-facts.tsx'

type OrderPageProps = { frame: Frame; copy: OrderCopy; invoice: Invoice | undefined; now: string }

/** Billing's copy of an order, to be read only: an order is changed in ordering. */
export function OrderPage({ frame, copy, invoice, now }: OrderPageProps) {
  const { record: order } = copy
  const title = `Order ${order.number}`
  return (
    <BillingPage frame={frame} title={title} sheet={title} current="invoices">
      <PageHeader
        title={title}
        back={{ href: '/invoices', label: 'Invoices' }}
        badge={<StateBadge state={order.state} />}
        actions={invoice !== undefined && <ButtonLink href={invoicePath(invoice.id)}>Invoice of this order</ButtonLink>}
      >
        Billing’s copy of the order. Changes are made in ordering.
      </PageHeader>
      {copy.orphaned && (
        <Notice tone="warning" title="Ordering no longer has this order">
          This happens after its database is restored from a backup without the order. The copy remains here, and
          follows the order again once it is restored.
        </Notice>
      )}
      <DocumentFrame
        title="Order"
        number={String(order.number)}
        standing={order.state === 'Deleted' ? { mark: 'Deleted', words: 'Deleted in ordering.' } : undefined}
        to={<CustomerAddress label="Customer" customer={order.customer} />}
        facts={[
          { term: 'Placed', description: <Day at={order.placedAt} /> },
          { term: 'External ID', description: order.externalId },
          { term: 'Day of supply', description: order.suppliedOn && <CalendarDay day={order.suppliedOn} /> },
        ]}
      >
        <DocumentLines lines={order.lines} charges={order.charges} currency={order.currency} />
        <DocumentTotals
          totals={order.totals}
          taxes={taxesByRate(order.lines, order.charges)}
          currency={order.currency}
          exemption={order.taxExemptionReason}
        />
        <DocumentNote note={order.note} />
      </DocumentFrame>
      <Panel title="The copy">
        <OrderFacts copy={copy} orderingOrigin={frame.otherOrigin} now={now} />
      </Panel>
    </BillingPage>
  )
}
