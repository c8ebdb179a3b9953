import { StateBadge } from '../../../shared/ui/parts.tsx'
import { isCreditedWhole } from './credit-note.ts'
import type { Invoice } from './invoice.ts'

/** What an invoice is, and what has become of it since it was approved. */
export function InvoiceBadges({ invoice }: { invoice: Invoice }) {
  const { state, creditNotes, mismatched, orderDeleted } = invoice
  return (
    <span class="badges">
      <StateBadge state={state} />
      {creditNotes.length > 0 && <StateBadge state={isCreditedWhole(invoice) ? 'Credited' : 'PartlyCredited'} />}
      {mismatched && <StateBadge state={orderDeleted ? 'OrderDeleted' : 'OrderChanged'} />}
    </span>
  )
}
