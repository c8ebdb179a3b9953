import { isCurrency } from '../../../../shared/money/currency.ts'
import {
  Button,
  ButtonRow,
  DataTable,
  errorOf,
  Field,
  type FormError,
  Money,
  StoredText,
} from '../../../../shared/ui/parts.tsx'
import type { ChargeFields, LineFields } from '../form.ts'
import { type RemovedRow, writeStep } from '../step.ts'
import type { LineNote } from '../view.ts'
import type { Product } from '../../catalogue/product.ts'
import { labelOf } from '../../orders/field-labels.ts'

/** For what a script does as one types. */
const WITHOUT_SCRIPT = { 'data-without-script': true }
const DECIMAL = { inputmode: 'decimal', class: 'numeric' }

type LineRowProps = {
  line: LineFields
  row: number
  net: number | undefined
  currency: string
  errors: readonly FormError[]
  focus: string | undefined
  search: { q: string; found: Product[] } | undefined
  note: LineNote | undefined
}

/** A line to fill in, with what it comes to. */
export function LineRow({ line, row, net, currency, errors, focus, search, note }: LineRowProps) {
  const name = (field: keyof LineFields) => `lines.${row}.${field}`
  const common = (field: keyof LineFields) => ({
    name: name(field),
    label: labelOf(field),
    value: line[field],
    error: errorOf(errors, name(field)),
  })
  const figure = (field: keyof LineFields, required: boolean) => (
    <Field
      {...common(field)}
      required={required || undefined}
      width="short"
      attributes={{ ...DECIMAL, autofocus: focus === name(field), ...(required ? {} : { placeholder: '0' }) }}
    />
  )
  return (
    <>
      <fieldset class="line" data-row={row}>
        <legend>Line {row + 1}</legend>
        <div class="suggests">
          <Field
            {...common('sku')}
            required
            attributes={{ autofocus: focus === name('sku'), 'data-suggest': 'products', spellcheck: 'false' }}
          />
          <Button name="action" value={writeStep({ act: 'find-product', row })} attributes={WITHOUT_SCRIPT}>
            Find product<span class="visually-hidden"> for line {row + 1}</span>
          </Button>
        </div>
        <Field {...common('description')} required />
        {figure('quantity', true)}
        {figure('unitPrice', true)}
        {figure('discountPercent', false)}
        {figure('taxPercent', false)}
        <p class="line-total">
          <span class="visually-hidden">Net: </span>
          <span data-net>
            {net !== undefined && isCurrency(currency) ? <Money amount={net} currency={currency} /> : '–'}
          </span>
        </p>
        <ButtonRow>
          <Button
            variant="quiet"
            name="action"
            value={writeStep({ act: 'remove-line', row })}
            attributes={{ 'data-remove': true }}
          >
            Remove<span class="visually-hidden"> line {row + 1}</span>
          </Button>
        </ButtonRow>
        <p class="line-note" role="status" data-note>
          {note !== undefined && <NoteText note={note} currency={currency} />}
        </p>
      </fieldset>
      {search !== undefined && <ProductsFound search={search} row={row} currency={currency} />}
    </>
  )
}

/** order-form.js says the same as one types. */
function NoteText({ note, currency }: { note: LineNote; currency: string }) {
  switch (note.reason) {
    case 'no_such_code':
      return (
        <>
          No product has the code “<StoredText>{note.code}</StoredText>”.{' '}
          {note.found > 0 && 'Choose one of the matches, or fill '} {note.found === 0 && 'Fill '}in the line yourself.
        </>
      )
    case 'nothing_found':
      return (
        <>
          No product matches “<StoredText>{note.q}</StoredText>”. Fill in the line yourself.
        </>
      )
    case 'taken_as_quantity':
      return note.product === undefined ? (
        <>
          No product has the code “<StoredText>{note.code}</StoredText>”, so it was taken as the quantity. Nothing has
          been saved yet.
        </>
      ) : (
        <>
          “<StoredText>{note.code}</StoredText>” is also the code of <StoredText>{note.product.description}</StoredText>
          . It was taken as the quantity, and nothing has been saved yet. Enter a product on a line of its own.
        </>
      )
    case 'other_currency':
      return (
        <>
          The catalogue has its price in {note.product.currency}:{' '}
          <Money amount={note.product.unitPrice} currency={note.product.currency} />. This order is in {currency}: enter
          the price in {currency}.
        </>
      )
  }
}

type ProductsFoundProps = { search: { q: string; found: Product[] }; row: number; currency: string }

function ProductsFound({ search, row, currency }: ProductsFoundProps) {
  return (
    <DataTable
      caption={`Products found for line ${row + 1}`}
      rows={search.found}
      columns={[
        { label: 'Description', cell: ({ description }) => description },
        { label: 'SKU', cell: ({ sku }) => sku },
        {
          label: 'Unit price',
          numeric: true,
          cell: (product) => (
            <>
              <Money amount={product.unitPrice} currency={product.currency} />
              {product.currency !== currency && <span class="muted"> in {product.currency}</span>}
            </>
          ),
        },
        {
          label: 'Choice',
          labelHidden: true,
          cell: (product) => (
            <Button name="action" value={writeStep({ act: 'use-product', row, sku: product.sku })}>
              Use this product
              <span class="visually-hidden">
                {' '}
                <StoredText>{product.description}</StoredText>
              </span>
            </Button>
          ),
        },
      ]}
    />
  )
}

type ChargeRowProps = { charge: ChargeFields; row: number; errors: readonly FormError[]; focus: string | undefined }

/** A charge to fill in: freight, packing. */
export function ChargeRow({ charge, row, errors, focus }: ChargeRowProps) {
  const name = (field: keyof ChargeFields) => `charges.${row}.${field}`
  const common = (field: keyof ChargeFields) => ({
    name: name(field),
    label: labelOf(field),
    value: charge[field],
    error: errorOf(errors, name(field)),
  })
  return (
    <fieldset class="line line-charge" data-row={row}>
      <legend>Charge {row + 1}</legend>
      <Field {...common('description')} required attributes={{ autofocus: focus === name('description') }} />
      <Field {...common('amount')} required width="short" attributes={DECIMAL} />
      <Field {...common('taxPercent')} width="short" attributes={{ ...DECIMAL, placeholder: '0' }} />
      <ButtonRow>
        <Button
          variant="quiet"
          name="action"
          value={writeStep({ act: 'remove-charge', row })}
          attributes={{ 'data-remove': true }}
        >
          Remove<span class="visually-hidden"> charge {row + 1}</span>
        </Button>
      </ButtonRow>
    </fieldset>
  )
}

/**
 * Says which row was taken out, and puts it back with all that was typed in it. Its fields travel with the form. Hidden
 * while none was; order-form.js shows it for the row that it took out itself.
 */
export function PutBack({ list, removed }: { list: RemovedRow['list']; removed: RemovedRow | undefined }) {
  const shown = removed?.list === list ? removed : undefined
  return (
    <div class="put-back" data-removed={list} hidden={shown === undefined}>
      <p role="status">
        {shown !== undefined && `${list === 'lines' ? 'Line' : 'Charge'} ${shown.row + 1} was removed.`}
      </p>
      <Button name="action" value={writeStep({ act: 'put-back' })}>
        Undo
      </Button>
      {shown !== undefined && (
        <>
          <input type="hidden" name="removedFrom" value={String(shown.row)} />
          {Object.entries(shown.fields).map(([field, text]) => (
            <input type="hidden" name={`removed.${list}.${shown.row}.${field}`} value={text} />
          ))}
        </>
      )}
    </div>
  )
}
