import { invoicePath } from '../../../shared/contract/links.ts'
import {
  Age,
  Button,
  ButtonLink,
  ButtonRow,
  type Column,
  Count,
  DataTable,
  KeyHint,
  ListHead,
  Money,
} from '../../../shared/ui/parts.tsx'
import type { Invoice } from '../documents/invoice.ts'
import { approvalsPath, MOST_AT_ONCE } from './approval-input.ts'
import type { Neighbours, Queue, WaitingSum } from '../documents/queue-store.ts'

/** How much waits for approval, since when, and what it comes to. */
export function QueueHead({ queue: { sums, invoices, oldestAt }, now }: { queue: Queue; now: string }) {
  return (
    <ListHead
      count={
        <>
          <Count value={invoices} one="invoice" many="invoices" />
          {oldestAt !== null && (
            <>
              , the oldest created <Age at={oldestAt} now={now} />
            </>
          )}
          : <Sums sums={sums} />
        </>
      }
    />
  )
}

/** Amounts in each currency, one after the other. */
export function Sums({ sums }: { sums: readonly Pick<WaitingSum, 'currency' | 'gross'>[] }) {
  return (
    <>
      {sums.map(({ currency, gross }, index) => (
        <>
          {index > 0 && ' · '}
          <Money amount={gross} currency={currency} />
        </>
      ))}
    </>
  )
}

/** The queue, from which several invoices are chosen to be approved together. */
export function ApprovalChoice({ invoices, columns }: { invoices: readonly Invoice[]; columns: Column<Invoice>[] }) {
  const oldest = invoices.filter(isDecidable).slice(0, MOST_AT_ONCE)
  const choice: Column<Invoice> = {
    label: 'Approve',
    pressed: true,
    cell: ({ id, orderNumber }) => (
      <input type="checkbox" name="id" value={String(id)} aria-label={`Select the invoice for order ${orderNumber}`} />
    ),
  }
  return (
    <form method="get" action="/approvals" data-queue>
      <DataTable caption="Invoices" columns={[...columns, choice]} rows={invoices} />
      <ButtonRow>
        <Button variant="primary" attributes={{ 'aria-keyshortcuts': 'A', 'data-key': 'a' }}>
          Approve selected…
        </Button>
        {oldest.length > 1 && (
          <ButtonLink href={approvalsPath(oldest.map(({ id }) => id))}>Approve the oldest {oldest.length}…</ButtonLink>
        )}
        <KeyHint keys={['J', 'K']} />
        <span class="hint">You’ll see the total before anything is approved.</span>
      </ButtonRow>
    </form>
  )
}

/** Whether an invoice can be decided on at all, as far as it says itself. */
export function isDecidable({ state, orderOrphaned, orderQuarantined }: Invoice): boolean {
  return state === 'ToApprove' && !orderOrphaned && !orderQuarantined
}

/** The ways on through the queue, without going back to it. */
export function QueueLinks({ neighbours: { previous, next } }: { neighbours: Neighbours }) {
  if (previous === null && next === null) return null
  return (
    <nav class="pager" aria-label="Waiting for approval">
      {previous !== null && (
        <ButtonLink
          href={invoicePath(previous)}
          attributes={{ rel: 'prev', 'aria-keyshortcuts': 'K', 'data-key': 'k' }}
        >
          Previous to approve
        </ButtonLink>
      )}
      {next !== null && (
        <ButtonLink href={invoicePath(next)} attributes={{ rel: 'next', 'aria-keyshortcuts': 'J', 'data-key': 'j' }}>
          Next to approve
        </ButtonLink>
      )}
      <KeyHint keys={[...(previous === null ? [] : ['K']), ...(next === null ? [] : ['J'])]} />
    </nav>
  )
}
