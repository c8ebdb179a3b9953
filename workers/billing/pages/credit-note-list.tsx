import { invoicePath } from '../../../shared/links.ts'
import { CalendarDay, type Column, DataTable, EmptyState, Money, PageHeader, Pager } from '../../../shared/ui.tsx'
import type { CreditNote } from '../credit-note.ts'
import { creditNotePath } from '../paths.ts'
import { BillingPage, type Frame } from './frame.tsx'

type CreditNoteListPageProps = {
  frame: Frame
  creditNotes: readonly CreditNote[]
  /** The id that the page before ended with; null on the first. */
  after: number | null
  next: number | null
}

/** All credit notes, the newest first. */
export function CreditNoteListPage({ frame, creditNotes, after, next }: CreditNoteListPageProps) {
  return (
    <BillingPage frame={frame} title="Credit notes" current="credit-notes">
      <PageHeader title="Credit notes">What corrects approved invoices, the newest first.</PageHeader>
      {creditNotes.length === 0 ? (
        <EmptyState title="There are no credit notes">
          One is made from the page of an approved invoice, for all of it or for some of its lines.
        </EmptyState>
      ) : (
        <DataTable caption="Credit notes" columns={COLUMNS} rows={creditNotes} />
      )}
      <Pager
        label="Pages of credit notes"
        first={after === null ? undefined : '/credit-notes'}
        next={next === null ? undefined : `/credit-notes?after=${next}`}
      />
    </BillingPage>
  )
}

const COLUMNS: Column<CreditNote>[] = [
  { label: 'Credit note', cell: ({ id, creditNoteNumber }) => <a href={creditNotePath(id)}>{creditNoteNumber}</a> },
  { label: 'Customer', cell: ({ customer }) => customer.name },
  {
    label: 'Corrects invoice',
    cell: ({ invoiceId, invoiceNumber }) => <a href={invoicePath(invoiceId)}>{invoiceNumber}</a>,
  },
  { label: 'Date', cell: ({ issuedOn }) => <CalendarDay day={issuedOn} /> },
  { label: 'Amount', numeric: true, cell: ({ gross, currency }) => <Money amount={gross} currency={currency} /> },
]
