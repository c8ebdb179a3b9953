import * as z from '../zod.ts'
import { COUNTRY_ADVICE, currency, hasYear, instant, MAX_GROSS, partsOf, type Priced } from './order.ts'
import { isCountry, parseCountry } from '../text/country.ts'
import { totalsOf } from '../money/totals.ts'
import { sentIdOrNone, sentTexts } from '../text/text.ts'

/** A country as somebody writes it, made into its code. */
const sentCountry = z.string().check(
  z.overwrite((written) => parseCountry(written) ?? written),
  z.refine((code) => code !== '', { error: 'Enter the country', abort: true }),
  z.refine(isCountry, COUNTRY_ADVICE),
)

const sent = partsOf(sentTexts, sentCountry)

/** Who an order is for, as it is sent in. */
export const customerInput = sent.customer
/** One line of an order, as it is sent in. `unitPrice` in minor units. */
export const lineInput = sent.line
/** What is charged beside the lines, as it is sent in. `amount` in minor units. */
export const chargeInput = sent.charge

const orderInputFields = {
  externalId: sentIdOrNone({ most: 100 }),
  placedAt: z.optional(instant.check(hasYear)),
  currency,
  customer: sent.customer,
  lines: z.array(sent.line).check(z.minLength(1, 'Enter at least one line'), z.maxLength(200, 'At most 200 lines')),
  charges: z.withDefault(z.array(sent.charge).check(z.maxLength(20, 'At most 20 charges')), []),
  ...sent.endMatter,
}

function grossIsInBounds(order: Priced): boolean {
  return totalsOf(order.lines, order.charges).gross <= MAX_GROSS
}
const grossCheck = z.refine<Priced>(grossIsInBounds, {
  message: 'The order total is more than 1e15 minor units',
  path: ['lines'],
})

/** What a client sends to create or amend an order (contract, section 2). An unknown field is refused by name. */
export const orderInput = z.strictObject(orderInputFields).check(grossCheck)

/** One line of an import: an order with the id it has where it comes from, and the state it arrives in. */
export const importedOrder = z
  .strictObject({
    ...orderInputFields,
    externalId: sentTexts.required({ most: 100, question: 'Enter the external ID' }),
    state: z.withDefault(z.enum(['Draft', 'Confirmed']), 'Draft'),
  })
  .check(grossCheck)

export type OrderInput = z.infer<typeof orderInput>
export type ImportedOrder = z.infer<typeof importedOrder>
