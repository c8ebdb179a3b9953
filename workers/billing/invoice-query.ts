import * as z from '../../shared/zod.ts'
import { parseOrderNumber } from '../../shared/links.ts'
import { INVOICE_STATES, type InvoiceState } from './invoice.ts'

const DEFAULT_LIMIT = 50
const MAX_LIMIT = 200

const positiveNumber = z.pipe(
  z.string(),
  z.transform((text, context) => {
    const number = parseOrderNumber(text)
    if (number !== undefined) return number
    context.issues.push({ code: 'custom', message: 'Must be a whole number above 0', input: text })
    return z.NEVER
  }),
)

const LIMIT_REFUSAL = `Must be a whole number from 1 to ${MAX_LIMIT}`
const limit = z.pipe(
  z.pipe(z.string().check(z.regex(/^[1-9]\d{0,2}$/, LIMIT_REFUSAL)), z.transform(Number)),
  z.number().check(z.maximum(MAX_LIMIT, LIMIT_REFUSAL)),
)

/** Which invoices a program asks for. A parameter that is given twice is refused; one that is unknown is passed over. */
export const invoiceQuery = z.object({
  state: z.optional(z.enum(INVOICE_STATES, `Must be one of ${INVOICE_STATES.join(', ')}`)),
  order: z.optional(positiveNumber),
  after: z.optional(positiveNumber),
  limit: z.withDefault(limit, DEFAULT_LIMIT),
})

/** Which credit notes a program asks for. */
export const creditNoteQuery = z.object({
  after: z.optional(positiveNumber),
  limit: z.withDefault(limit, DEFAULT_LIMIT),
})

/** A form that is sent with a field left empty asks nothing of it. */
function unlessEmpty<T extends z.core.$ZodType>(field: T) {
  return z.pipe(
    z.transform((value) => (typeof value === 'string' && value.trim() === '' ? undefined : value)),
    z.optional(field),
  )
}

/** Every state, in the filter of the list of invoices. */
export const ANY_STATE = 'All' as const

/** Which invoices a person asks for: those that wait, unless they ask for others or for one order's. */
export const invoiceListQuery = z.pipe(
  z.object({
    state: unlessEmpty(z.enum([...INVOICE_STATES, ANY_STATE], 'Choose one of the states')),
    order: unlessEmpty(z.pipe(z.string().check(z.trim()), positiveNumber)),
    after: unlessEmpty(positiveNumber),
  }),
  z.transform(({ state, order, after }) => {
    const whatIsAsked = state ?? (order === undefined ? 'ToApprove' : ANY_STATE)
    return { state: whatIsAsked, order, after }
  }),
)

/** Which credit notes a person asks for. */
export const creditNoteListQuery = z.object({ after: unlessEmpty(positiveNumber) })

/** A list of invoices as a person asks for it; its address says the same. */
export type InvoiceListQuery = {
  state: InvoiceState | typeof ANY_STATE
  order?: number | undefined
  after?: number | undefined
}
