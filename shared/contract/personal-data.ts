import * as z from '../zod.ts'
import { type Customer, orderNumber } from './order.ts'
import { ERASED_COUNTRY } from '../text/country.ts'
import { sentTexts } from '../text/text.ts'

/** What stands where a customer's data stood: a customer still, so that orders and invoices keep their shape. */
export const ERASED_CUSTOMER: Customer = {
  id: 'erased',
  name: 'Erased',
  contact: null,
  email: null,
  vatId: null,
  address: { street: '–', additional: null, city: '–', postalCode: null, region: null, country: ERASED_COUNTRY },
}
/** What stands where somebody wrote a text that may tell of a person. */
export const ERASED_TEXT = 'Erased'

type Erasable = { customer: Customer; note?: string | null; taxExemptionReason?: string | null; reason?: string }

/** An order, or a document that was made from one, without what tells of a person; what it did not have it does not get. */
export function eraseOrder<Order extends Erasable>(order: Order): Order {
  const { note, taxExemptionReason, reason } = order
  return {
    ...order,
    customer: ERASED_CUSTOMER,
    ...(note === undefined ? {} : { note: null }),
    ...(typeof taxExemptionReason === 'string' ? { taxExemptionReason: ERASED_TEXT } : {}),
    ...(reason === undefined ? {} : { reason: ERASED_TEXT }),
  }
}

const customerId = z.lazy(() =>
  sentTexts
    .required({ most: 100, question: 'Enter the customer’s ID' })
    .check(z.refine((id) => id !== ERASED_CUSTOMER.id, 'These are erased already')),
)

/** Whose data is to be erased: by the customer's id, in the body, since addresses are logged. A preview changes nothing. */
export const erasureInput = z.lazy(() => z.strictObject({ customer: customerId, preview: z.boolean() }))

/** What there is, or was, of the customer in both apps. */
export const erasure = z.lazy(() =>
  z.object({
    preview: z.boolean(),
    /** Whether the customer is in the catalogue. */
    catalogue: z.boolean(),
    /** The orders that name the customer. */
    orders: z.array(z.int()),
    /** Those of them that are Drafts: they are deleted as well, since nobody can be supplied any more. */
    drafts: z.array(z.int()),
    /**
     * Orders whose invoices are to be approved or corrected first, or are still to be made: while there are any, nothing is
     * erased, since an invoice has to name whom it is for.
     */
    waiting: z.array(z.int()),
    /** Orders that ordering no longer has, whose copies are erased in billing. */
    orphaned: z.array(z.int()),
    /** Rejections, and issued documents whose time is over, by number in the ledger. */
    decisions: z.array(z.int()),
    /** Invoices and credit notes that stay as they were issued, and the last day on which they must. */
    retained: z.array(z.object({ issuedNumber: z.string(), until: z.string().check(z.regex(/^\d{4}-12-31$/)) })),
  }),
)

/** Whose data billing asks ordering for. */
export const personalDataQuery = z.lazy(() => z.strictObject({ customer: customerId }))

/** What ordering has of the customer. */
export const personalDataFound = z.lazy(() =>
  z.object({
    catalogue: z.boolean(),
    orders: z.array(
      z.object({ number: orderNumber, state: z.enum(['Draft', 'Confirmed', 'Deleted']), revision: z.int() }),
    ),
  }),
)

/**
 * What billing asks ordering to erase, and for whom. `settled`: the confirmed orders whose invoices are decided, each at
 * the revision that billing has; if any other is there, nothing is erased. `known`: billing has data of the customer.
 */
export const orderingErasureInput = z.lazy(() =>
  z.strictObject({
    customer: customerId,
    settled: z.array(z.tuple([orderNumber, z.int()])),
    known: z.boolean(),
    by: z.string(),
    requestId: z.string(),
  }),
)

/** What ordering has erased. */
export const orderingErasure = z.lazy(() => z.pick(z.unwrap(erasure), { catalogue: true, orders: true, drafts: true }))

/** Why ordering has erased nothing: these orders were confirmed or changed meanwhile. */
export const erasureConflict = z.object({ orders: z.array(orderNumber) })

export type Erasure = z.infer<typeof erasure>
export type PersonalDataFound = z.infer<typeof personalDataFound>
export type OrderingErasureInput = z.infer<typeof orderingErasureInput>
export type OrderingErasure = z.infer<typeof orderingErasure>
