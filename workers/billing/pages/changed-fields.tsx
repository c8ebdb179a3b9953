import type { Child } from 'hono/jsx'
import { type Column, DataTable, Figure, Money } from '../../../shared/ui.tsx'
import type { FieldChange } from '../repair.ts'

/** So many fields are named: whole other lines have hundreds. */
const MOST_FIELDS = 20
const MOST_CHARACTERS = 120

type ChangedFieldsProps = {
  changes: readonly FieldChange[]
  /** The currency that amounts are in. */
  currency: string
  /** What the two sides are: `You saw`, `Now`. */
  before: string
  after: string
}

/** The fields that differ, both ways, in the words of the order's form. */
export function ChangedFields({ changes, currency, before, after }: ChangedFieldsProps) {
  if (changes.length === 0) return null
  const columns: Column<FieldChange>[] = [
    { label: 'Field', cell: ({ pointer }) => nameField(pointer) },
    { label: before, cell: (change) => writeValue(change.pointer, change.before, currency) },
    { label: after, cell: (change) => writeValue(change.pointer, change.after, currency) },
  ]
  return (
    <>
      <DataTable caption="What changed" columns={columns} rows={changes.slice(0, MOST_FIELDS)} />
      {changes.length > MOST_FIELDS && <p>And {changes.length - MOST_FIELDS} more fields.</p>}
    </>
  )
}

const PLACES: Record<string, string> = { lines: 'Line', charges: 'Charge' }
const FIELDS: Record<string, string> = {
  currency: 'Currency',
  customer: 'Customer',
  id: 'id',
  name: 'name',
  contact: 'contact',
  email: 'email',
  vatId: 'VAT ID',
  address: 'address',
  street: 'street',
  city: 'city',
  postalCode: 'postal code',
  country: 'country',
  note: 'Note',
  sku: 'SKU',
  description: 'description',
  quantity: 'quantity',
  unitPrice: 'unit price',
  discountPercent: 'discount',
  taxPercent: 'tax',
  amount: 'amount',
}

/** `/lines/0/unitPrice` as people call it: `Line 1, unit price`. */
export function nameField(pointer: string): string {
  const [, first = '', ...rest] = pointer.split('/')
  const place = PLACES[first]
  const [position, ...fields] = rest
  if (place === undefined) return [first, ...rest].map(wordFor).join(', ')
  if (position === undefined) return `${place}s`
  return [`${place} ${Number(position) + 1}`, ...fields.map(wordFor)].join(', ')
}

function wordFor(step: string): string {
  return FIELDS[step] ?? step
}

function writeValue(pointer: string, value: unknown, currency: string): Child {
  if (value === undefined || value === null || value === '') return '—'
  const member = pointer.slice(pointer.lastIndexOf('/') + 1)
  if (typeof value === 'number') return writeNumber(member, value, currency)
  if (typeof value === 'string') return shorten(value)
  return describeItem(value)
}

function writeNumber(member: string, value: number, currency: string): Child {
  if (member === 'unitPrice' || member === 'amount') return <Money amount={value} currency={currency} />
  return member.endsWith('Percent') ? <Figure value={value} unit="percent" /> : <Figure value={value} />
}

/** A line or a charge that only one side has, by what it is called. */
function describeItem(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'description' in value && typeof value.description === 'string') {
    return shorten(value.description)
  }
  return shorten(JSON.stringify(value))
}

function shorten(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text
}
