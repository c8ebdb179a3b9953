import * as z from './zod.ts'
import type { Customer } from './contract.ts'
import { ERASED_COUNTRY } from './country.ts'
import { sentTexts } from './text.ts'

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

/** Whose data is to be erased: by the customer's id, in the body, since addresses are logged. A preview changes nothing. */
export const erasureInput = z.strictObject({
  customer: sentTexts
    .required({ most: 100 })
    .check(z.refine((id) => id !== ERASED_CUSTOMER.id, 'These are erased already')),
  preview: z.boolean(),
})

/** What ordering has, or had, of the customer. */
export const orderingErasure = z.object({
  preview: z.boolean(),
  /** Whether the customer stands in the catalogue. */
  catalogue: z.boolean(),
  /** The orders that name the customer. */
  orders: z.array(z.int()),
  /** Those of them that are Drafts: they are deleted as well, since nobody can be supplied any more. */
  drafts: z.array(z.int()),
})

/** What billing has, or had, of the customer. */
export const billingErasure = z.object({
  preview: z.boolean(),
  /** Orders whose invoices wait to be approved or corrected: while there are any, nothing is erased. */
  waiting: z.array(z.int()),
  /** Orders whose copies are orphaned: no pull can bring what ordering says of them, so they are erased here. */
  orphaned: z.array(z.int()),
  /** Rejections, and issued documents whose time is over, by number in the ledger. */
  decisions: z.array(z.int()),
  /** Invoices and credit notes that stay as they were issued, and the last day on which they must. */
  retained: z.array(z.object({ issuedNumber: z.string(), until: z.string().check(z.regex(/^\d{4}-12-31$/)) })),
})

export type OrderingErasure = z.infer<typeof orderingErasure>
export type BillingErasure = z.infer<typeof billingErasure>
