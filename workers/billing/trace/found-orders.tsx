import { tracePath } from '../../../shared/contract/links.ts'
import {
  ButtonLink,
  type Column,
  DataTable,
  EmptyState,
  Notice,
  Panel,
  StateBadge,
  StoredText,
} from '../../../shared/ui/parts.tsx'
import type { FoundOrder } from './place.ts'
import type { OrderSearch } from './search.ts'
import type { TraceRefusal } from './trace.ts'

const COLUMNS: Column<FoundOrder>[] = [
  { label: 'Order', cell: ({ number }) => <a href={tracePath(number)}>{number}</a> },
  { label: 'Customer', cell: ({ customer }) => customer ?? '–' },
  { label: 'External ID', cell: ({ externalId }) => externalId ?? '–' },
  { label: 'State', cell: ({ state }) => <StateBadge state={state} /> },
  { label: 'Invoice', cell: ({ invoiceNumber }) => invoiceNumber ?? '–' },
]

/** Several orders may be meant: what tells them apart, each leading to its trace. */
export function FoundOrders({ asked, search }: { asked: string; search: OrderSearch }) {
  const { orders, more, notKnown } = search
  const among = `/invoices?${new URLSearchParams({ state: 'All', q: asked }).toString()}`
  return (
    <>
      {notKnown !== null && (
        <Notice tone="warning" title="There may be others">
          <p>{notKnown}.</p>
        </Notice>
      )}
      {orders.length > 0 && (
        <Panel title={orders.length === 1 && !more ? 'One order found' : 'Which one?'}>
          <DataTable caption="Orders found" columns={COLUMNS} rows={orders} />
          {more && (
            <p class="hint">
              There are more than {orders.length}. <a href={among}>Search the invoices</a>
            </p>
          )}
        </Panel>
      )}
      {orders.length === 0 && (
        <EmptyState title="Nothing found so far" action={<ButtonLink href={among}>Search the invoices</ButtonLink>}>
          Only the newest invoices were searched.
        </EmptyState>
      )}
    </>
  )
}

/** Nothing was found; where ordering was silent, that is all that can be said. */
export function NothingFoundBy({ asked, refusal }: { asked: string; refusal: TraceRefusal }) {
  switch (refusal.reason) {
    case 'unknown':
      return (
        <EmptyState title="No order found">
          <p>
            Looked for “<StoredText>{asked}</StoredText>”. Neither app has a confirmed order with this number or
            external ID, and billing has no invoice, credit note or customer that matches.
          </p>
          <p>A draft exists only in ordering until it is confirmed.</p>
        </EmptyState>
      )
    case 'no_answer':
      return (
        <EmptyState title="It is unknown whether there is such an order">
          <p>
            Looked for “<StoredText>{asked}</StoredText>”. Billing has nothing that matches, and ordering does not
            answer. If you have confirmed the order, it is stored in ordering, and billing gets it once ordering
            answers.
          </p>
        </EmptyState>
      )
  }
}
