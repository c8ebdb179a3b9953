import { orderPath, tracePath } from '../../../shared/contract/links.ts'
import { Age, Day, DescriptionList, StateBadge } from '../../../shared/ui/parts.tsx'
import type { OrderCopy } from '../copies/order-copy.ts'

// Beside a link that was followed, a decision asks for its order, too.
const SOURCES = { pull: 'by the pull', 'deep-link': 'on request' } as const

type OrderFactsProps = {
  copy: OrderCopy
  orderingOrigin: string
  now: string
  /** Whether the page of the copy is linked, or is where this stands. */
  copyLinked?: boolean
}

/** What billing knows of an order beside what is invoiced, and how fresh that is. */
export function OrderFacts({ copy, orderingOrigin, now, copyLinked = false }: OrderFactsProps) {
  const { record: order, source, fetchedAt } = copy
  const inOrdering = <a href={orderingOrigin + orderPath(order.number)}>Open order {order.number} in ordering</a>
  return (
    <DescriptionList
      entries={[
        {
          term: 'Order',
          description: copyLinked ? <a href={orderPath(order.number)}>Order {order.number}</a> : String(order.number),
        },
        { term: 'State', description: <StateBadge state={order.state} /> },
        { term: 'Revision', description: String(order.revision) },
        { term: 'External ID', description: order.externalId },
        { term: 'Placed', description: <Day at={order.placedAt} /> },
        { term: 'Confirmed', description: <Day at={order.confirmedAt} /> },
        { term: 'Confirmed by', description: order.confirmedBy },
        {
          term: 'Fetched',
          description: (
            <>
              <Age at={fetchedAt} now={now} />, {SOURCES[source]}
            </>
          ),
        },
        { term: 'In ordering', description: inOrdering },
        { term: 'Trace', description: <a href={tracePath(order.number)}>Where is my order?</a> },
      ]}
    />
  )
}
