import { isCurrency } from '../../../shared/currency.ts'
import { Button, ButtonRow, DataTable, errorOf, Field, type FormError, Money } from '../../../shared/ui.tsx'
import type { ChargeFields, LineFields } from '../order-form.ts'
import { writeStep } from '../order-form-step.ts'
import type { Product } from '../product.ts'
import { labelOf } from './field-labels.ts'

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
}

/** A line to fill in, with what it comes to. */
export function LineRow({ line, row, net, currency, errors, focus, search }: LineRowProps) {
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
      </fieldset>
      {search !== undefined && <ProductsFound search={search} row={row} />}
    </>
  )
}

function ProductsFound({ search, row }: { search: { q: string; found: Product[] }; row: number }) {
  if (search.found.length === 0) {
    return <p role="status">{`No product matches “${search.q}”. Fill in the line as it is.`}</p>
  }
  const [first] = search.found
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
          cell: ({ unitPrice, currency }) => <Money amount={unitPrice} currency={currency} />,
        },
        {
          label: 'Choice',
          labelHidden: true,
          cell: (product) => (
            <Button
              name="action"
              value={writeStep({ act: 'use-product', row, sku: product.sku })}
              attributes={{ autofocus: product === first }}
            >
              Use this product<span class="visually-hidden"> {product.description}</span>
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
