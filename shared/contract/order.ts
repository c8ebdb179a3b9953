import * as z from '../zod.ts'
import { ERASED_COUNTRY, isCountry } from '../text/country.ts'
import { isCurrency } from '../money/currency.ts'
import { totalsOf } from '../money/totals.ts'
import { keptText, keptTexts, normalizeText, type TextReader } from '../text/text.ts'

/** The greatest sequence number or revision that a program can carry exactly. */
const MAX_INTEGER = Number.MAX_SAFE_INTEGER
/** An order's number is an integer below this: an invoice that replaces another has an id that is higher by this. */
export const ORDER_NUMBERS = 1e12
/** The greatest amount that an order may come to, in minor units. */
export const MAX_GROSS = 1e15
/** The greatest unit price or charge, in minor units. */
export const MAX_AMOUNT = 1e12
/** The most characters of the reason why no tax is charged. */
export const MAX_REASON = 500
/** A fingerprint is an integer below this. */
export const FINGERPRINTS = 2 ** 40

function decimals(most: number) {
  return (value: number): boolean => Number(value.toFixed(most)) === value
}

/** A moment in UTC, to the second or finer. */
export const instant = z.iso.datetime('Must be an instant in UTC, such as 2026-01-31T12:00:00Z')
/** Refuses the year 0, which ISO 8601 can write. */
export const hasYear = z.refine<string>((text) => !text.startsWith('0000'), 'There is no year 0')
/** A currency's code. */
export const currency = z.string().check(z.refine(isCurrency, 'Must be a currency of ISO 4217, such as EUR'))
/** The number of an order, and so of everything about it. */
export const orderNumber = z.int().check(z.minimum(1), z.maximum(ORDER_NUMBERS - 1))

/** How a country is written, for whoever wrote something else. */
export const COUNTRY_ADVICE = 'Must be a country: its code, such as DE, or its English name, such as Germany'

const ENTER_DESCRIPTION = 'Enter the description'

/** Who an order is for, with texts and country read in one way. */
export function customerOf({ required, optional }: TextReader, country: z.ZodMiniString<string>) {
  return z.strictObject({
    id: required({ most: 100, question: 'Enter the customer’s ID' }),
    name: required({ most: 200, question: 'Enter the customer’s name' }),
    contact: optional({ most: 200 }),
    email: optional({ most: 200 }),
    vatId: optional({ most: 100 }),
    address: z.strictObject({
      street: required({ most: 200, question: 'Enter the street' }),
      additional: optional({ most: 200 }),
      city: required({ most: 200, question: 'Enter the city' }),
      postalCode: optional({ most: 200 }),
      region: optional({ most: 200 }),
      country,
    }),
  })
}

/** One line of an order, with texts read in one way. `unitPrice` in minor units. */
export function lineOf({ required }: TextReader) {
  return z.strictObject({
    sku: required({ most: 100, question: 'Enter the SKU' }),
    description: required({ most: 500, question: ENTER_DESCRIPTION }),
    quantity: z.number().check(z.positive(), z.maximum(1_000_000), z.refine(decimals(3), 'At most 3 decimals')),
    unitPrice: amount(),
    discountPercent: percentageOrNone(),
    taxPercent: percentageOrNone(),
  })
}

/** What is charged beside the lines, with texts read in one way. `amount` in minor units. */
export function chargeOf({ required }: TextReader) {
  return z.strictObject({
    description: required({ most: 500, question: ENTER_DESCRIPTION }),
    amount: amount(),
    taxPercent: percentageOrNone(),
  })
}

/** What an order says after its lines, with texts read in one way. */
export function endMatterOf({ optional }: TextReader) {
  const day = z.iso.date('Must be a day, such as 2026-01-31').check(hasYear)
  return {
    suppliedOn: z.withDefault(z.nullable(day), null),
    taxExemptionReason: optional({ most: MAX_REASON }),
    note: optional({ most: 5_000, lineBreaks: true }),
  }
}

function amount() {
  return z.int().check(z.minimum(0), z.maximum(MAX_AMOUNT))
}

function percentageOrNone() {
  const percentage = z.number().check(z.minimum(0), z.maximum(100), z.refine(decimals(2), 'At most 2 decimals'))
  return z.withDefault(percentage, 0)
}

/** Names one history of ordering's orders. */
export const epoch = z.string().check(z.minLength(1), z.maxLength(100))
/** Tells two contents of one order apart. */
export const fingerprint = z.int().check(z.minimum(0), z.maximum(FINGERPRINTS - 1))

/** Who did something: an address as mail carries it (RFC 5321, section 4.5.3.1.3), or a service token's client id. */
const actor = keptText({ most: 254 })

/** Whether a record may name somebody so: whoever is let in can be written down. */
export function isActor(name: string): boolean {
  return name !== '' && normalizeText(name) === name && z.safeParse(actor, name).success
}

/** Rises with each change of an order. */
export const revision = z.int().check(z.minimum(1), z.maximum(MAX_INTEGER))
/** An order's place in the feed; -1 from each change on until it is numbered. */
export const confirmedSequenceNr = z.union([z.literal(-1), z.int().check(z.minimum(1), z.maximum(MAX_INTEGER))])

/** What an order's totals are made from. */
export type Priced = { lines: LineInput[]; charges: ChargeInput[] }

function totalsAddUp(order: Priced & { totals: OrderTotals }): boolean {
  const { net, tax, gross } = totalsOf(order.lines, order.charges)
  return order.totals.net === net && order.totals.tax === tax && order.totals.gross === gross
}

/** An order as it crosses from ordering to billing: once confirmed, and maybe deleted since (contract, section 4). */
export const publishedOrder = z.lazy(() => {
  const customer = customerOf(keptTexts, keptCountry()).shape
  const count = z.int().check(z.minimum(0))
  return z
    .object({
      number: orderNumber,
      revision,
      confirmedSequenceNr,
      fingerprint,
      externalId: z.nullable(keptTexts.required({ most: 100 })),
      placedAt: instant,
      updatedAt: instant,
      updatedBy: actor,
      currency,
      // What ordering adds to its records later must not stop a billing that is older: unknown fields are passed over.
      customer: z.object({ ...customer, address: z.object(customer.address.shape) }),
      lines: z.array(z.object(lineOf(keptTexts).shape)).check(z.minLength(1), z.maxLength(200)),
      charges: z.array(z.object(chargeOf(keptTexts).shape)).check(z.maxLength(20)),
      ...endMatterOf(keptTexts),
      totals: z.object({ net: count, tax: count, gross: count.check(z.maximum(MAX_GROSS)) }),
      state: z.enum(['Confirmed', 'Deleted']),
      confirmedAt: instant,
      confirmedBy: actor,
    })
    .check(z.refine(totalsAddUp, { message: 'The totals are not those of the lines and charges', path: ['totals'] }))
})

/** A country as it crosses: its code, or what stands for one that was erased. */
function keptCountry() {
  return z.string().check(z.refine((code) => isCountry(code) || code === ERASED_COUNTRY, COUNTRY_ADVICE))
}

/** Who an order is for. */
export type Customer = z.infer<ReturnType<typeof customerOf>>
/** One line of an order, without what is made from it. `unitPrice` in minor units. */
export type LineInput = z.infer<ReturnType<typeof lineOf>>
/** What is charged beside the lines. `amount` in minor units. */
export type ChargeInput = z.infer<ReturnType<typeof chargeOf>>
export type OrderTotals = { net: number; tax: number; gross: number }
export type OrderState = 'Draft' | 'Confirmed' | 'Deleted'
/** An order that billing may know of. */
export type PublishedOrder = z.infer<typeof publishedOrder>
/** An order as ordering's API shows it (contract, section 2), in whatever state. */
export type Order = Omit<PublishedOrder, 'state' | 'confirmedAt' | 'confirmedBy'> & {
  state: OrderState
  confirmedAt: string | null
  confirmedBy: string | null
}
