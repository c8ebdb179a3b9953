import { nameCountry } from '../../../shared/country.ts'
import {
  CalendarDay,
  CustomerAddress,
  DocumentFrame,
  DocumentLines,
  DocumentNote,
  DocumentTotals,
} from '../../../shared/ui.tsx'
import type { Invoice } from '../invoice.ts'
import type { Seller } from '../seller.ts'

type InvoiceDocumentProps = {
  invoice: Invoice
  /** Who would sell if it were approved now. */
  configuredSeller: Seller
}

/** The invoice as its customer gets it: what it says comes from the invoice alone, so that an approved one stays. */
export function InvoiceDocument({ invoice, configuredSeller }: InvoiceDocumentProps) {
  const { issuedOn, dueOn } = invoice
  const seller = invoice.seller ?? configuredSeller
  return (
    <DocumentFrame
      title="Invoice"
      number={invoice.invoiceNumber ?? 'Not approved yet'}
      from={<SellerAddress seller={seller} />}
      to={<CustomerAddress label="Invoice to" customer={invoice.customer} />}
      facts={[
        {
          term: 'Invoice date',
          description: issuedOn === null ? SET_AT_APPROVAL : <CalendarDay day={issuedOn} />,
        },
        {
          term: 'Payment due',
          description: dueOn === null ? SET_AT_APPROVAL : <CalendarDay day={dueOn} />,
        },
        { term: 'Order', description: String(invoice.orderNumber) },
        { term: 'Customer', description: invoice.customer.id },
      ]}
      footer={dueOn === null ? undefined : <PaymentTerms seller={seller} dueOn={dueOn} />}
    >
      <DocumentLines lines={invoice.lines} charges={invoice.charges} currency={invoice.currency} />
      <DocumentTotals totals={invoice} taxes={invoice.taxes} currency={invoice.currency} grossLabel="Amount due" />
      <DocumentNote note={invoice.note} />
    </DocumentFrame>
  )
}

const SET_AT_APPROVAL = 'Set at approval'

/** Who sells, as on an envelope. */
export function SellerAddress({ seller }: { seller: Seller }) {
  return (
    <address>
      <strong>{seller.name}</strong>
      {seller.address.map((line) => (
        <span>{nameCountry(line)}</span>
      ))}
      <span>VAT ID {seller.vatId}</span>
    </address>
  )
}

function PaymentTerms({ seller, dueOn }: { seller: Seller; dueOn: string }) {
  return (
    <>
      <p>
        Payable by <CalendarDay day={dueOn} />, naming the invoice’s number, to:
      </p>
      <p>
        {seller.name} · {seller.bank}
      </p>
    </>
  )
}
