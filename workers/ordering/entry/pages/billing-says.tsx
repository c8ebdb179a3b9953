import type { Order } from '../../../../shared/contract/order.ts'
import { orderPath, tracePath } from '../../../../shared/contract/links.ts'
import {
  ButtonLink,
  ButtonRow,
  Moment,
  Notice,
  Panel,
  StoredParagraphs,
  StoredText,
  Timeline,
  type TimelineEntry,
} from '../../../../shared/ui/parts.tsx'
import type { Approval } from '../approval.ts'
import type { KeptNotice } from '../../orders/notice-store.ts'
import { may } from '../../edge/rights.ts'
import type { Frame } from '../../edge/frame.tsx'

type BillingSaysProps = { frame: Frame; order: Order; notices: readonly KeptNotice[] }
type BillingAsksProps = BillingSaysProps & {
  /** The approval that the order, changed since, no longer says. */
  outdated: Approval | undefined
}

/** What billing asks of who reads the order: to correct it, to correct it, or to know that its invoice is issued. */
export function BillingAsks({ frame, order, notices, outdated }: BillingAsksProps) {
  return (
    <>
      {notices.map((notice) => (
        <BillingAsk frame={frame} order={order} notice={notice} outdated={outdated} />
      ))}
    </>
  )
}

type BillingAskProps = Omit<BillingAsksProps, 'notices'> & { notice: KeptNotice }

function BillingAsk({ frame, order, notice, outdated }: BillingAskProps) {
  switch (notice.kind) {
    case 'rejected':
      if (isAnswered(order, notice)) return null
      return (
        <Notice tone="warning" title="Billing rejected the invoice. Please correct the order">
          <StoredParagraphs>{notice.reason}</StoredParagraphs>
          <p class="muted">
            <StoredText>{notice.by}</StoredText>, <Moment at={notice.at} />
          </p>
          {may('enter', frame.roles) && (
            <ButtonRow>
              <ButtonLink href={`${orderPath(order.number)}/edit`} variant="primary">
                Correct the order
              </ButtonLink>
            </ButtonRow>
          )}
        </Notice>
      )
    case 'approved':
      if (notice !== outdated) return null
      return (
        <Notice tone="warning" title={`Changed after invoice ${notice.invoiceNumber} was approved`}>
          <p>The invoice remains as approved. Billing corrects it by a credit note.</p>
        </Notice>
      )
    case 'quarantined':
      return (
        <Notice tone="warning" title="Billing could not read this order">
          <p>
            <StoredText>{notice.error}</StoredText>
          </p>
          <p>
            Billing reported this on <Moment at={notice.at} /> and put the order in quarantine. It tries again
            automatically. Correct the order here if you have not done so since: until then its invoice, if it has one,
            cannot be approved.
          </p>
        </Notice>
      )
    case 'credited':
    case 'released':
      return null
  }
}

/** Whether billing waits for the order to be corrected, so that this is what its page is for. */
export function asksToCorrect(order: Order, notices: readonly KeptNotice[]): boolean {
  return notices.some((notice) => notice.kind === 'rejected' && !isAnswered(order, notice))
}

/** Billing's notices of the order, and the way to where the order is. */
export function BillingSays({ frame, order, notices }: BillingSaysProps) {
  if (order.confirmedAt === null) return null
  return (
    <Panel title="Billing status">
      {notices.length === 0 ? (
        <p>Nothing yet. Billing reports here once the invoice is approved or rejected.</p>
      ) : (
        <Timeline
          entries={notices
            .toSorted((one, other) => one.at.localeCompare(other.at))
            .map((notice) => entryOf(notice, isAnswered(order, notice)))}
        />
      )}
      <ButtonRow>
        <ButtonLink href={frame.otherOrigin + tracePath(order.number)}>Where is my order?</ButtonLink>
      </ButtonRow>
    </Panel>
  )
}

/** Whether the order was changed since, so that nothing is asked any more; a notice that asks gives its reason itself. */
function isAnswered(order: Order, notice: KeptNotice): boolean {
  switch (notice.kind) {
    case 'rejected':
      // Any change after it is the correction: billing judges that one again.
      return order.revision > notice.orderRevision
    case 'quarantined':
      return false
    case 'approved':
    case 'credited':
    case 'released':
      return true
  }
}

function entryOf(notice: KeptNotice, answered: boolean): TimelineEntry {
  const { at } = notice
  switch (notice.kind) {
    case 'approved':
      return {
        at,
        title: (
          <>
            Invoice {notice.invoiceNumber} approved by <StoredText>{notice.by}</StoredText>
          </>
        ),
        tone: 'success',
      }
    case 'rejected':
      return {
        at,
        title: (
          <>
            Invoice rejected by <StoredText>{notice.by}</StoredText>
          </>
        ),
        tone: 'error',
        children: answered && <StoredParagraphs>{notice.reason}</StoredParagraphs>,
      }
    case 'credited':
      return {
        at,
        title: (
          <>
            Credit note {notice.creditNoteNumber} issued by <StoredText>{notice.by}</StoredText>
          </>
        ),
        children: <StoredParagraphs>{notice.reason}</StoredParagraphs>,
      }
    case 'quarantined':
      return { at, title: 'Could not be read', tone: 'warning' }
    case 'released':
      return { at, title: 'Readable again', tone: 'success' }
  }
}
