import type { Order } from '../../../../shared/contract/order.ts'
import { orderPath } from '../../../../shared/contract/links.ts'
import {
  Button,
  ButtonLink,
  ButtonRow,
  DescriptionList,
  Money,
  Notice,
  PageHeader,
  Panel,
} from '../../../../shared/ui/parts.tsx'
import type { Approval } from '../approval.ts'
import { type Frame, OrderingPage } from '../../edge/frame.tsx'

/** Leads to the page that asks. It says what deleting means before anything is pressed. */
export function DeleteOrder({ order, approval }: { order: Order; approval: Approval | undefined }) {
  return (
    <Panel title="Delete">
      <p>{consequenceOf(order, approval)} You will be asked to confirm.</p>
      <form method="get" action={`${orderPath(order.number)}/delete`}>
        <div>
          <Button variant="danger">Delete order</Button>
        </div>
      </form>
    </Panel>
  )
}

type DeleteOrderPageProps = {
  frame: Frame
  order: Order
  approval: Approval | undefined
  /** The invoice was approved since the person was asked, so what they agreed to is no longer what happens. */
  approvedMeanwhile?: boolean
}

/** Asks whether the order is to be deleted, and says what that means for it and for its invoice. */
export function DeleteOrderPage({ frame, order, approval, approvedMeanwhile = false }: DeleteOrderPageProps) {
  const { number, customer, totals, currency } = order
  const title = `Delete order ${number}?`
  const path = orderPath(number)
  return (
    <OrderingPage frame={frame} title={title} current="orders" scripts={['/send-once.js']}>
      <PageHeader title={title} back={{ href: path, label: `Order ${number}` }} />
      {approvedMeanwhile && approval !== undefined && (
        <Notice tone="error" title={`Invoice ${approval.invoiceNumber} has been approved in the meantime`}>
          <p>Nothing was deleted. Read below what deleting the order now means, then decide again.</p>
        </Notice>
      )}
      <Panel>
        <DescriptionList
          entries={[
            { term: 'Customer', description: customer.name },
            { term: 'Total', description: <Money amount={totals.gross} currency={currency} /> },
          ]}
        />
        <p>{consequenceOf(order, approval)}</p>
        <p>This cannot be undone. The order remains on record under its number but is no longer shown.</p>
        <form method="post" action={`${path}/delete`} data-send-once>
          <input type="hidden" name="approval" value={approval?.invoiceNumber ?? ''} />
          <ButtonRow>
            <Button variant="danger">Delete order</Button>
            <ButtonLink href={path}>Keep the order</ButtonLink>
          </ButtonRow>
        </form>
      </Panel>
    </OrderingPage>
  )
}

function consequenceOf(order: Order, approval: Approval | undefined): string {
  if (order.confirmedAt === null) {
    return 'The draft is removed from the list. Billing does not know about it, so it has no invoice.'
  }
  if (approval === undefined) {
    return (
      'The order is removed from the list, and billing cancels its invoice as soon as it learns of this. An invoice ' +
      'approved before then remains and must be corrected by a credit note.'
    )
  }
  return `The order is removed from the list. Its invoice ${approval.invoiceNumber} is approved and remains: billing must correct it by a credit note.`
}
