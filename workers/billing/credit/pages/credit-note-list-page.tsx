import { invoicePath } from '../../../../shared/contract/links.ts'
import {
  CalendarDay,
  type Column,
  DataTable,
  EmptyState,
  FilterBar,
  type FormError,
  Money,
  PageHeader,
  Pager,
} from '../../../../shared/ui/parts.tsx'
import type { CreditNote } from '../../documents/credit-note.ts'
import { type CreditNoteListQuery, isSought, soughtFields } from '../../list/query.ts'
import { creditNotePath } from '../../edge/paths.ts'
import { BillingPage, type Frame } from '../../edge/frame.tsx'
import { describeSought, NothingFound, SearchField, SoughtFields } from '../../list/search-fields.tsx'

type CreditNoteListPageProps = {
  frame: Frame
  query: CreditNoteListQuery
  creditNotes: readonly CreditNote[]
  next: number | null
  /** What is wrong with what was typed: then nothing was looked for. */
  errors: readonly FormError[]
}

/** Credit notes, the newest first. */
export function CreditNoteListPage({ frame, query, creditNotes, next, errors }: CreditNoteListPageProps) {
  const nextPath = next === null ? undefined : listPath({ ...query, after: next })
  return (
    <BillingPage frame={frame} title="Credit notes" current="credit-notes">
      <PageHeader title="Credit notes">
        {isSought(query)
          ? `Credit notes that match ${describeSought(query)}.`
          : 'Corrections to approved invoices, newest first.'}
      </PageHeader>
      <FilterBar
        label="Filter the credit notes"
        action="/credit-notes"
        clear={isSought(query) ? '/credit-notes' : undefined}
        more={<SoughtFields query={query} errors={errors} />}
      >
        <SearchField query={query} placeholder="Customer, number or external ID" />
      </FilterBar>
      {creditNotes.length > 0 && <DataTable caption="Credit notes" columns={COLUMNS} rows={creditNotes} />}
      {creditNotes.length === 0 && errors.length === 0 && <NoCreditNotes query={query} next={nextPath} />}
      <Pager
        label="Pages of credit notes"
        first={query.after === undefined ? undefined : listPath({ ...query, after: undefined })}
        next={nextPath}
      />
    </BillingPage>
  )
}

function NoCreditNotes({ query, next }: { query: CreditNoteListQuery; next: string | undefined }) {
  if (isSought(query)) {
    const wider = [{ href: '/credit-notes', label: 'All credit notes' }]
    return (
      <NothingFound one="credit note" query={query} next={next} wider={wider}>
        <p>
          Search by part of the customer’s name or of the order’s external ID, by the number of the credit note or of
          the invoice it corrects, or how either begins, or by the order number.
        </p>
      </NothingFound>
    )
  }
  return (
    <EmptyState title="No credit notes yet">
      A credit note is created from the page of an approved invoice, for all of it or for some of its lines.
    </EmptyState>
  )
}

function listPath(query: CreditNoteListQuery): string {
  const fields = new URLSearchParams(soughtFields(query))
  if (query.after !== undefined) fields.set('after', String(query.after))
  return fields.size === 0 ? '/credit-notes' : `/credit-notes?${fields.toString()}`
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
