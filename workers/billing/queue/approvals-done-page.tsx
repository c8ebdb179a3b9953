import type { Child } from 'hono/jsx'
import { invoicePath } from '../../../shared/contract/links.ts'
import {
  ButtonLink,
  type Column,
  DataTable,
  Money,
  Notice,
  PageHeader,
  StateBadge,
  StoredText,
} from '../../../shared/ui/parts.tsx'
import type { Invoice } from '../documents/invoice.ts'
import type { DoneMark } from '../list/approval-input.ts'
import { isDecidable } from '../list/approval-queue.tsx'
import { BillingPage, type Frame } from '../edge/frame.tsx'

type ApprovalsDonePageProps = {
  frame: Frame
  invoices: readonly Invoice[]
  /** What is known of them, by id, beside what they say themselves. */
  marks: ReadonlyMap<number, DoneMark>
}

/** What became of each of several approvals: by what the invoices say now, so that it can be loaded again. */
export function ApprovalsDonePage({ frame, invoices, marks }: ApprovalsDonePageProps) {
  const approved = invoices.filter(({ state }) => state === 'Approved').length
  const onCopy = invoices.filter(({ id, state }) => state === 'Approved' && marks.get(id) === 'on_copy').length
  const title = `${approved} of ${invoices.length} approved`
  return (
    <BillingPage frame={frame} title={title} current="invoices">
      <PageHeader
        title={title}
        back={{ href: '/invoices', label: 'Invoices' }}
        actions={<ButtonLink href="/invoices">Back to the queue</ButtonLink>}
      />
      {approved === invoices.length ? (
        <Notice tone="success" title="All approved">
          Each now has its invoice number.
        </Notice>
      ) : (
        <Notice tone="warning" title="Some were not approved">
          The reason is given beside each. Nothing was lost: invoices that still wait are in the queue.
        </Notice>
      )}
      {onCopy > 0 && (
        <Notice tone="warning" title="Ordering did not answer">
          It was asked about the orders first. {onCopy === 1 ? '1 invoice was' : `${onCopy} invoices were`} approved
          from billing’s copy of the order: if an order has changed since, its invoice says so once ordering answers
          again.
        </Notice>
      )}
      <DataTable caption="Results" columns={columnsOf(marks)} rows={invoices} />
    </BillingPage>
  )
}

function columnsOf(marks: ReadonlyMap<number, DoneMark>): Column<Invoice>[] {
  return [
    {
      label: 'Invoice',
      cell: ({ id, invoiceNumber, orderNumber }) => (
        <a href={invoicePath(id)}>{invoiceNumber ?? `For order ${orderNumber}`}</a>
      ),
    },
    { label: 'Customer', cell: ({ customer }) => customer.name },
    { label: 'State', cell: ({ state }) => <StateBadge state={state} /> },
    { label: 'Why', cell: (invoice) => whyNot(invoice, marks.get(invoice.id)) },
    { label: 'Amount', numeric: true, cell: ({ gross, currency }) => <Money amount={gross} currency={currency} /> },
  ]
}

function whyNot(invoice: Invoice, mark: DoneMark | undefined): Child {
  switch (invoice.state) {
    case 'Approved':
      return mark === 'on_copy' ? 'Approved from billing’s copy of the order' : ''
    case 'Rejected':
      return (
        <span>
          Rejected by <StoredText>{invoice.decidedBy}</StoredText> in the meantime
        </span>
      )
    case 'Cancelled':
      return 'Its order was deleted'
    case 'ToApprove':
      return isDecidable(invoice)
        ? mark === undefined
          ? CHANGED
          : WAITING[mark]
        : 'Its order’s record has to be corrected first'
  }
}

const CHANGED = 'It has changed since you saw it: review it again'
const WAITING: Record<DoneMark, string> = {
  four_eyes: 'Somebody else must approve it: you confirmed or changed its order',
  unreadable: 'Ordering’s record of the order cannot be read: it has to be corrected there first',
  orphaned: 'Ordering does not have its order',
  unsettled: 'Ordering and billing disagree about its order: review it again after the next pull',
  left_out: 'Its order was too large to be checked with the others: approve it on its own',
  on_copy: CHANGED,
}
