import { invoicePath } from '../../../../shared/contract/links.ts'
import { taxesByRate } from '../../../../shared/money/totals.ts'
import {
  Button,
  ButtonLink,
  ButtonRow,
  DocumentLines,
  DocumentTotals,
  EmptyState,
  ErrorSummary,
  Moment,
  Money,
  Notice,
  PageHeader,
  Panel,
  StoredText,
} from '../../../../shared/ui/parts.tsx'
import { isCreditedWhole, judgeReissue } from '../../documents/credit-note.ts'
import type { Invoice } from '../../documents/invoice.ts'
import type { OrderCopy } from '../../copies/order-copy.ts'
import { creditingPath, reissuePath } from '../../edge/paths.ts'
import { ChangedFields } from '../../invoices/pages/changed-fields.tsx'
import { BillingPage, type Frame } from '../../edge/frame.tsx'

/** Everything that the page on which an invoice is reissued shows. */
export type ReissueInvoiceView = {
  invoice: Invoice
  /** Billing's copy of its order; undefined while a restored database waits for it. */
  copy: OrderCopy | undefined
  /** Whether ordering, asked a moment ago, has sent the order, so that the copy is as it is now. */
  answered: boolean
  /** The invoice's ETag: what is reissued is what was seen. */
  seen: string
  /** Why the last attempt came to nothing. */
  problem: string | undefined
}

/** What a new invoice for the order of a credited one will say, before it is made. */
export function ReissueInvoicePage({ frame, view }: { frame: Frame; view: ReissueInvoiceView }) {
  const { invoice, copy, problem } = view
  const title = `Reissue the invoice of order ${invoice.orderNumber}`
  const judged = judgeReissue(invoice)
  return (
    <BillingPage frame={frame} title={title} current="invoices" scripts={['/send-once.js']}>
      <PageHeader title={title} back={{ href: invoicePath(invoice.id), label: `Invoice ${invoice.invoiceNumber}` }}>
        <StoredText>{invoice.customer.name}</StoredText>. Invoice {invoice.invoiceNumber},{' '}
        <Money amount={invoice.gross} currency={invoice.currency} />
        {isCreditedWhole(invoice) ? ', is fully credited.' : ', is not fully credited.'}
      </PageHeader>
      {problem !== undefined && <ErrorSummary errors={[{ name: null, message: problem }]} />}
      {judged.ok && copy !== undefined ? (
        <ReissueForm view={view} copy={copy} />
      ) : (
        <EmptyState title="It cannot be reissued now" action={<WayOn invoice={invoice} />}>
          {whyNot(judged)}
        </EmptyState>
      )}
    </BillingPage>
  )
}

function ReissueForm({ view, copy: { record: order, fetchedAt } }: { view: ReissueInvoiceView; copy: OrderCopy }) {
  const { invoice, answered, seen } = view
  return (
    <>
      {!answered && (
        <Notice tone="warning" title="Ordering did not send the order">
          <p>
            This is billing’s copy of it, read on <Moment at={fetchedAt} />. The new invoice follows the order, and
            ordering is asked again before it is approved.
          </p>
        </Notice>
      )}
      <Panel title="The new invoice">
        <DocumentLines lines={order.lines} charges={order.charges} currency={order.currency} />
        <DocumentTotals
          totals={order.totals}
          taxes={taxesByRate(order.lines, order.charges)}
          currency={order.currency}
          grossLabel="Amount due"
        />
        <ChangedFields
          before={{ label: 'Invoiced before', content: invoice }}
          after={{ label: answered ? 'The order now' : 'Billing’s copy of the order', content: order }}
          otherwise={<p>{answered ? 'The order' : 'Billing’s copy of the order'} is as it was invoiced before.</p>}
        />
      </Panel>
      <form method="post" action={reissuePath(invoice.id)} data-send-once>
        <input type="hidden" name="seen" value={seen} />
        <p class="hint">
          The new invoice waits for approval, follows the order until then, and gets a number and date of its own. What
          was credited remains credited.
        </p>
        <ButtonRow>
          <Button variant="primary">Reissue invoice</Button>
          <ButtonLink href={invoicePath(invoice.id)} variant="quiet">
            Back to the invoice
          </ButtonLink>
        </ButtonRow>
      </form>
    </>
  )
}

function whyNot(judged: ReturnType<typeof judgeReissue>): string {
  if (judged.ok) return 'Billing waits for its copy of the order. Try again in a minute.'
  return judged.error.reason === 'not_reissuable' ? `${judged.error.detail}.` : 'It is not approved.'
}

function WayOn({ invoice }: { invoice: Invoice }) {
  if (invoice.state === 'Approved' && !isCreditedWhole(invoice)) {
    return <ButtonLink href={creditingPath(invoice.id)}>Credit invoice</ButtonLink>
  }
  return <ButtonLink href={invoicePath(invoice.id)}>Back to the invoice</ButtonLink>
}
