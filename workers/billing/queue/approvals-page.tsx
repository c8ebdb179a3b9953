import { invoicePath } from '../../../shared/contract/links.ts'
import {
  Age,
  Button,
  ButtonLink,
  ButtonRow,
  type Column,
  DataTable,
  Money,
  Notice,
  PageHeader,
} from '../../../shared/ui/parts.tsx'
import { writeSeenInvoice } from '../list/approval-input.ts'
import type { Invoice } from '../documents/invoice.ts'
import { isDecidable, Sums } from '../list/approval-queue.tsx'
import { BillingPage, type Frame } from '../edge/frame.tsx'
import { KeysChoice } from '../list/keys-choice.tsx'

type ApprovalsPageProps = {
  frame: Frame
  /** The chosen invoices, each with its ETag: nothing is approved but what this page showed. */
  seen: readonly { invoice: Invoice; seen: string }[]
  /** How many more were chosen than are approved at once. */
  left: number
  now: string
}

/** What the chosen invoices come to, before they are approved. */
export function ApprovalsPage({ frame, seen, left, now }: ApprovalsPageProps) {
  const decidable = seen.filter(({ invoice }) => isDecidable(invoice))
  const others = seen.length - decidable.length
  const title = `Approve ${decidable.length === 1 ? '1 invoice' : `${decidable.length} invoices`}`
  return (
    <BillingPage frame={frame} title={title} current="invoices" scripts={['/queue-keys.js', '/send-once.js']}>
      <PageHeader title={title} back={{ href: '/invoices', label: 'Invoices' }}>
        Together <Sums sums={sumUp(decidable.map(({ invoice }) => invoice))} />
      </PageHeader>
      {left > 0 && (
        <Notice title={`${left} more were selected`}>They remain in the queue until these are approved.</Notice>
      )}
      {others > 0 && (
        <Notice tone="warning" title={`${others} of them cannot be approved now`}>
          They have been decided in the meantime, or ordering’s record of their order is missing or cannot be read.
        </Notice>
      )}
      {decidable.length > 0 && (
        <DataTable
          caption="Invoices to approve"
          columns={columnsOf(now)}
          rows={decidable.map(({ invoice }) => invoice)}
        />
      )}
      <form method="post" action="/approvals" data-send-once>
        {decidable.map(({ invoice, seen }) => (
          <input type="hidden" name="approve" value={writeSeenInvoice({ id: invoice.id, seen })} />
        ))}
        <p class="hint">
          Each gets its number and date. Ordering is asked about the orders first: an invoice whose order has changed is
          not approved.
        </p>
        <ButtonRow>
          {decidable.length > 0 && (
            <Button variant="primary" attributes={{ 'aria-keyshortcuts': 'A', 'data-key': 'a' }}>
              {title}
            </Button>
          )}
          <ButtonLink href="/invoices" variant="quiet">
            Back to the queue
          </ButtonLink>
        </ButtonRow>
      </form>
      {decidable.length > 0 && <KeysChoice>A and then Enter approves.</KeysChoice>}
    </BillingPage>
  )
}

/** What invoices come to, by currency. */
function sumUp(invoices: readonly Invoice[]): { currency: string; gross: number }[] {
  const byCurrency = Map.groupBy(invoices, ({ currency }) => currency)
  return [...byCurrency]
    .map(([currency, alike]) => ({ currency, gross: alike.reduce((sum, { gross }) => sum + gross, 0) }))
    .sort((one, other) => one.currency.localeCompare(other.currency))
}

function columnsOf(now: string): Column<Invoice>[] {
  return [
    { label: 'Invoice', cell: ({ id, orderNumber }) => <a href={invoicePath(id)}>For order {orderNumber}</a> },
    { label: 'Customer', cell: ({ customer }) => customer.name },
    { label: 'Created', cell: ({ createdAt }) => <Age at={createdAt} now={now} /> },
    { label: 'Amount', numeric: true, cell: ({ gross, currency }) => <Money amount={gross} currency={currency} /> },
  ]
}
