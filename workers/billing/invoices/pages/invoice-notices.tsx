import { numberFormat } from '../../../../shared/text/formats.ts'
import { isAhead } from '../../../../shared/time/instant.ts'
import { Moment, Money, Notice, StoredParagraphs, StoredText } from '../../../../shared/ui/parts.tsx'
import { isCreditedWhole } from '../../documents/credit-note.ts'
import type { ShownInvoice } from '../decision-form.ts'
import type { Involvement } from '../../documents/four-eyes.ts'
import type { Invoice } from '../../documents/invoice.ts'
import type { OrderCopy } from '../../copies/order-copy.ts'
import { ChangedFields } from './changed-fields.tsx'
import { describeInvolvement } from './decision-buttons.tsx'
import type { InvoiceView } from './invoice-view.ts'

/** What is said of one request, above the invoice as it is now. */
export type InvoiceNotice =
  | { kind: 'stale_copy'; reason: 'no_answer' | 'unreadable' | 'orphaned'; detail: string }
  | { kind: 'changed_meanwhile'; shown: ShownInvoice | undefined }
  | { kind: 'already_decided' }
  | { kind: 'not_decidable'; reason: 'orphaned' | 'quarantined' | 'unsettled' | 'left_out' }
  | { kind: 'not_decidable'; reason: 'unreadable'; detail: string }
  | { kind: 'decided_on_copy' }
  | { kind: 'four_eyes'; involvement: Involvement }

/** Tells why the request did not do, or show, what was expected. */
export function RequestNotice({ notice, view }: { notice: InvoiceNotice; view: InvoiceView }) {
  const { invoice, copy, now } = view
  switch (notice.kind) {
    case 'stale_copy':
      return (
        <Notice tone="warning" title={STALE_TITLES[notice.reason]}>
          {copy !== undefined && (
            <p>
              This is billing’s copy of the order.{' '}
              {isAhead(copy.fetchedAt, now) ? (
                <>
                  Its age is unknown: a clock that was ahead dated it <Moment at={copy.fetchedAt} />.
                </>
              ) : (
                <>
                  It is {ageOf(copy.fetchedAt, now)} old (<Moment at={copy.fetchedAt} />
                  ).
                </>
              )}
            </p>
          )}
          {notice.reason === 'orphaned' ? <OrphanedOrder invoice={invoice} /> : <p>{notice.detail}.</p>}
        </Notice>
      )
    case 'changed_meanwhile':
      return (
        <Notice tone="error" title="The order has changed since you read this invoice">
          <WhatChanged invoice={invoice} shown={notice.shown} />
          <p>Nothing was decided. Review the invoice as it is now, then decide.</p>
        </Notice>
      )
    case 'already_decided':
      return (
        <Notice tone="error" title="This invoice no longer waits for a decision">
          <p>
            <AlreadyDecided invoice={invoice} /> Your decision changed nothing.
          </p>
        </Notice>
      )
    case 'not_decidable':
      return (
        <Notice tone="error" title="Nothing was decided">
          <NotDecidable notice={notice} />
        </Notice>
      )
    case 'decided_on_copy':
      return (
        <Notice tone="warning" title={`${invoice.state} from billing’s copy of the order`}>
          <p>
            Ordering was asked about the order first but did not answer.
            {copy !== undefined && (
              <>
                {' '}
                The copy was read from ordering on <Moment at={copy.fetchedAt} />.
              </>
            )}{' '}
            If the order has changed since, this page says so once ordering answers again.
          </p>
        </Notice>
      )
    case 'four_eyes':
      return (
        <Notice tone="error" title="Nothing was decided">
          <p>{describeInvolvement(notice.involvement)}</p>
        </Notice>
      )
  }
}

function NotDecidable({ notice }: { notice: Extract<InvoiceNotice, { kind: 'not_decidable' }> }) {
  switch (notice.reason) {
    case 'quarantined':
      // Why is said by the standing notice below.
      return <p>This invoice cannot be decided now.</p>
    case 'orphaned':
      return <p>Ordering does not have this order. The invoice can be decided once the order is restored.</p>
    case 'unreadable':
      return (
        <>
          <p>
            Ordering’s record of the order cannot be read, so what you see may be out of date. The invoice can be
            decided once the order has been corrected in ordering.
          </p>
          <p class="muted">{notice.detail}</p>
        </>
      )
    case 'unsettled':
      return (
        <p>
          Ordering and billing disagree about this order, as happens after one of them is restored from a backup. Review
          the invoice again after the next pull.
        </p>
      )
    case 'left_out':
      return <p>The order was too large to be checked with others. Approve its invoice on its own.</p>
  }
}

const STALE_TITLES = {
  no_answer: 'Ordering does not answer',
  unreadable: 'The latest change of the order cannot be read',
  orphaned: 'Ordering no longer has this order',
} as const

const UNITS = [
  { unit: 'day', seconds: 86_400 },
  { unit: 'hour', seconds: 3_600 },
  { unit: 'minute', seconds: 60 },
  { unit: 'second', seconds: 1 },
] as const

/** How old something is, in its greatest whole unit: `3 days`. */
function ageOf(at: string, now: string): string {
  const seconds = Math.max(0, Math.floor((Date.parse(now) - Date.parse(at)) / 1_000))
  const age = UNITS.find((candidate) => seconds >= candidate.seconds) ?? { unit: 'second', seconds: 1 }
  const words = numberFormat('en', { style: 'unit', unit: age.unit, unitDisplay: 'long' })
  return words.format(Math.floor(seconds / age.seconds))
}

function OrphanedOrder({ invoice }: { invoice: Invoice }) {
  return (
    <p>
      This happens after its database is restored to a time before the order.{' '}
      {invoice.state === 'ToApprove'
        ? 'The invoice cannot be decided until the order is restored.'
        : 'The invoice remains as it is, and follows the order again once it is restored.'}
    </p>
  )
}

function WhatChanged({ invoice, shown }: { invoice: Invoice; shown: ShownInvoice | undefined }) {
  if (shown === undefined) return null
  return (
    <>
      <p>
        You saw revision {shown.revision} of the order, <Money amount={shown.gross} currency={shown.currency} />. It is
        now at revision {invoice.orderRevision}, <Money amount={invoice.gross} currency={invoice.currency} />.
      </p>
      {shown.content !== undefined && (
        <ChangedFields
          before={{ label: 'You saw', content: shown.content }}
          after={{ label: 'Now', content: invoice }}
          otherwise={<p>Nothing on the invoice is different.</p>}
        />
      )}
    </>
  )
}

function AlreadyDecided({ invoice }: { invoice: Invoice }) {
  const { state, decidedAt, decidedBy, invoiceNumber } = invoice
  const when = decidedAt !== null && (
    <>
      {' '}
      on <Moment at={decidedAt} />
    </>
  )
  switch (state) {
    case 'ToApprove':
      return <>It is waiting for approval again.</>
    case 'Approved':
      return (
        <>
          It was approved by <StoredText>{decidedBy}</StoredText>
          {when}, as {invoiceNumber}.
        </>
      )
    case 'Rejected':
      return (
        <>
          It was rejected by <StoredText>{decidedBy}</StoredText>
          {when}.
        </>
      )
    case 'Cancelled':
      return <>It is cancelled: its order was deleted.</>
  }
}

type StandingNoticesProps = {
  invoice: Invoice
  /** Billing's copy of its order, where there is one. */
  copy: OrderCopy | undefined
  /** What the request itself was answered already. */
  shown: InvoiceNotice | undefined
}

/** What is to be known of the invoice whoever looks at it, whenever. */
export function StandingNotices({ invoice, copy, shown }: StandingNoticesProps) {
  const approved = invoice.state === 'Approved'
  const shownReason = shown?.kind === 'stale_copy' || shown?.kind === 'not_decidable' ? shown.reason : null
  return (
    <>
      {invoice.orderOrphaned && shownReason !== 'orphaned' && (
        <Notice tone="warning" title={STALE_TITLES.orphaned}>
          <OrphanedOrder invoice={invoice} />
        </Notice>
      )}
      {invoice.orderQuarantined && shownReason !== 'unreadable' && (
        <Notice tone="warning" title={STALE_TITLES.unreadable}>
          What you see may be out of date. The invoice can be decided once the order has been corrected in ordering.
        </Notice>
      )}
      {approved && invoice.orderDeleted && (
        <Notice tone="warning" title="The order was deleted after approval">
          <CorrectedOrNot invoice={invoice} />
        </Notice>
      )}
      {approved && invoice.orderChangedSince && !invoice.orderDeleted && invoice.replacedBy === null && (
        <Notice tone="warning" title="The order was changed after approval">
          <p>
            <CorrectedOrNot invoice={invoice} />
          </p>
          {copy !== undefined && (
            <ChangedFields
              before={{ label: 'Invoiced', content: invoice }}
              after={{ label: 'The order, as read last', content: copy.record }}
            />
          )}
        </Notice>
      )}
      {invoice.state === 'Cancelled' && (
        <Notice title="The order was deleted">There is nothing left to invoice.</Notice>
      )}
      {invoice.state === 'Rejected' && (
        <Notice tone="warning" title="Rejected: the order has to be corrected">
          <StoredParagraphs>{invoice.reason}</StoredParagraphs>
        </Notice>
      )}
    </>
  )
}

function CorrectedOrNot({ invoice }: { invoice: Invoice }) {
  if (isCreditedWhole(invoice)) return <>The invoice remains as approved. It is fully credited.</>
  return <>The invoice remains as approved. It is corrected by a credit note.</>
}
