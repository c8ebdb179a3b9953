import type { ChargeInput, LineInput } from '../../../../shared/contract/order.ts'
import { invoicePath } from '../../../../shared/contract/links.ts'
import { lineNet } from '../../../../shared/money/totals.ts'
import {
  Button,
  ButtonRow,
  type Column,
  DataTable,
  EmptyState,
  ErrorSummary,
  Figure,
  type FormError,
  Money,
  Notice,
  PageHeader,
  Panel,
  StoredText,
  TextArea,
} from '../../../../shared/ui/parts.tsx'
import { type CreditNote, judgeReissueWithCredit } from '../../documents/credit-note.ts'
import type { CreditForm } from '../input.ts'
import type { CreditBound } from '../credit-invoice.ts'
import { creditedWith } from '../../documents/four-eyes.ts'
import type { Invoice } from '../../documents/invoice.ts'
import { creditingPath } from '../../edge/paths.ts'
import { INVOLVEMENTS } from '../../invoices/pages/decision-buttons.tsx'
import { BillingPage, type Frame } from '../../edge/frame.tsx'
import { ReissueButton } from '../../invoices/pages/corrections.tsx'
import { KeysChoice } from '../../list/keys-choice.tsx'

/** Everything that the page on which an invoice is credited shows. */
export type CreditInvoiceView = {
  invoice: Invoice
  earlier: readonly CreditNote[]
  /** Up to which amount the reader may credit it, where all of it takes somebody else. */
  bound: CreditBound | undefined
  /** As it was sent, or as it begins. */
  form: CreditForm
  /** The invoice's ETag: what is credited is what was seen. */
  seen: string
  problem: FormError | undefined
}

/** Where an approved invoice is credited, whole or by line, and reissued. */
export function CreditInvoicePage({ frame, view }: { frame: Frame; view: CreditInvoiceView }) {
  const { invoice, problem, bound } = view
  const left = itemsLeft(view)
  // Not even the smallest part of it.
  const isBarred = bound !== undefined && creditedWith(invoice, 0) >= bound.upTo
  return (
    <BillingPage
      frame={frame}
      title={`Credit invoice ${invoice.invoiceNumber}`}
      current="invoices"
      scripts={['/credit-lines.js', '/queue-keys.js', '/send-once.js']}
    >
      <PageHeader
        title={`Credit invoice ${invoice.invoiceNumber}`}
        back={{ href: invoicePath(invoice.id), label: `Invoice ${invoice.invoiceNumber}` }}
      >
        <StoredText>{invoice.customer.name}</StoredText>, <Money amount={invoice.gross} currency={invoice.currency} />
      </PageHeader>
      {problem !== undefined && <ErrorSummary errors={[problem]} />}
      {left.length === 0 ? (
        <EmptyState title="This invoice is fully credited" action={<ReissueButton invoice={invoice} />}>
          Its credit notes are listed on its page.
        </EmptyState>
      ) : (
        <>
          {bound !== undefined && <SecondPerson invoice={invoice} bound={bound} barred={isBarred} />}
          {!isBarred && (
            <>
              <CreditingForm view={view} left={left} />
              <KeysChoice>J and K move between lines, X selects, R goes to the reason.</KeysChoice>
            </>
          )}
        </>
      )}
    </BillingPage>
  )
}

function SecondPerson({ invoice, bound, barred }: { invoice: Invoice; bound: CreditBound; barred: boolean }) {
  const did = INVOLVEMENTS[bound.involvement]
  if (barred) {
    return (
      <Notice title="Somebody else must credit this invoice">
        You {did}, and a credit of this amount requires a second person. Ask another accountant.
      </Notice>
    )
  }
  return (
    <Notice title="You may credit a part of this invoice">
      You {did}. All its credit notes together may add up to <Money amount={bound.upTo} currency={invoice.currency} />;
      more requires a second person.
    </Notice>
  )
}

function CreditingForm({ view, left }: { view: CreditInvoiceView; left: readonly Item[] }) {
  const { invoice, form, seen, problem } = view
  return (
    <form method="post" action={creditingPath(invoice.id)} data-send-once data-queue data-credit-lines>
      <input type="hidden" name="seen" value={seen} />
      <Panel>
        <fieldset class="choices">
          <legend>What to credit</legend>
          <label>
            <input id="field-scope" type="radio" name="scope" value="all" checked={form.scope === 'all'} />
            {view.earlier.length === 0 ? 'The whole invoice' : 'Everything not credited yet'}
          </label>
          <label>
            <input type="radio" name="scope" value="some" checked={form.scope === 'some'} />
            Only what is selected here
          </label>
        </fieldset>
        <DataTable caption="What can be credited" columns={columnsOf(invoice.currency, form)} rows={left} />
        <TextArea
          name="reason"
          label="Reason"
          hint="It is printed on the credit note, and the order’s clerk sees it in ordering."
          error={problem?.name === 'reason' ? problem.message : undefined}
          value={form.reason}
          required
          attributes={{ 'aria-keyshortcuts': 'R', 'data-key': 'r' }}
        />
        <ReissueChoice invoice={invoice} chosen={form.reissue} />
        <p class="hint">The credit note gets its number and date immediately and cannot be changed afterwards.</p>
        <ButtonRow>
          <Button variant="primary">Credit invoice</Button>
        </ButtonRow>
      </Panel>
    </form>
  )
}

function ReissueChoice({ invoice, chosen }: { invoice: Invoice; chosen: boolean }) {
  if (!judgeReissueWithCredit(invoice, 'all').ok) return null
  return (
    <fieldset class="choices">
      <legend>Afterwards</legend>
      <label>
        <input id="field-reissue" type="checkbox" name="reissue" value="yes" checked={chosen} />
        Reissue: invoice the order again, as it is now
      </label>
      <p class="hint">
        {invoice.orderChangedSince ? 'The order was changed after approval. ' : ''}
        The new invoice waits for approval. Reissuing requires crediting the whole invoice, and can also be done later.
      </p>
    </fieldset>
  )
}

/** What can still be credited, by where it stands in the invoice. */
type Item =
  | { kind: 'line'; position: number; line: LineInput }
  | { kind: 'charge'; position: number; charge: ChargeInput }

function itemsLeft({ invoice, earlier }: CreditInvoiceView): Item[] {
  const lines = new Set(earlier.flatMap(({ linePositions }) => linePositions))
  const charges = new Set(earlier.flatMap(({ chargePositions }) => chargePositions))
  const all: Item[] = [
    ...invoice.lines.map((line, position): Item => ({ kind: 'line', position, line })),
    ...invoice.charges.map((charge, position): Item => ({ kind: 'charge', position, charge })),
  ]
  return all.filter(({ kind, position }) => !(kind === 'line' ? lines : charges).has(position))
}

function columnsOf(currency: string, form: CreditForm): Column<Item>[] {
  return [
    { label: 'Description', cell: (item) => <Choice item={item} form={form} /> },
    {
      label: 'Quantity',
      numeric: true,
      cell: (item) => (item.kind === 'line' ? <Figure value={item.line.quantity} /> : ''),
    },
    {
      label: 'Tax',
      numeric: true,
      cell: (item) => <Figure value={(item.kind === 'line' ? item.line : item.charge).taxPercent} unit="percent" />,
    },
    {
      label: 'Net',
      numeric: true,
      cell: (item) => (
        <Money amount={item.kind === 'line' ? lineNet(item.line) : item.charge.amount} currency={currency} />
      ),
    },
  ]
}

function Choice({ item, form }: { item: Item; form: CreditForm }) {
  const { kind, position } = item
  const chosen = (kind === 'line' ? form.lines : form.charges).includes(position)
  return (
    <label class="choice">
      <input type="checkbox" name={kind} value={String(position)} checked={chosen} />
      <StoredText>{kind === 'line' ? item.line.description : item.charge.description}</StoredText>
    </label>
  )
}
