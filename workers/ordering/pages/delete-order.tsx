import type { Order } from '../../../shared/contract.ts'
import { orderPath } from '../../../shared/links.ts'
import { Button, Panel } from '../../../shared/ui.tsx'
import type { Approval } from '../approval.ts'

/** Deletes an order at one press, and says beside the button what that leads to. */
export function DeleteOrder({ order, approval }: { order: Order; approval: Approval | undefined }) {
  return (
    <Panel title="Delete">
      <p>{consequenceOf(order, approval)} The order cannot be brought back.</p>
      <form method="post" action={`${orderPath(order.number)}/delete`} data-send-once>
        <div>
          <Button variant="danger">Delete order</Button>
        </div>
      </form>
    </Panel>
  )
}

function consequenceOf(order: Order, approval: Approval | undefined): string {
  if (order.confirmedAt === null) return 'The draft is taken off the list. Billing never hears of it.'
  if (approval === undefined) return 'The order is taken off the list, and its invoice is cancelled.'
  return `The order is taken off the list. Its invoice ${approval.invoiceNumber} is approved and stays: billing has to correct it by a credit note.`
}
