import * as z from 'zod'
import { parseOrderNumber } from '../../shared/links.ts'
import { INVOICE_STATES, type InvoiceState } from './invoice.ts'

const DEFAULT_LIMIT = 50
const MAX_LIMIT = 200

const positiveNumber = z.string().transform((text, context) => {
  const number = parseOrderNumber(text)
  if (number !== undefined) return number
  context.addIssue({ code: 'custom', message: 'Must be a whole number above 0' })
  return z.NEVER
})

const limit = z
  .string()
  .regex(/^[1-9]\d{0,2}$/, `Must be a whole number from 1 to ${MAX_LIMIT}`)
  .transform(Number)
  .refine((number) => number <= MAX_LIMIT, `Must be a whole number from 1 to ${MAX_LIMIT}`)

/** Which invoices a program asks for. A parameter that is given twice is refused; one that is unknown is passed over. */
export const invoiceQuery = z.object({
  state: z.enum(INVOICE_STATES, `Must be one of ${INVOICE_STATES.join(', ')}`).optional(),
  order: positiveNumber.optional(),
  after: positiveNumber.optional(),
  limit: limit.default(DEFAULT_LIMIT),
})

/** Which credit notes a program asks for. */
export const creditNoteQuery = z.object({ after: positiveNumber.optional(), limit: limit.default(DEFAULT_LIMIT) })

/** A form that is sent with a field left empty asks nothing of it. */
function unlessEmpty<T extends z.ZodType>(field: T) {
  return z.preprocess(
    (value) => (typeof value === 'string' && value.trim() === '' ? undefined : value),
    field.optional(),
  )
}

/** Every state, in the filter of the list of invoices. */
export const ANY_STATE = 'All' as const

/** Which invoices a person asks for: those that wait, unless they ask for others or for one order's. */
export const invoiceListQuery = z
  .object({
    state: unlessEmpty(z.enum([...INVOICE_STATES, ANY_STATE], 'Choose one of the states')),
    order: unlessEmpty(z.string().trim().pipe(positiveNumber)),
    after: unlessEmpty(positiveNumber),
  })
  .transform(({ state, order, after }) => {
    const whatIsAsked = state ?? (order === undefined ? 'ToApprove' : ANY_STATE)
    return { state: whatIsAsked, order, after }
  })

/** Which credit notes a person asks for. */
export const creditNoteListQuery = z.object({ after: unlessEmpty(positiveNumber) })

/** A list of invoices as a person asks for it; its address says the same. */
export type InvoiceListQuery = {
  state: InvoiceState | typeof ANY_STATE
  order?: number | undefined
  after?: number | undefined
}
