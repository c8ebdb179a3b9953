import * as z from '../../../shared/zod.ts'
import { currency } from '../../../shared/contract/order.ts'
import { askedNumber, limitOrUsual, searchText } from '../../../shared/edge/list-query.ts'
import { type CreditNoteFilter, type InvoiceFilter, type SoughtQuery, soughtMinorUnits } from '../documents/filter.ts'
import { meantSearch } from '../copies/searched-text.ts'
import { INVOICE_STATES, type InvoiceState } from '../documents/invoice.ts'

const positiveNumber = askedNumber('Must be a whole number above 0')

const search = z.pipe(searchText, z.transform(meantSearch))
const GROSS_REFUSAL = 'Must be a whole number of the currency’s minor unit: 2500 for EUR 25.00'

const found = z.lazy(() => {
  const digits = z.string().check(z.regex(/^\d{1,16}$/, GROSS_REFUSAL))
  const day = z.iso.date('Must be a day, such as 2026-01-31')
  return z.object({
    q: z.optional(search),
    gross: z.optional(z.pipe(z.pipe(digits, z.transform(Number)), z.int(GROSS_REFUSAL))),
    currency: z.optional(currency),
    issuedFrom: z.optional(day),
    issuedTo: z.optional(day),
  })
})

function readFound({ q, gross, currency, issuedFrom, issuedTo }: z.output<typeof found>): CreditNoteFilter {
  return {
    q,
    amounts: gross === undefined ? [] : soughtMinorUnits(gross, currency),
    currency,
    issuedFrom,
    issuedTo,
  }
}

/** Where a program's list goes on, and how many it asks for. */
export type AskedPart = { after: number | undefined; limit: number }

/** Which invoices a program asks for. */
export const invoiceQuery = z.lazy(() =>
  z.pipe(
    z.object({
      state: z.optional(z.enum(INVOICE_STATES, `Must be one of ${INVOICE_STATES.join(', ')}`)),
      order: z.optional(positiveNumber),
      mismatched: z.optional(z.literal('true', 'Must be true, or left out')),
      ...z.unwrap(found).shape,
      after: z.optional(positiveNumber),
      limit: limitOrUsual,
    }),
    z.transform(({ state, order, mismatched, after, limit, ...asked }): AskedPart & { filter: InvoiceFilter } => ({
      filter: { state, order, mismatched: mismatched !== undefined, ...readFound(asked) },
      after,
      limit,
    })),
  ),
)

/** Which credit notes a program asks for. */
export const creditNoteQuery = z.lazy(() =>
  z.pipe(
    z.object({
      ...z.unwrap(found).shape,
      after: z.optional(positiveNumber),
      limit: limitOrUsual,
    }),
    z.transform(({ after, limit, ...asked }): AskedPart & { filter: CreditNoteFilter } => ({
      filter: readFound(asked),
      after,
      limit,
    })),
  ),
)

/** What an order is looked for by. */
export const traceQuery = z.lazy(() =>
  z.object({
    q: z.pipe(z.pipe(z.string('Required'), search), z.string('Enter at least one letter or digit')),
  }),
)

/** A form that is sent with a field left empty asks nothing of it. */
function unlessEmpty<T extends z.core.$ZodType>(field: T) {
  return z.pipe(
    z.transform((value) => (typeof value === 'string' && value.trim() === '' ? undefined : value)),
    z.optional(field),
  )
}

/** Every state, in the filter of the list of invoices. */
export const ANY_STATE = 'All' as const

const sought = z.lazy(() => {
  // What it says depends on its reader: it is judged where that is known.
  const typed = z.string().check(z.trim())
  return z.object({
    q: unlessEmpty(search),
    amount: unlessEmpty(typed),
    currency: unlessEmpty(currency),
    issuedFrom: unlessEmpty(typed),
    issuedTo: unlessEmpty(typed),
  })
})

/** A list of invoices as a person asks for it; its address says the same. */
export type InvoiceListQuery = SoughtQuery & {
  state: InvoiceState | typeof ANY_STATE
  order?: number | undefined
  /** Only those that no longer match their orders. */
  mismatched?: 'true' | undefined
  after?: number | undefined
}

/** Which invoices a person asks for: those that wait, unless they ask for others or look for some. */
export const invoiceListQuery = z.lazy(() =>
  z.pipe(
    z.object({
      state: unlessEmpty(z.enum([...INVOICE_STATES, ANY_STATE], 'Choose one of the states')),
      order: unlessEmpty(z.pipe(z.string().check(z.trim()), positiveNumber)),
      mismatched: unlessEmpty(z.literal('true', 'Must be true, or left out')),
      ...z.unwrap(sought).shape,
      after: unlessEmpty(positiveNumber),
    }),
    z.transform(({ state, ...asked }): InvoiceListQuery => ({
      ...asked,
      state: state ?? usualState(asked),
    })),
  ),
)

/** The state that is listed where none is chosen. */
export function usualState(asked: Omit<InvoiceListQuery, 'state'>): InvoiceListQuery['state'] {
  const narrowed = isSought(asked) || asked.order !== undefined || asked.mismatched !== undefined
  return narrowed ? ANY_STATE : 'ToApprove'
}

/** Credit notes as a person asks for them. */
export type CreditNoteListQuery = SoughtQuery & { after?: number | undefined }

/** Which credit notes a person asks for. */
export const creditNoteListQuery = z.lazy(() =>
  z.object({ ...z.unwrap(sought).shape, after: unlessEmpty(positiveNumber) }),
)

/** Whether some are looked for, and not all listed. */
export function isSought({ q, amount, currency, issuedFrom, issuedTo }: SoughtQuery): boolean {
  return [q, amount, currency, issuedFrom, issuedTo].some((asked) => asked !== undefined)
}

/** What an address says of what is looked for. */
export function soughtFields({ q, amount, currency, issuedFrom, issuedTo }: SoughtQuery): [string, string][] {
  return Object.entries({ q, amount, currency, issuedFrom, issuedTo }).flatMap(([name, asked]) =>
    asked === undefined ? [] : [[name, asked]],
  )
}
