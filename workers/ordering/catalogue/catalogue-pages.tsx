import type { Customer } from '../../../shared/contract/order.ts'
import {
  ButtonLink,
  CityOf,
  type Column,
  DataTable,
  EmptyState,
  Field,
  Figure,
  FilterBar,
  Money,
  PageHeader,
  Pager,
  StoredText,
} from '../../../shared/ui/parts.tsx'
import { ALL_ORDERS, listPath } from '../list/filter.ts'
import type { Product } from './product.ts'
import { type Frame, OrderingPage } from '../edge/frame.tsx'

type ListProps<Row> = {
  frame: Frame
  q: string
  found: Row[]
  /** Whether there are more than are shown. */
  more: boolean
}

/** The customers that orders are entered for. */
export function CustomersPage(props: ListProps<Customer>) {
  return (
    <CataloguePage
      {...props}
      place="customers"
      title="Customers"
      placeholder="Name or ID"
      columns={[
        { label: 'Name', cell: ({ name }) => name },
        { label: 'ID', cell: ({ id }) => id },
        { label: 'Contact', cell: ({ contact }) => contact },
        { label: 'City', cell: ({ address }) => <CityOf address={address} /> },
        {
          label: 'Orders',
          labelHidden: true,
          cell: ({ id, name }) => (
            <a href={listPath({ ...ALL_ORDERS, customer: id })}>
              Orders
              <span class="visually-hidden">
                {' '}
                of <StoredText>{name}</StoredText>
              </span>
            </a>
          ),
        },
      ]}
    />
  )
}

/** The catalogue that lines are filled in from. */
export function ProductsPage(props: ListProps<Product>) {
  return (
    <CataloguePage
      {...props}
      place="products"
      title="Products"
      placeholder="Description or SKU"
      columns={[
        { label: 'Description', cell: ({ description }) => description },
        { label: 'SKU', cell: ({ sku }) => sku },
        { label: 'Tax', numeric: true, cell: ({ taxPercent }) => <Figure value={taxPercent} unit="percent" /> },
        {
          label: 'Unit price',
          numeric: true,
          cell: ({ unitPrice, currency }) => <Money amount={unitPrice} currency={currency} />,
        },
      ]}
    />
  )
}

type CataloguePageProps<Row> = ListProps<Row> & {
  place: 'customers' | 'products'
  title: string
  placeholder: string
  columns: readonly Column<Row>[]
}

function CataloguePage<Row>({ frame, q, found, more, place, title, placeholder, columns }: CataloguePageProps<Row>) {
  const path = `/${place}`
  return (
    <OrderingPage frame={frame} title={title} current={place}>
      <PageHeader title={title} />
      <FilterBar label={title} action={path} clear={q === '' ? undefined : path}>
        <Field name="q" label="Search" type="search" value={q} attributes={{ placeholder }} />
      </FilterBar>
      {found.length > 0 ? (
        <DataTable caption={title} rows={found} columns={columns} />
      ) : q === '' ? (
        <EmptyState title={`No ${place} yet`}>{`Import them: npm run import -- ${place}.jsonl`}</EmptyState>
      ) : (
        <EmptyState title="Nothing matches" action={<ButtonLink href={path}>{`Show all ${place}`}</ButtonLink>} />
      )}
      {more && <Pager label={title}>{`Showing the first ${found.length}. Search to find others.`}</Pager>}
    </OrderingPage>
  )
}
