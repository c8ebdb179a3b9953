import * as z from '../zod.ts'
import {
  chargeOf,
  COUNTRY_ADVICE,
  currency,
  customerOf,
  endMatterOf,
  hasYear,
  instant,
  lineOf,
  MAX_GROSS,
  type Priced,
} from './order.ts'
import { isCountry, parseCountry } from '../text/country.ts'
import { totalsOf } from '../money/totals.ts'
import { sentIdOrNone, sentTexts } from '../text/text.ts'

/** Who an order is for, as it is sent in. */
export const customerInput = z.lazy(() => customerOf(sentTexts, sentCountry()))
/** One line of an order, as it is sent in. `unitPrice` in minor units. */
export const lineInput = z.lazy(() => lineOf(sentTexts))
/** What is charged beside the lines, as it is sent in. `amount` in minor units. */
export const chargeInput = z.lazy(() => chargeOf(sentTexts))

/** A country as somebody writes it, made into its code. */
function sentCountry() {
  return z.string().check(
    z.overwrite((written) => parseCountry(written) ?? written),
    z.refine((code) => code !== '', { error: 'Enter the country', abort: true }),
    z.refine(isCountry, COUNTRY_ADVICE),
  )
}

function grossIsInBounds(order: Priced): boolean {
  return totalsOf(order.lines, order.charges).gross <= MAX_GROSS
}

function grossCheck() {
  return z.refine<Priced>(grossIsInBounds, {
    message: 'The order total is more than 1e15 minor units',
    path: ['lines'],
  })
}

/** What a client sends to create or amend an order (contract, section 2). An unknown field is refused by name. */
export const orderInput = z.lazy(() =>
  z
    .strictObject({
      externalId: sentIdOrNone({ most: 100 }),
      placedAt: z.optional(instant.check(hasYear)),
      currency,
      customer: customerInput,
      lines: z.array(lineInput).check(z.minLength(1, 'Enter at least one line'), z.maxLength(200, 'At most 200 lines')),
      charges: z.withDefault(z.array(chargeInput).check(z.maxLength(20, 'At most 20 charges')), []),
      ...endMatterOf(sentTexts),
    })
    .check(grossCheck()),
)

/** One line of an import: an order with the id it has where it comes from, and the state it arrives in. */
export const importedOrder = z.lazy(() =>
  z
    .strictObject({
      ...z.unwrap(orderInput).shape,
      externalId: sentTexts.required({ most: 100, question: 'Enter the external ID' }),
      state: z.withDefault(z.enum(['Draft', 'Confirmed']), 'Draft'),
    })
    .check(grossCheck()),
)

export type OrderInput = z.infer<typeof orderInput>
export type ImportedOrder = z.infer<typeof importedOrder>
