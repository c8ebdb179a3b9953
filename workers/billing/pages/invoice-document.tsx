import { nameCountry } from '../../../shared/country.ts'
import {
  CustomerAddress,
  Day,
  DocumentFrame,
  DocumentLines,
  DocumentNote,
  DocumentTotals,
} from '../../../shared/ui.tsx'
import { addDays, dayOf } from '../../../shared/business-day.ts'
import type { Invoice } from '../invoice.ts'
import type { Seller } from '../seller.ts'

/** The invoice as its customer gets it: what it says comes from the invoice alone, so that an approved one stays. */
export function InvoiceDocument({ invoice, seller }: { invoice: Invoice; seller: Seller }) {
  const { timeZone } = seller
  const issuedAt = invoice.state === 'Approved' ? invoice.decidedAt : null
  return (
    <DocumentFrame
      title="Invoice"
      number={invoice.invoiceNumber ?? 'Not approved yet'}
      from={<SellerAddress seller={seller} />}
      to={<CustomerAddress label="Invoice to" customer={invoice.customer} />}
      facts={[
        {
          term: 'Invoice date',
          description: issuedAt === null ? 'Set at approval' : <Day at={issuedAt} timeZone={timeZone} />,
        },
        {
          term: 'Payment due',
          description:
            issuedAt === null ? (
              `${seller.daysToPay} days after approval`
            ) : (
              <Day at={addDays(dayOf(issuedAt, timeZone), seller.daysToPay)} timeZone="UTC" />
            ),
        },
        { term: 'Order', description: String(invoice.orderNumber) },
        { term: 'Customer', description: invoice.customer.id },
      ]}
      footer={<PaymentTerms seller={seller} />}
    >
      <DocumentLines lines={invoice.lines} charges={invoice.charges} currency={invoice.currency} />
      <DocumentTotals totals={invoice} taxes={invoice.taxes} currency={invoice.currency} grossLabel="Amount due" />
      <DocumentNote note={invoice.note} />
    </DocumentFrame>
  )
}

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

function PaymentTerms({ seller }: { seller: Seller }) {
  return (
    <>
      <p>Payable within {seller.daysToPay} days of the invoice date, naming the invoice’s number, to:</p>
      <p>
        {seller.name} · {seller.bank}
      </p>
    </>
  )
}
