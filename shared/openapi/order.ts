import * as z from 'zod'
import { publishedOrder } from '../contract/order.ts'
import { unwrap } from '../zod.ts'
import { describeMembers, nameSchema } from './describe.ts'

// What both APIs answer with: the contract's own schemas, in parts that have a name.

const published = unwrap(publishedOrder).shape
const { customer, lines, charges, totals } = published

/** What the members of a customer, an address, a line and a charge mean: what is sent in and what is answered share it. */
export const MEANINGS = {
  address: {
    street: 'Street and number.',
    additional: 'A second line: building, floor, district.',
    city: 'The town.',
    postalCode: 'Its postal code.',
    region: 'The state, province, county or prefecture.',
    country:
      'ISO 3166-1 alpha-2, in capitals. Small letters, the English name, UK and EL are taken and made into it. ZZ ' +
      'stands for one that was erased.',
  },
  customer: {
    id: 'The customer’s number in the catalogue.',
    name: 'As it is printed on the invoice.',
    contact: 'A person there.',
    email: 'Where mail goes.',
    vatId: 'The customer’s VAT ID.',
    address: 'As it is printed on the invoice.',
  },
  line: {
    sku: 'The product’s number in the catalogue.',
    description: 'What is printed on the invoice.',
    quantity: 'At most 3 decimals.',
    unitPrice: 'In minor units, before discount and tax.',
    discountPercent: 'At most 2 decimals.',
    taxPercent: 'At most 2 decimals.',
  },
  charge: {
    description: 'What is printed on the invoice.',
    amount: 'In minor units, before tax.',
    taxPercent: 'At most 2 decimals.',
  },
} as const

nameSchema(customer.shape.address, 'Address', 'Where a customer is.', MEANINGS.address)
nameSchema(customer, 'Customer', 'Who an order is for.', MEANINGS.customer)
nameSchema(lines.def.element, 'Line', 'One line of an order.', MEANINGS.line)
nameSchema(charges.def.element, 'Charge', 'What is charged beside the lines.', MEANINGS.charge)
nameSchema(totals, 'Totals', 'Sums in the currency’s minor unit.', {
  net: 'Before tax.',
  tax: 'The tax of all rates.',
  gross: 'What is to be paid.',
})

/** What the members of an order that is sent in mean. */
export const SENT_MEANINGS = {
  externalId: 'The id in the system that the order was imported from; unique.',
  placedAt: 'When the customer placed it. UTC.',
  currency: 'ISO 4217. It decides the minor unit: JPY has no decimals, USD 2, KWD 3.',
  customer: 'Who it is for, as it was when the order was written.',
  lines: 'What is ordered.',
  charges: 'What is charged beside the lines, such as freight.',
  suppliedOn: 'The day of supply, where it is not the invoice’s. YYYY-MM-DD.',
  taxExemptionReason: 'Tax exemption reason: printed where a rate of 0 % applies. At most 500 characters.',
  note: 'Printed on the order. It may have line breaks.',
} as const

/** What the members of an order that is answered mean. */
const ANSWERED_MEANINGS = {
  ...SENT_MEANINGS,
  number: 'The order’s number, the same in both apps. It is never given again.',
  state: 'A Deleted order remains on record and is not shown by this API.',
  revision: 'Rises with each change; a new order has 1.',
  confirmedSequenceNr: 'The order’s place in the feed; -1 from each change on until it is numbered.',
  fingerprint: 'Drawn again with each revision: the same fingerprint, the same content.',
  confirmedAt: 'When it was first confirmed; null for a Draft.',
  confirmedBy: 'Who confirmed it; null for a Draft.',
  updatedAt: 'When it was last changed.',
  updatedBy: 'Who changed it last.',
  totals: 'Its totals, in minor units. Tax is rounded once for each rate.',
} as const

/** The members of an order that billing may know of, each with what it means. */
export const publishedMembers = describeMembers(published, ANSWERED_MEANINGS)

/** The members of an order in whatever state, each with what it means. */
export const orderMembers = describeMembers(
  {
    ...published,
    state: z.enum(['Draft', 'Confirmed', 'Deleted']),
    confirmedAt: z.nullable(published.confirmedAt),
    confirmedBy: z.nullable(published.confirmedBy),
  },
  ANSWERED_MEANINGS,
)

/** Whether an app is well. */
export const health = z
  .object({
    status: z.enum(['ok', 'degraded']).describe('degraded: somebody should look.'),
    reasons: z.array(z.string()).optional().describe('What somebody should look at.'),
  })
  .meta({ id: 'Health', description: 'Whether the app is well.' })
