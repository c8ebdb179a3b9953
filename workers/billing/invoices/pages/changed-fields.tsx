import type { Child } from 'hono/jsx'
import type { ChargeInput, LineInput } from '../../../../shared/contract/order.ts'
import { type Column, DataTable, Figure, Money, StoredText } from '../../../../shared/ui/parts.tsx'
import { compareContents, type ContentChange } from '../../copies/content-changes.ts'
import type { InvoiceContent } from '../../../../shared/contract/order-content.ts'

/** The most changes that are named: whole other lines have hundreds. */
const MOST_CHANGES = 20
const MOST_CHARACTERS = 120

/** What one of the two sides is called (`You saw`, `Now`), and what it says. */
type Side = { label: string; content: InvoiceContent }

type ChangedFieldsProps = {
  before: Side
  after: Side
  /** What is said where nothing differs. */
  otherwise?: Child
}

/** What differs, both ways, in the words of the order's form. */
export function ChangedFields({ before, after, otherwise }: ChangedFieldsProps) {
  const changes = compareContents(before.content, after.content)
  if (changes.length === 0) return <>{otherwise}</>
  const columns: Column<ContentChange>[] = [
    { label: 'What', cell: (change) => <Name change={change} content={after.content} /> },
    { label: before.label, cell: (change) => writeSide(change, 'before', before.content.currency) },
    { label: after.label, cell: (change) => writeSide(change, 'after', after.content.currency) },
  ]
  return (
    <>
      <DataTable caption="What changed" columns={columns} rows={changes.slice(0, MOST_CHANGES)} />
      {changes.length > MOST_CHANGES && <p>And {changes.length - MOST_CHANGES} more changes.</p>}
    </>
  )
}

/** A change's name; a line or a charge that changed is called by its own, too, since its place may be another one now. */
function Name({ change, content }: { change: ContentChange; content: InvoiceContent }) {
  const [, list, position] = change.pointer.split('/')
  const items = list === 'lines' ? content.lines : list === 'charges' ? content.charges : []
  const item = change.kind === 'changed' ? items[Number(position)] : undefined
  return (
    <span>
      {nameChange(change)}{' '}
      {item !== undefined && (
        <span class="sku">
          <StoredText>{shorten(item.description)}</StoredText>
        </span>
      )}
    </span>
  )
}

/** What a change is called: `Line 1, unit price`, `Line 3, added`, `Lines, in another order`. */
export function nameChange(change: ContentChange): string {
  const name = nameField(change.pointer)
  switch (change.kind) {
    case 'changed':
      return name
    case 'added':
    case 'removed':
      return `${name}, ${change.kind}`
    case 'reordered':
      return `${name}, in another order`
  }
}

function writeSide(change: ContentChange, side: 'before' | 'after', currency: string): Child {
  switch (change.kind) {
    case 'changed':
      return writeValue(change.pointer, change[side], currency)
    case 'added':
      return side === 'after' ? <Item item={change.item} currency={currency} /> : NOTHING
    case 'removed':
      return side === 'before' ? <Item item={change.item} currency={currency} /> : NOTHING
    case 'reordered':
      return NOTHING
  }
}

/** A line or a charge that only one side has. */
function Item({ item, currency }: { item: LineInput | ChargeInput; currency: string }) {
  if ('amount' in item) {
    return (
      <span>
        <StoredText>{shorten(item.description)}</StoredText>, <Money amount={item.amount} currency={currency} />
      </span>
    )
  }
  return (
    <span>
      <StoredText>{shorten(item.description)}</StoredText>, <Figure value={item.quantity} /> ×{' '}
      <Money amount={item.unitPrice} currency={currency} />
    </span>
  )
}

const NOTHING = '—'
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
  additional: 'address line 2',
  city: 'city',
  postalCode: 'postal code',
  region: 'state or region',
  country: 'country',
  suppliedOn: 'Day of supply',
  taxExemptionReason: 'Tax exemption reason',
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
function nameField(pointer: string): string {
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
  if (value === undefined || value === null || value === '') return NOTHING
  const member = pointer.slice(pointer.lastIndexOf('/') + 1)
  if (typeof value === 'number') return writeNumber(member, value, currency)
  return shorten(typeof value === 'string' ? value : JSON.stringify(value))
}

function writeNumber(member: string, value: number, currency: string): Child {
  if (member === 'unitPrice' || member === 'amount') return <Money amount={value} currency={currency} />
  return member.endsWith('Percent') ? <Figure value={value} unit="percent" /> : <Figure value={value} />
}

function shorten(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text
}
