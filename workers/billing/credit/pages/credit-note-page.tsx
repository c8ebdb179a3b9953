import { invoicePath } from '../../../../shared/contract/links.ts'
import {
  CalendarDay,
  CustomerAddress,
  DocumentFrame,
  DocumentLines,
  DocumentTotals,
  Notice,
  PageHeader,
  StoredParagraphs,
  StoredText,
} from '../../../../shared/ui/parts.tsx'
import type { CreditNote } from '../../documents/credit-note.ts'
import { BillingPage, type Frame } from '../../edge/frame.tsx'
import { SellerAddress } from '../../invoices/pages/invoice-document.tsx'

/** A credit note, as its customer gets it. */
export function CreditNotePage({ frame, creditNote }: { frame: Frame; creditNote: CreditNote }) {
  const title = `Credit note ${creditNote.creditNoteNumber}`
  return (
    <BillingPage frame={frame} title={title} sheet={title} current="credit-notes">
      <PageHeader title={title} back={{ href: '/credit-notes', label: 'Credit notes' }}>
        It corrects <a href={invoicePath(creditNote.invoiceId)}>invoice {creditNote.invoiceNumber}</a>. Issued by{' '}
        <StoredText>{creditNote.createdBy}</StoredText>.
      </PageHeader>
      {creditNote.replacementId !== null && (
        <Notice tone="success" title={`The invoice of order ${creditNote.orderNumber} is reissued`}>
          <a href={invoicePath(creditNote.replacementId)}>See the new invoice</a>
        </Notice>
      )}
      <CreditNoteDocument creditNote={creditNote} />
    </BillingPage>
  )
}

function CreditNoteDocument({ creditNote }: { creditNote: CreditNote }) {
  const { creditNoteNumber, invoiceNumber, orderNumber, customer, currency, issuedOn, seller } = creditNote
  return (
    <DocumentFrame
      title="Credit note"
      number={creditNoteNumber}
      from={<SellerAddress seller={seller} />}
      to={<CustomerAddress label="Credit note to" customer={customer} />}
      facts={[
        { term: 'Date', description: <CalendarDay day={issuedOn} /> },
        { term: 'Corrects invoice', description: invoiceNumber },
        { term: 'Order', description: String(orderNumber) },
        { term: 'Customer', description: customer.id },
      ]}
    >
      <DocumentLines lines={creditNote.lines} charges={creditNote.charges} currency={currency} />
      <DocumentTotals
        totals={creditNote}
        taxes={creditNote.taxes}
        currency={currency}
        exemption={creditNote.taxExemptionReason}
        grossLabel="Amount credited"
      />
      <section class="document-note">
        <h2 class="document-label">Reason</h2>
        <StoredParagraphs>{creditNote.reason}</StoredParagraphs>
      </section>
    </DocumentFrame>
  )
}
