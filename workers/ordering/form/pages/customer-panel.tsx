import type { Customer } from '../../../../shared/contract/order.ts'
import { listCountries, nameCountry } from '../../../../shared/text/country.ts'
import {
  Button,
  CityOf,
  DataTable,
  errorOf,
  Field,
  FieldRow,
  type FormError,
  Panel,
  StoredText,
} from '../../../../shared/ui/parts.tsx'
import { writeStep } from '../step.ts'
import type { OrderFormView } from '../view.ts'
import { labelOf } from '../../orders/field-labels.ts'

/** Who orders: found by a search, or typed. */
export function CustomerPanel({ view, errors }: { view: OrderFormView; errors: readonly FormError[] }) {
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
