import type { FieldError } from '../../../shared/problem.ts'
import { Age, Moment, Notice, PageHeader, Panel, StateBadge, Timeline, type TimelineEntry } from '../../../shared/ui.tsx'
import type { Invoice } from '../invoice.ts'
import type { OrderCopy } from '../order-copy.ts'
import type { Seller } from '../seller.ts'
import { DecisionForms, type RefusedRejection } from './decision-forms.tsx'
import { BillingPage, type Frame } from './frame.tsx'
import { OrderFacts } from './order-facts.tsx'

/** Everything that an invoice's page shows. */
export type InvoiceView = {
  invoice: Invoice
  /** Billing's copy of its order. */
  copy: OrderCopy
  seller: Seller
  /** The invoice's ETag: what a decision is taken on. */
  seen: string
  /** When the page was asked for. */
  now: string
}

/** What is said above the invoice, of this one request. */
export type InvoiceNotice =
  | { kind: 'stale_copy'; reason: 'no_answer' | 'unreadable' | 'orphaned'; detail: string }
  | { kind: 'changed_meanwhile'; shown: ShownInvoice | null }
  | { kind: 'already_decided' }
  | { kind: 'orphaned' }
  | { kind: 'quarantined' }

/** What a person saw of the invoice when they decided, as the form kept it. */
export type ShownInvoice = { revision: number; gross: number; currency: string }

type InvoicePageProps = {
  frame: Frame
  view: InvoiceView
  notice?: InvoiceNotice
  rejection?: RefusedRejection
}

/** An invoice: the document, what has become of it, and the decision where one is due. */
export function InvoicePage({ frame, view, notice, rejection }: InvoicePageProps) {
  const { invoice, copy, seller, seen, now } = view
  const title = titleOf(invoice)
  return (
    <BillingPage frame={frame} title={title} current="invoices">
      <PageHeader
        title={title}
        back={{ href: '/invoices', label: 'Invoices' }}
        badge={<StateBadge state={invoice.state} />}
      />
      {notice !== undefined && <RequestNotice notice={notice} view={view} />}
      <StandingNotices view={view} />
      <InvoiceDocument invoice={invoice} seller={seller} />
      {invoice.state === 'ToApprove' && !copy.orphaned && (
        <DecisionForms invoice={invoice} seen={seen} {...(rejection === undefined ? {} : { rejection })} />
      )}
      <Panel title="The order">
        <OrderFacts copy={copy} orderingOrigin={frame.orderingOrigin} now={now} linked />
      </Panel>
      <Panel title="What has become of it">
        <Timeline entries={historyOf(invoice)} />
      </Panel>
    </BillingPage>
  )
}
