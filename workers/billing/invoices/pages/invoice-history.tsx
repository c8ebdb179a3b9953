import { StoredParagraphs, StoredText, Timeline, type TimelineEntry } from '../../../../shared/ui/parts.tsx'
import type { DecisionMade } from '../../ledger/decision-history-store.ts'
import type { Invoice } from '../../documents/invoice.ts'

type InvoiceHistoryProps = { invoice: Invoice; decisions: readonly DecisionMade[] }

/** What has become of an invoice, from its making on: each rejection with its reason, also once it waits again. */
export function InvoiceHistory({ invoice, decisions }: InvoiceHistoryProps) {
  const title = invoice.replaces === null ? 'Created from the order' : 'Reissued from the order'
  const made: TimelineEntry = { at: invoice.createdAt, title }
  // The reason of a rejection that still stands is said above the invoice.
  const standing = invoice.state === 'Rejected' ? decisions.at(-1) : undefined
  const decided = decisions.map((decision) => decisionEntry(decision, decision !== standing))
  return <Timeline entries={[made, ...decided, ...outcomeOf(invoice, decisions)]} />
}

function decisionEntry(decision: DecisionMade, withReason: boolean): TimelineEntry {
  const { kind, issuedNumber, decidedAt, decidedBy } = decision
  const reason = withReason && <StoredParagraphs>{decision.reason}</StoredParagraphs>
  switch (kind) {
    case 'approved':
      return {
        at: decidedAt,
        title: (
          <>
            Approved as {issuedNumber} by <StoredText>{decidedBy}</StoredText>
          </>
        ),
        tone: 'success',
      }
    case 'rejected':
      return {
        at: decidedAt,
        title: (
          <>
            Rejected by <StoredText>{decidedBy}</StoredText>
          </>
        ),
        tone: 'error',
        children: reason,
      }
    case 'credited':
      return {
        at: decidedAt,
        title: (
          <>
            Credited as {issuedNumber} by <StoredText>{decidedBy}</StoredText>
          </>
        ),
        children: reason,
      }
    case 'reissued':
      return {
        at: decidedAt,
        title: (
          <>
            Reissued by <StoredText>{decidedBy}</StoredText>
          </>
        ),
        tone: 'info',
      }
  }
}

/** What came after the last decision, or without one. */
function outcomeOf({ state, decidedAt }: Invoice, decisions: readonly DecisionMade[]): TimelineEntry[] {
  switch (state) {
    case 'Cancelled':
      return [{ at: decidedAt, title: 'Cancelled because the order was deleted' }]
    case 'ToApprove':
      return decisions.length === 0
        ? []
        : [{ at: null, title: 'Waiting again because the order was changed', tone: 'info' }]
    case 'Approved':
    case 'Rejected':
      return []
  }
}
