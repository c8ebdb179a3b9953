import { Timeline, type TimelineEntry } from '../../../shared/ui.tsx'
import type { Invoice } from '../invoice.ts'

/** What has become of an invoice, from its making on. */
export function InvoiceHistory({ invoice }: { invoice: Invoice }) {
  const decision = decisionOf(invoice)
  return (
    <Timeline
      entries={[{ at: invoice.createdAt, title: 'Made from the order' }, ...(decision === null ? [] : [decision])]}
    />
  )
}

function decisionOf({ state, decidedAt, decidedBy, invoiceNumber }: Invoice): TimelineEntry | null {
  switch (state) {
    case 'ToApprove':
      return null
    case 'Approved':
      return { at: decidedAt, title: `Approved as ${invoiceNumber} by ${decidedBy}`, tone: 'success' }
    case 'Rejected':
      return { at: decidedAt, title: `Rejected by ${decidedBy}`, tone: 'error' }
    case 'Cancelled':
      return { at: decidedAt, title: 'Cancelled, since the order was deleted', tone: 'neutral' }
  }
}
