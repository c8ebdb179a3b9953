import { type Child, useContext } from 'hono/jsx'
import { writeFigure } from '../../../../shared/assets/typed-figure.js'
import { listCurrencies, minorUnitDecimals } from '../../../../shared/money/currency.ts'
import { notationOf } from '../../../../shared/money/notation.ts'
import { ReaderContext } from '../../../../shared/edge/reader.ts'
import {
  Button,
  ButtonLink,
  ButtonRow,
  errorOf,
  ErrorSummary,
  Field,
  FieldRow,
  type FormError,
  KeyHint,
  Panel,
  Select,
  TextArea,
} from '../../../../shared/ui/parts.tsx'
import { type CurrencyOrigin, isPriced } from '../currency-choice.ts'
import type { OrderForm } from '../form.ts'
import { ENTER, writeStep } from '../step.ts'
import type { OrderFormView } from '../view.ts'
import { CurrencyQuestion } from './currency-question.tsx'
import { errorsByField, errorsForSummary, labelOf } from '../../orders/field-labels.ts'
import { FormTotals } from './form-totals.tsx'
import { ChargeRow, LineRow, PutBack } from './form-rows.tsx'

import { CustomerPanel } from './customer-panel.tsx'
import { DraftTemplate, RowTemplates } from './form-templates.tsx'

/** The currencies whose minor unit is not two decimals away, for the script that adds up: `JPY:0 KWD:3`. */
const UNUSUAL_DECIMALS = listCurrencies()
  .filter((code) => minorUnitDecimals(code) !== 2)
  .map((code) => `${code}:${minorUnitDecimals(code)}`)
  .join(' ')

type OrderFormProps = {
  view: OrderFormView
  action: string
  /** Where one goes without saving. */
  cancel: string
  /** What the form carries along unseen. */
  hidden: Record<string, string>
  /** Which draft the form's is while it is not saved, and whose. */
  draft: { name: string; user: string }
  /** Whether it was typed already what the form shows, and not saved. */
  unsaved: boolean
  /** What it means to leave out when the order was placed. */
  placedAtHint: string
  /** What stands before the fields; its buttons are the form's. */
  children?: Child
}

/**
 * The order as a form. Every button posts the whole of it, so that it works without scripts; order-form.js spares the
 * round trips. A field's name is its JSON Pointer in the order with dots for slashes.
 */
export function OrderFormFields(props: OrderFormProps) {
  const { view, action, cancel, hidden, draft, unsaved, placedAtHint, children } = props
  const { form, prices } = view
  const notation = notationOf(form.locale)
  const errors = errorsByField(view.errors)
  return (
    <>
      <ErrorSummary errors={errorsForSummary(view.errors)} />
      <div role="status" data-draft-offer data-with-script />
      <form
        method="post"
        action={action}
        autocomplete="off"
        novalidate
        data-send-once
        data-order-form
        data-draft={draft.name}
        data-draft-of={draft.user}
        data-unsaved={unsaved || undefined}
        data-locale={form.locale}
        data-notation={JSON.stringify(notation)}
        data-decimals={UNUSUAL_DECIMALS}
      >
        {/* Enter in a field presses a form's first button: this one, so that it saves and takes no line out. */}
        <button class="visually-hidden" tabindex={-1} aria-hidden="true" name="action" value={ENTER} />
        {/* In which the figures below are written: they are read so, whatever the browser asks for by then. */}
        <input type="hidden" name="locale" value={form.locale} />
        {Object.entries({ ...hidden, ...carriedBy(view) }).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        {children}
        <CustomerPanel view={view} errors={errors} />
        <LinesPanel view={view} errors={errors} />
        <div class="columns">
          <div class="stack">
            <ChargesPanel view={view} errors={errors} />
            <MorePanel form={form} errors={errors} hint={placedAtHint} />
          </div>
          <div class="stack">
            <FormTotals form={form} prices={prices} />
            <ButtonRow>
              <Button
                variant="primary"
                name="action"
                value="save"
                attributes={{ 'aria-keyshortcuts': 'Control+Enter' }}
              >
                Save
              </Button>
              <KeyHint keys={['Ctrl', 'Enter']} />
              <ButtonLink href={cancel} variant="quiet">
                Cancel
              </ButtonLink>
            </ButtonRow>
          </div>
        </div>
      </form>
      <RowTemplates locale={form.locale} />
      <DraftTemplate />
    </>
  )
}

/** What the page sends along unseen, so that the next step is understood without scripts. */
function carriedBy({ form, choice, scanned, customerSearched }: OrderFormView): Record<string, string> {
  return {
    currencyShown: form.currency,
    pricesShown: isPriced(form) ? 'yes' : '',
    currencyFrom: choice.origin,
    ...(customerSearched !== '' && { customerSearched }),
    ...(scanned !== undefined && {
      scanned: String(scanned),
      scannedQuantity: form.lines[scanned]?.quantity ?? '',
    }),
  }
}

type PanelProps = { view: OrderFormView; errors: readonly FormError[] }

/** Where the currency comes from, as it is said below it. */
const CURRENCY_NOTES: Record<CurrencyOrigin, string> = {
  usual: 'Set when you choose the customer.',
  'last-order': 'As in the customer’s last order.',
  country: 'The usual currency in the customer’s country.',
  chosen: '',
}

function LinesPanel({ view, errors }: PanelProps) {
  const { form, prices, search, focus, choice, repricing, note, removed } = view
  return (
    <Panel title="Lines">
      <div class="currency-bar">
        <Select
          name="currency"
          label={labelOf('currency')}
          width="medium"
          value={choice.asked ?? form.currency}
          options={listCurrencies().map((code) => ({ value: code, label: code }))}
          required
          error={errorOf(errors, 'currency')}
          hint={
            <span data-currency-note data-notes={JSON.stringify(CURRENCY_NOTES)}>
              {CURRENCY_NOTES[choice.origin]}
            </span>
          }
          attributes={{ autofocus: focus === 'currency' }}
        />
        <Button
          name="action"
          value={writeStep({ act: 'change-currency' })}
          attributes={{ 'data-without-script': true }}
        >
          Change currency
        </Button>
      </div>
      <div role="status" data-currency-slot>
        {repricing !== undefined && <CurrencyQuestion repricing={repricing} />}
      </div>
      <p class="hint">Enter numbers like {writeFigure('1234.5', 'quantity', notationOf(form.locale), true)}.</p>
      <div class="lines" data-rows="lines">
        {form.lines.map((line, row) => (
          <LineRow
            line={line}
            row={row}
            net={prices.nets[row]}
            currency={form.currency}
            errors={errors}
            focus={focus}
            search={search?.kind === 'products' && search.row === row ? search : undefined}
            note={note?.row === row ? note : undefined}
          />
        ))}
      </div>
      <PutBack list="lines" removed={removed} />
      <ButtonRow>
        <Button name="action" value={writeStep({ act: 'add-line' })} attributes={{ 'aria-keyshortcuts': 'Alt+Enter' }}>
          Add line
        </Button>
        <KeyHint keys={['Alt', 'Enter']} />
      </ButtonRow>
    </Panel>
  )
}

function ChargesPanel({ view: { form, focus, removed }, errors }: PanelProps) {
  return (
    <Panel title="Charges">
      <div class="lines" data-rows="charges">
        {form.charges.map((charge, row) => (
          <ChargeRow charge={charge} row={row} errors={errors} focus={focus} />
        ))}
      </div>
      <PutBack list="charges" removed={removed} />
      <ButtonRow>
        <Button name="action" value={writeStep({ act: 'add-charge' })}>
          Add charge
        </Button>
      </ButtonRow>
    </Panel>
  )
}

function MorePanel({ form, errors, hint }: { form: OrderForm; errors: readonly FormError[]; hint: string }) {
  const { timeZone } = useContext(ReaderContext)
  return (
    <Panel title="Other details">
      <FieldRow>
        <Field
          name="placedAt"
          label={labelOf('placedAt')}
          type="date"
          value={form.placedAt}
          required={false}
          hint={`Date in ${timeZone}. ${hint}`}
          error={errorOf(errors, 'placedAt')}
        />
        <Field
          name="externalId"
          label={labelOf('externalId')}
          value={form.externalId}
          required={false}
          hint="The order’s number in the system it came from."
          error={errorOf(errors, 'externalId')}
        />
      </FieldRow>
      <FieldRow>
        <Field
          name="suppliedOn"
          label={labelOf('suppliedOn')}
          type="date"
          value={form.suppliedOn}
          required={false}
          hint="If different from the invoice date."
          error={errorOf(errors, 'suppliedOn')}
        />
        <Field
          name="taxExemptionReason"
          label={labelOf('taxExemptionReason')}
          value={form.taxExemptionReason}
          required={false}
          hint="Printed on the invoice where a rate of 0 % applies."
          error={errorOf(errors, 'taxExemptionReason')}
        />
      </FieldRow>
      <TextArea
        name="note"
        label={labelOf('note')}
        value={form.note}
        required={false}
        error={errorOf(errors, 'note')}
      />
    </Panel>
  )
}
