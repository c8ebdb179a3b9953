import * as z from 'zod'
import { isCurrency } from './currency.ts'
import { totalsOf } from './money.ts'

/** The greatest order number, sequence number or revision that a program can carry exactly. */
const MAX_INTEGER = Number.MAX_SAFE_INTEGER
/** The greatest amount that an order may come to, in minor units. */
export const MAX_GROSS = 1e15
/** The greatest unit price or charge, in minor units. */
export const MAX_AMOUNT = 1e9
/** A fingerprint is an integer below this. */
export const FINGERPRINTS = 2 ** 40
/** The most orders that a page of the feed may be asked for. */
export const MAX_PAGE_LIMIT = 1000

const CONTROL_CHARACTER = /\p{Cc}/u
const CONTROL_CHARACTER_BUT_LINE_BREAK = /(?![\n\r])\p{Cc}/u

function text(most: number, forbidden = CONTROL_CHARACTER) {
  const checked = z.string().check((context) => {
    const refuse = (message: string) => context.issues.push({ code: 'custom', message, input: context.value })
    // Characters are counted as people do: a code point each, not a UTF-16 unit.
    if (context.value.length > most && [...context.value].length > most) refuse(`At most ${most} characters`)
    if (!context.value.isWellFormed()) refuse('Not well-formed Unicode')
    else if (forbidden.test(context.value)) refuse('Control characters are not allowed')
  })
  // A check of our own says nothing to a JSON Schema, so the document's reader is told apart.
  return checked.meta({ maxLength: most })
}

function requiredText(most: number) {
  return text(most).refine((value) => value.trim() !== '', 'Must not be empty')
}

function decimals(most: number) {
  return (value: number): boolean => Number(value.toFixed(most)) === value
}

const percentage = z.number().min(0).max(100).refine(decimals(2), 'At most 2 decimals')
const amount = z.int().min(0).max(MAX_AMOUNT)
/** A moment in UTC, to the second or finer. */
export const instant = z.iso.datetime('Must be an instant in UTC, such as 2026-01-31T12:00:00Z')
const currency = z.string().refine(isCurrency, 'Must be a currency of ISO 4217, such as EUR')
/** The number of an order, and so of everything about it. */
export const orderNumber = z.int().min(1).max(MAX_INTEGER)

const address = z.strictObject({
  street: requiredText(200),
  city: requiredText(200),
  postalCode: text(200).nullable().default(null),
  country: requiredText(200),
})

/** Who an order is for, as it is sent in. */
export const customerInput = z.strictObject({
  id: requiredText(100),
  name: requiredText(200),
  contact: text(200).nullable().default(null),
  email: text(200).nullable().default(null),
  vatId: text(100).nullable().default(null),
  address,
})

/** One line of an order, as it is sent in. `unitPrice` in minor units. */
export const lineInput = z.strictObject({
  sku: requiredText(100),
  description: requiredText(500),
  quantity: z.number().positive().max(1_000_000).refine(decimals(3), 'At most 3 decimals'),
  unitPrice: amount,
  discountPercent: percentage.default(0),
  taxPercent: percentage.default(0),
})

/** What is charged beside the lines, as it is sent in. `amount` in minor units. */
export const chargeInput = z.strictObject({
  description: requiredText(500),
  amount,
  taxPercent: percentage.default(0),
})

const orderInputFields = {
  externalId: requiredText(100).nullish(),
  placedAt: instant.optional(),
  currency,
  customer: customerInput,
  lines: z.array(lineInput).min(1, 'At least one line').max(200, 'At most 200 lines'),
  charges: z.array(chargeInput).max(20, 'At most 20 charges').default([]),
  note: text(5_000, CONTROL_CHARACTER_BUT_LINE_BREAK).nullable().default(null),
}

function grossIsInBounds(order: { lines: LineInput[]; charges: ChargeInput[] }): boolean {
  return totalsOf(order.lines, order.charges).gross <= MAX_GROSS
}
const grossRefusal = { message: 'The order comes to more than 1e15 minor units', path: ['lines'] }

/** What a client sends to create or amend an order (contract, section 2). An unknown field is refused by name. */
export const orderInput = z.strictObject(orderInputFields).refine(grossIsInBounds, grossRefusal)

/** One line of an import: an order with the id it has where it comes from, and the state it arrives in. */
export const importedOrder = z
  .strictObject({
    ...orderInputFields,
    externalId: requiredText(100),
    state: z.enum(['Draft', 'Confirmed']).default('Draft'),
  })
  .refine(grossIsInBounds, grossRefusal)

/** Names one history of ordering's orders. */
export const epoch = z.string().min(1).max(100)
/** Tells two contents of one order apart. */
export const fingerprint = z
  .int()
  .min(0)
  .max(FINGERPRINTS - 1)

const published = {
  number: orderNumber,
  revision: z.int().min(1).max(MAX_INTEGER),
  confirmedSequenceNr: z.union([z.literal(-1), z.int().min(1).max(MAX_INTEGER)]),
  fingerprint,
  externalId: requiredText(100).nullable(),
  placedAt: instant,
  updatedAt: instant,
  updatedBy: text(200),
  currency,
  // What ordering adds to its records later must not stop a billing that is older: unknown fields are passed over.
  customer: z.object({ ...customerInput.shape, address: z.object(address.shape) }),
  lines: z.array(z.object(lineInput.shape)).min(1).max(200),
  charges: z.array(z.object(chargeInput.shape)).max(20),
  note: orderInputFields.note,
  totals: z.object({ net: z.int().min(0), tax: z.int().min(0), gross: z.int().min(0).max(MAX_GROSS) }),
}

function totalsAddUp(order: { lines: LineInput[]; charges: ChargeInput[]; totals: OrderTotals }): boolean {
  const { net, tax, gross } = totalsOf(order.lines, order.charges)
  return order.totals.net === net && order.totals.tax === tax && order.totals.gross === gross
}

/** An order as it crosses from ordering to billing: once confirmed, and maybe deleted since (contract, section 4). */
export const publishedOrder = z
  .object({
    ...published,
    state: z.enum(['Confirmed', 'Deleted']),
    confirmedAt: instant,
    confirmedBy: text(200),
  })
  .refine(totalsAddUp, { message: 'The totals are not those of the lines and charges', path: ['totals'] })

/**
 * The shape of the feed. A release raises it when its readers have to know; members are added without, since readers
 * pass over what they do not know. Left out, it is 1.
 */
export const FEED_SCHEMA = 1

/** A page of the feed. Its records are read one by one, since one that does not fit must not stop the others. */
export const feedPage = z.object({
  orders: z.array(z.unknown()),
  next: z.string().min(1).max(200),
  more: z.boolean(),
  epoch,
  schema: z.int().min(1).optional(),
})

export type OrderInput = z.infer<typeof orderInput>
export type ImportedOrder = z.infer<typeof importedOrder>
export type Customer = z.infer<typeof customerInput>
export type LineInput = z.infer<typeof lineInput>
export type ChargeInput = z.infer<typeof chargeInput>
export type OrderTotals = { net: number; tax: number; gross: number }
export type OrderState = 'Draft' | 'Confirmed' | 'Deleted'
/** An order that billing may know of. */
export type PublishedOrder = z.infer<typeof publishedOrder>
/** A page of the feed as read: records still to be judged. */
export type FeedPage = z.infer<typeof feedPage>

/** An order as ordering's API shows it (contract, section 2), in whatever state. */
export type Order = Omit<PublishedOrder, 'state' | 'confirmedAt' | 'confirmedBy'> & {
  state: OrderState
  confirmedAt: string | null
  confirmedBy: string | null
}

/** Says how far the orders are bounded in a page: the header that carries the epoch beside a single order. */
export const EPOCH_HEADER = 'Order-Epoch'
