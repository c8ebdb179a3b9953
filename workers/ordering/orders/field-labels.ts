import type { FieldError } from '../../../shared/edge/problem.ts'
import type { FormError } from '../../../shared/ui/parts.tsx'

const LABELS: Record<string, string> = {
  'customer.id': 'Customer ID',
  'customer.name': 'Customer name',
  'customer.contact': 'Contact',
  'customer.email': 'E-mail',
  'customer.vatId': 'VAT ID',
  'customer.address.street': 'Street',
  'customer.address.additional': 'Address line 2',
  'customer.address.city': 'City',
  'customer.address.postalCode': 'Postal code',
  'customer.address.region': 'State or region',
  'customer.address.country': 'Country',
  currency: 'Currency',
  placedAt: 'Placed on',
  externalId: 'External ID',
  suppliedOn: 'Day of supply',
  taxExemptionReason: 'Tax exemption reason',
  note: 'Note',
  sku: 'SKU',
  description: 'Description',
  quantity: 'Quantity',
  unitPrice: 'Unit price',
  discountPercent: 'Discount %',
  taxPercent: 'Tax %',
  amount: 'Amount',
}

/** What a field of the order form is called, by its name in the form or the last part of it. */
export function labelOf(name: string): string {
  return LABELS[name] ?? LABELS[name.split('.').at(-1) ?? ''] ?? name
}

/** What was refused, by the names that the fields have in the form: a pointer's slashes are dots there. */
export function errorsByField(errors: readonly FieldError[]): FormError[] {
  return errors.map(({ pointer, detail }) => ({ name: nameOf(pointer), message: detail }))
}

/** The same for the summary, where each must say which field it means; `Enter the …` does so itself. */
export function errorsForSummary(errors: readonly FieldError[]): FormError[] {
  return errors.map(({ pointer, detail }) => {
    if (pointer === '') return { name: null, message: detail }
    const name = nameOf(pointer)
    const first = FIRST_FIELDS[name]
    if (first !== undefined) return { name: first, message: detail }
    const row = rowLabel(name)
    const what = detail.startsWith('Enter the ') ? row : `${row === undefined ? '' : `${row}, `}${labelOf(name)}`
    return { name, message: what === undefined ? detail : `${what}: ${detail}` }
  })
}

/** Where a link leads that means a list as a whole. */
const FIRST_FIELDS: Record<string, string> = { lines: 'lines.0.sku', charges: 'charges.0.description' }

/** The line or charge that a name stands in, such as `Line 2`; undefined outside of both. */
export function rowLabel(name: string): string | undefined {
  const [list, row] = name.split('.')
  if (row === undefined || (list !== 'lines' && list !== 'charges')) return undefined
  return `${list === 'lines' ? 'Line' : 'Charge'} ${Number(row) + 1}`
}

/** What a part is called in which two people left an order different. */
export function partLabel(part: string): string {
  if (part === 'lines' || part === 'charges') return `Sequence of the ${part}`
  if (part.startsWith('their-')) return `Their ${rowLabel(part.slice('their-'.length))?.toLowerCase() ?? part}`
  const row = rowLabel(part)
  if (row === undefined) return labelOf(part)
  return part.split('.').length > 2 ? `${row}, ${labelOf(part)}` : row
}

function nameOf(pointer: string): string {
  return pointer.slice(1).replaceAll('/', '.')
}
