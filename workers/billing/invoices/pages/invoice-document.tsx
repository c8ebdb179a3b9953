import {
  CalendarDay,
  CustomerAddress,
  DocumentFrame,
  DocumentLines,
  DocumentNote,
  DocumentTotals,
  nameForMail,
  type Standing,
  stateLabel,
  StoredText,
} from '../../../../shared/ui/parts.tsx'
import { isCreditedWhole } from '../../documents/credit-note.ts'
import type { Invoice } from '../../documents/invoice.ts'
import type { Seller } from '../../documents/seller.ts'

type InvoiceDocumentProps = {
  invoice: Invoice
  /** Who would sell if it were approved now. */
  configuredSeller: Seller
}

/** The invoice as its customer gets it: what it says comes from the invoice alone, so that an approved one stays. */
export function InvoiceDocument({ invoice, configuredSeller }: InvoiceDocumentProps) {
  const { issuedOn, dueOn, suppliedOn, creditNotes } = invoice
  const seller = invoice.seller ?? configuredSeller
  const payable = dueOn !== null && !isCreditedWhole(invoice)
  return (
    <DocumentFrame
      title="Invoice"
      number={invoice.invoiceNumber ?? 'Not approved yet'}
      standing={standingOf(invoice)}
      from={<SellerAddress seller={seller} />}
      to={<CustomerAddress label="Invoice to" customer={invoice.customer} />}
      facts={[
        {
          term: 'Invoice date',
          description: issuedOn === null ? 'Set at approval' : <CalendarDay day={issuedOn} />,
        },
        {
          term: 'Payment due',
          description: payable ? <CalendarDay day={dueOn} /> : null,
        },
        {
          term: 'Day of supply',
          description: suppliedOn === null ? 'The invoice date' : <CalendarDay day={suppliedOn} />,
        },
        { term: 'Order', description: String(invoice.orderNumber) },
        { term: 'Customer', description: invoice.customer.id },
      ]}
      footer={payable ? <PaymentTerms seller={seller} dueOn={dueOn} /> : undefined}
    >
      <DocumentLines lines={invoice.lines} charges={invoice.charges} currency={invoice.currency} />
      <DocumentTotals
        totals={invoice}
        taxes={invoice.taxes}
        exemption={invoice.taxExemptionReason}
        currency={invoice.currency}
        grossLabel={payable && creditNotes.length === 0 ? 'Amount due' : 'Total'}
        settled={
          creditNotes.length === 0
            ? undefined
            : {
                parts: creditNotes.map(({ creditNoteNumber, gross }) => ({
                  term: `Credit note ${creditNoteNumber}`,
                  amount: gross,
                })),
                leftLabel: 'Amount due',
                left: invoice.gross - creditedOf(invoice),
              }
        }
      />
      <DocumentNote note={invoice.note} />
    </DocumentFrame>
  )
}

/** What the sheet is printed as. */
export function nameSheet({ invoiceNumber, orderNumber, state }: Invoice): string {
  return invoiceNumber === null ? `${stateLabel(state)}: invoice for order ${orderNumber}` : `Invoice ${invoiceNumber}`
}

function creditedOf({ creditNotes }: Invoice): number {
  return creditNotes.reduce((sum, { gross }) => sum + gross, 0)
}

/** Nobody may take for an invoice what is none, nor pay what was credited. */
function standingOf(invoice: Invoice): Standing | undefined {
  switch (invoice.state) {
    case 'ToApprove':
      return { mark: 'Draft', words: 'Draft. Not approved yet: no payment is due.' }
    case 'Rejected':
      return { mark: 'Rejected', words: 'Rejected. The order has to be corrected: no payment is due.' }
    case 'Cancelled':
      return { mark: 'Cancelled', words: 'Cancelled. The order was deleted: no payment is due.' }
    case 'Approved':
      return creditedStanding(invoice)
  }
}

function creditedStanding(invoice: Invoice): Standing | undefined {
  const { creditNotes } = invoice
  if (creditNotes.length === 0) return undefined
  const by = (
    <>
      by credit {creditNotes.length === 1 ? 'note' : 'notes'}{' '}
      {creditNotes.map(({ creditNoteNumber }, index) => (
        <>
          {index > 0 && ', '}
          <span class="unbroken">{creditNoteNumber}</span>
        </>
      ))}
      .
    </>
  )
  return isCreditedWhole(invoice)
    ? { mark: 'Credited', words: <>Credited in full {by} No payment is due.</> }
    : { words: <>Credited in part {by}</> }
}

/** A line of the seller's address may be their country's code. */
const COUNTRY = /^[A-Z]{2}$/

/** Who sells, as on an envelope. */
export function SellerAddress({ seller }: { seller: Seller }) {
  return (
    <address>
      <strong>
        <StoredText>{seller.name}</StoredText>
      </strong>
      {seller.address.map((line) => (
        <span>
          <StoredText>{COUNTRY.test(line) ? nameForMail(line) : line}</StoredText>
        </span>
      ))}
      <span>
        VAT ID <StoredText>{seller.vatId}</StoredText>
      </span>
    </address>
  )
}

function PaymentTerms({ seller, dueOn }: { seller: Seller; dueOn: string }) {
  return (
    <>
      <p>
        Please pay by <CalendarDay day={dueOn} />, quoting the invoice number, to:
      </p>
      <p>
        <StoredText>{seller.name}</StoredText> · <StoredText>{seller.bank}</StoredText>
      </p>
    </>
  )
}
