import { PageHeader, Panel } from '../../../../shared/ui/parts.tsx'
import type { Invoice } from '../../documents/invoice.ts'
import { may } from '../../edge/rights.ts'
import { QueueLinks } from '../../list/approval-queue.tsx'
import { DecisionForms, type RefusedRejection } from './decision-buttons.tsx'
import { BillingPage, type Frame, IfAllowed } from '../../edge/frame.tsx'
import { CorrectingActions, Corrections, isCreditable } from './corrections.tsx'
import { InvoiceBadges } from '../../documents/badges.tsx'
import { InvoiceDocument, nameSheet } from './invoice-document.tsx'
import { InvoiceHistory } from './invoice-history.tsx'
import { type InvoiceNotice, RequestNotice, StandingNotices } from './invoice-notices.tsx'
import type { InvoiceView } from './invoice-view.ts'
import { KeysChoice } from '../../list/keys-choice.tsx'
import { OrderFacts } from '../../orders/order-facts.tsx'

type InvoicePageProps = {
  frame: Frame
  view: InvoiceView
  /** What is said of this one request. */
  notice?: InvoiceNotice | undefined
  /** A rejection that was refused, to be typed on. */
  rejection?: RefusedRejection | undefined
}

/** An invoice: the document, what stands in its way, and the decision where one is due. */
export function InvoicePage({ frame, view, notice, rejection }: InvoicePageProps) {
  const { invoice, copy, decisions, involvement, neighbours, configuredSeller, seen, now } = view
  const title =
    invoice.invoiceNumber === null ? `Invoice for order ${invoice.orderNumber}` : `Invoice ${invoice.invoiceNumber}`
  const decidable = mayBeDecided(invoice, notice)
  const keys = listKeys(view, decidable, may('decide', frame.roles))
  return (
    <BillingPage
      frame={frame}
      title={title}
      sheet={nameSheet(invoice)}
      current="invoices"
      scripts={['/queue-keys.js', '/send-once.js']}
    >
      <PageHeader
        title={title}
        back={{ href: '/invoices', label: 'Invoices' }}
        badge={<InvoiceBadges invoice={invoice} />}
        actions={<CorrectingActions invoice={invoice} />}
      />
      {neighbours !== undefined && <QueueLinks neighbours={neighbours} />}
      {notice !== undefined && <RequestNotice notice={notice} view={view} />}
      <StandingNotices invoice={invoice} copy={copy} shown={notice} />
      <div class="columns">
        <InvoiceDocument invoice={invoice} configuredSeller={configuredSeller} />
        <div class="stack">
          {decidable && (
            <IfAllowed right="decide">
              <DecisionForms invoice={invoice} seen={seen} involvement={involvement} rejection={rejection} />
            </IfAllowed>
          )}
          <Corrections invoice={invoice} />
          <Panel title="History">
            <InvoiceHistory invoice={invoice} decisions={decisions} />
          </Panel>
          {copy !== undefined && (
            <Panel title="Its order">
              <OrderFacts copy={copy} orderingOrigin={frame.otherOrigin} now={now} copyLinked />
            </Panel>
          )}
        </div>
      </div>
      {keys.length > 0 && <KeysChoice>{keys.join(', ')}.</KeysChoice>}
    </BillingPage>
  )
}

/** What single keys do on the page, each in a few words. */
function listKeys({ invoice, neighbours, involvement }: InvoiceView, decidable: boolean, allowed: boolean): string[] {
  const approval = involvement === undefined ? ['A and then Enter approves'] : []
  return [
    ...((neighbours?.previous ?? null) === null ? [] : ['K previous']),
    ...((neighbours?.next ?? null) === null ? [] : ['J next']),
    ...(decidable && allowed ? [...approval, 'R goes to the reason for rejecting'] : []),
    ...(isCreditable(invoice) && allowed ? ['C goes to crediting it'] : []),
  ]
}

/** Nor is an order to be decided on that ordering, asked a moment ago, has no longer or sends as nothing readable. */
function mayBeDecided({ state, orderOrphaned, orderQuarantined }: Invoice, notice: InvoiceNotice | undefined): boolean {
  const outdated = notice?.kind === 'not_decidable' || (notice?.kind === 'stale_copy' && notice.reason !== 'no_answer')
  return state === 'ToApprove' && !orderOrphaned && !orderQuarantined && !outdated
}
