import { invoicePath } from '../../../shared/links.ts'
import { ButtonLink, type Column, DataTable, Money, Notice, PageHeader, StateBadge } from '../../../shared/ui.tsx'
import type { Invoice } from '../invoice.ts'
import { isDecidable } from './approval-queue.tsx'
import { BillingPage, type Frame } from './frame.tsx'

type ApprovalsDonePageProps = {
  frame: Frame
  invoices: readonly Invoice[]
  /** The ids of those that take a second person. */
  alone: ReadonlySet<number>
}

/** What became of each of several approvals: by what the invoices say now, so that it can be loaded again. */
export function ApprovalsDonePage({ frame, invoices, alone }: ApprovalsDonePageProps) {
  const approved = invoices.filter(({ state }) => state === 'Approved').length
  const title = `${approved} of ${invoices.length} approved`
  return (
    <BillingPage frame={frame} title={title} current="invoices">
      <PageHeader
        title={title}
        back={{ href: '/invoices', label: 'Invoices' }}
        actions={<ButtonLink href="/invoices">Back to the queue</ButtonLink>}
      />
      {approved === invoices.length ? (
        <Notice tone="success" title="All of them are approved">
          Each has its number now.
        </Notice>
      ) : (
        <Notice tone="warning" title="Not all of them are approved">
          Why is said beside each. Nothing was lost: what still waits is in the queue.
        </Notice>
      )}
      <DataTable caption="What became of them" columns={columnsOf(alone)} rows={invoices} />
    </BillingPage>
  )
}

function columnsOf(alone: ReadonlySet<number>): Column<Invoice>[] {
  return [
    {
      label: 'Invoice',
      cell: ({ id, invoiceNumber, orderNumber }) => (
        <a href={invoicePath(id)}>{invoiceNumber ?? `For order ${orderNumber}`}</a>
      ),
    },
    { label: 'Customer', cell: ({ customer }) => customer.name },
    { label: 'State', cell: ({ state }) => <StateBadge state={state} /> },
    { label: 'Why', cell: (invoice) => whyNot(invoice, alone) },
    { label: 'Amount', numeric: true, cell: ({ gross, currency }) => <Money amount={gross} currency={currency} /> },
  ]
}

function whyNot(invoice: Invoice, alone: ReadonlySet<number>): string {
  switch (invoice.state) {
    case 'Approved':
      return ''
    case 'Rejected':
      return `Rejected by ${invoice.decidedBy} meanwhile`
    case 'Cancelled':
      return 'Its order was deleted'
    case 'ToApprove':
      if (alone.has(invoice.id)) return 'Somebody else must approve it: you confirmed or changed its order'
      return isDecidable(invoice)
        ? 'It changed since you saw it: look at it again'
        : 'Its order’s record has to be mended first'
  }
}
