import { type Child, useContext } from 'hono/jsx'
import { writeFigure } from '../../../../shared/assets/figure-notation.js'
import type { Customer } from '../../../../shared/contract/order.ts'
import { listCountries, nameCountry } from '../../../../shared/text/country.ts'
import { listCurrencies, minorUnitDecimals } from '../../../../shared/money/currency.ts'
import { notationOf } from '../../../../shared/money/notation.ts'
import { ReaderContext } from '../../../../shared/edge/reader.ts'
import {
  Button,
  ButtonLink,
  ButtonRow,
  CityOf,
  DataTable,
  errorOf,
  ErrorSummary,
  Field,
  FieldRow,
  type FormError,
  KeyHint,
  Notice,
  Panel,
  Select,
  StoredText,
  TextArea,
} from '../../../../shared/ui/parts.tsx'
import { type CurrencyOrigin, isPriced } from '../currency-choice.ts'
import { emptyCharge, emptyLine, type OrderForm } from '../form.ts'
import { ENTER, writeStep } from '../step.ts'
import type { OrderFormView } from '../view.ts'
import { CurrencyQuestion } from './currency-question.tsx'
import { errorsByField, errorsForSummary, labelOf } from '../../orders/field-labels.ts'
import { FormTotals } from './form-totals.tsx'
import { ChargeRow, LineRow, PutBack } from './form-rows.tsx'

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

function CustomerPanel({ view, errors }: PanelProps) {
  const { customer } = view.form
  const { search, focus } = view
  const found = search?.kind === 'customers' ? search : undefined
  const field = (name: string, value: string, required: boolean) => (
    <Field name={name} label={labelOf(name)} value={value} required={required} error={errorOf(errors, name)} />
  )
  return (
    <Panel title="Customer">
      <div class="filter-bar">
        <div class="suggests">
          <Field
            name="customerSearch"
            label="Search customers"
            type="search"
            value={view.customerSearch}
            attributes={{ autofocus: focus === 'customerSearch', 'data-suggest': 'customers' }}
          />
        </div>
        <Button name="action" value={writeStep({ act: 'find-customer' })} attributes={{ 'data-without-script': true }}>
          Find customer
        </Button>
      </div>
      <p class="search-note" role="status" data-customer-note>
        {found !== undefined && <CustomerNote search={found} />}
      </p>
      {found !== undefined && found.found.length > 0 && <CustomersFound search={found} />}
      <FieldRow>
        {field('customer.name', customer.name, true)}
        {field('customer.id', customer.id, true)}
      </FieldRow>
      <FieldRow>
        {field('customer.address.street', customer.street, true)}
        {field('customer.address.additional', customer.additional, false)}
      </FieldRow>
      <FieldRow>
        {field('customer.address.postalCode', customer.postalCode, false)}
        {field('customer.address.city', customer.city, true)}
        {field('customer.address.region', customer.region, false)}
        <Field
          name="customer.address.country"
          label={labelOf('customer.address.country')}
          value={customer.country}
          required
          error={errorOf(errors, 'customer.address.country')}
          attributes={{ list: COUNTRIES }}
        />
      </FieldRow>
      <CountryNames />
      <FieldRow>
        {field('customer.contact', customer.contact, false)}
        {field('customer.email', customer.email, false)}
        {field('customer.vatId', customer.vatId, false)}
      </FieldRow>
    </Panel>
  )
}

const COUNTRIES = 'countries'

/** What the field of a country suggests: names, each with the code that it is found by as well. */
function CountryNames() {
  return (
    <datalist id={COUNTRIES}>
      {listCountries().map((code) => (
        <option value={nameCountry(code)}>{code}</option>
      ))}
    </datalist>
  )
}

/** order-form.js says the same as one types. */
function CustomerNote({ search: { q, found } }: { search: { q: string; found: Customer[] } }) {
  if (found.length === 0) {
    return (
      <>
        No customer matches “<StoredText>{q}</StoredText>”. Fill in the fields below.
      </>
    )
  }
  return (
    <>
      No customer has the ID “<StoredText>{q}</StoredText>”. Choose one of the matches, or fill in the fields below.
    </>
  )
}

function CustomersFound({ search }: { search: { found: Customer[] } }) {
  return (
    <DataTable
      caption="Customers found"
      rows={search.found}
      columns={[
        { label: 'Name', cell: ({ name }) => name },
        { label: 'ID', cell: ({ id }) => id },
        { label: 'City', cell: ({ address }) => <CityOf address={address} /> },
        {
          label: 'Choice',
          labelHidden: true,
          cell: (customer) => (
            <Button name="action" value={writeStep({ act: 'use-customer', id: customer.id })}>
              Use this customer
              <span class="visually-hidden">
                {' '}
                <StoredText>{customer.name}</StoredText>
              </span>
            </Button>
          ),
        },
      ]}
    />
  )
}

type PanelProps = { view: OrderFormView; errors: readonly FormError[] }

/** Where the currency comes from, as it is said below it. */
const CURRENCY_NOTES: Record<CurrencyOrigin, string> = {
  usual: 'Set by the customer.',
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

/** What order-draft.js offers a draft with that was typed before and not saved. */
function DraftTemplate() {
  return (
    <template id="draft-template">
      <Notice title="You have an unsaved draft">
        <p>
          You were typing it in this tab until <time /> and did not save it.{' '}
          <span data-changed>The order has changed since then: differences are shown when you save.</span>
        </p>
        <ButtonRow>
          <Button type="button" attributes={{ 'data-restore': true }}>
            Restore the draft
          </Button>
          <Button type="button" variant="quiet" attributes={{ 'data-discard': true }}>
            Discard
          </Button>
        </ButtonRow>
      </Notice>
    </template>
  )
}

/** What order-form.js makes new rows from; outside of the form, and inert. */
function RowTemplates({ locale }: { locale: string }) {
  return (
    <>
      <template id="line-template">
        <LineRow
          line={emptyLine(locale)}
          row={TEMPLATE_ROW}
          net={undefined}
          currency=""
          errors={[]}
          focus={undefined}
          search={undefined}
          note={undefined}
        />
      </template>
      <template id="charge-template">
        <ChargeRow charge={emptyCharge(locale)} row={TEMPLATE_ROW} errors={[]} focus={undefined} />
      </template>
    </>
  )
}

/** The row that templates stand for: above every row there can be, so that a script finds it and puts another. */
const TEMPLATE_ROW = 999
