import * as z from 'zod'
import { orderNumber, publishedOrder } from '../contract/order.ts'
import type { Component } from './schemas.ts'

// What both APIs answer with, as schemas: the contract's own, in parts that have a name.

const { customer, lines, charges, totals, ...facts } = publishedOrder.shape

/** Whether an app is well. */
const health = z.object({ status: z.enum(['ok', 'degraded']), reasons: z.array(z.string()).optional() })

/** An order as ordering's API shows it, in whatever state. */
export const order = z.object({
  ...facts,
  state: z.enum(['Draft', 'Confirmed', 'Deleted']),
  confirmedAt: z.nullable(facts.confirmedAt),
  confirmedBy: z.nullable(facts.confirmedBy),
  customer,
  lines,
  charges,
  totals,
})

/** The parts of an order. */
export const orderParts = { facts, customer, lines, charges, totals, number: orderNumber }
export { health }

const LINE_FIELDS = {
  sku: 'The product’s number in the catalogue.',
  description: 'What is printed on the invoice.',
  quantity: 'At most 3 decimals.',
  unitPrice: 'In minor units, before discount and tax.',
  discountPercent: 'At most 2 decimals.',
  taxPercent: 'At most 2 decimals.',
}
const CHARGE_FIELDS = {
  description: 'What is printed on the invoice.',
  amount: 'In minor units, before tax.',
  taxPercent: 'At most 2 decimals.',
}
const CUSTOMER_FIELDS = {
  id: 'The customer’s number in the catalogue.',
  name: 'As it is printed on the invoice.',
  contact: 'A person there.',
  email: 'Where mail goes.',
  vatId: 'The customer’s VAT ID.',
  address: 'As it is printed on the invoice.',
}
const ADDRESS_FIELDS = {
  street: 'Street and number.',
  additional: 'A second line: building, floor, district.',
  city: 'The town.',
  postalCode: 'Its postal code.',
  region: 'The state, province, county or prefecture.',
  country:
    'ISO 3166-1 alpha-2, in capitals. Small letters, the English name, UK and EL are taken and made into it. ZZ stands for one that was erased.',
}

/** What each member of an order means; the schemas of what is sent in and of what is answered share it. */
export const FIELDS = {
  address: ADDRESS_FIELDS,
  customer: CUSTOMER_FIELDS,
  line: LINE_FIELDS,
  charge: CHARGE_FIELDS,
  order: {
    number: 'The order’s number, the same in both apps. It is never given again.',
    state: 'A Deleted order stays on record, and is not shown by this API.',
    revision: 'Rises with each change; a new order has 1.',
    confirmedSequenceNr: 'The order’s place in the feed; -1 from each change on until it is numbered.',
    fingerprint: 'Drawn again with each revision: the same fingerprint, the same content.',
    externalId: 'The id in the system that the order was imported from; unique.',
    placedAt: 'When the customer placed it. UTC.',
    confirmedAt: 'When it was first confirmed; null for a Draft.',
    confirmedBy: 'Who confirmed it; null for a Draft.',
    updatedAt: 'When it was last changed.',
    updatedBy: 'Who changed it last.',
    currency: 'ISO 4217. It decides the minor unit: JPY has no decimals, USD 2, KWD 3.',
    customer: 'Who it is for, as it was when the order was written.',
    lines: 'What is ordered.',
    charges: 'What is charged beside the lines, such as freight.',
    suppliedOn: 'The day of supply, where it is not the invoice’s. YYYY-MM-DD.',
    taxExemptionReason: 'Why no tax is charged: printed where a rate of 0 % applies. At most 500 characters.',
    note: 'Printed on the order. It may have line breaks.',
    totals: 'What it comes to, in minor units. Tax is rounded once for each rate.',
  },
} as const

/** The components of an answered order and of health, by their names in the document. */
export const ANSWERED: Record<'Address' | 'Customer' | 'Line' | 'Charge' | 'Totals' | 'Health', Component> = {
  Address: { schema: customer.shape.address, description: 'Where a customer is.', fields: ADDRESS_FIELDS },
  Customer: { schema: customer, description: 'Who an order is for.', fields: CUSTOMER_FIELDS },
  Line: { schema: lines.def.element, description: 'One line of an order.', fields: LINE_FIELDS },
  Charge: { schema: charges.def.element, description: 'What is charged beside the lines.', fields: CHARGE_FIELDS },
  Totals: {
    schema: totals,
    description: 'Sums in the currency’s minor unit.',
    fields: { net: 'Before tax.', tax: 'The tax of all rates.', gross: 'What is to be paid.' },
  },
  Health: {
    schema: health,
    description: 'Whether the app is well.',
    fields: { status: 'degraded: somebody should look.', reasons: 'What somebody should look at.' },
  },
}
