import { zValidator } from '@hono/zod-validator'
import * as z from '../../../shared/zod.ts'
import { isCurrency } from '../../../shared/money/currency.ts'
import { parseOrderNumber } from '../../../shared/contract/links.ts'
import { fieldErrors, problemResponse } from '../../../shared/edge/problem.ts'
import { describeQueryErrors } from '../../../shared/edge/query-parameters.ts'

const DEFAULT_LIMIT = 50
const MAX_LIMIT = 200

/** A form that filters by GET sends what was left empty as well: it asks for nothing. */
function orEmpty<S extends z.core.$ZodType>(schema: S) {
  return z.pipe(
    z.transform((value) => (value === '' ? undefined : value)),
    schema,
  )
}

/** Longer than any name or id that could be found. */
const q = z.string().check(z.maxLength(500, 'At most 500 characters'))
const LIMIT_REFUSAL = `Must be a whole number from 1 to ${MAX_LIMIT}`
const limit = z.pipe(
  z.pipe(z.string().check(z.regex(/^[1-9]\d{0,2}$/, LIMIT_REFUSAL)), z.transform(Number)),
  z.number().check(z.maximum(MAX_LIMIT, LIMIT_REFUSAL)),
)
const after = z.pipe(
  z.string(),
  z.transform((text, context) => {
    const number = parseOrderNumber(text)
    if (number !== undefined) return number
    context.issues.push({ code: 'custom', message: 'Must be the `next` of an earlier answer', input: text })
    return z.NEVER
  }),
)

const orderQuery = z.object({
  state: orEmpty(z.optional(z.enum(['Draft', 'Confirmed', 'Deleted'], 'Must be Draft or Confirmed'))),
  q: orEmpty(z.optional(q)),
  after: orEmpty(z.optional(after)),
  limit: orEmpty(z.withDefault(limit, DEFAULT_LIMIT)),
})

const catalogueQuery = z.object({
  q: z.withDefault(q, ''),
  limit: orEmpty(z.withDefault(limit, DEFAULT_LIMIT)),
})

const productQuery = z.object({
  ...catalogueQuery.shape,
  currency: orEmpty(z.optional(z.string().check(z.refine(isCurrency, 'Must be a currency of ISO 4217, such as EUR')))),
})

function refuseQuery(parsed: { success: true } | { success: false; error: z.core.$ZodError }): Response | undefined {
  if (parsed.success) return undefined
  const errors = fieldErrors(parsed.error.issues)
  return problemResponse('invalid-query', describeQueryErrors(errors), { errors })
}

/** Which orders are listed. */
export const validOrderQuery = zValidator('query', orderQuery, refuseQuery)
/** Which customers are listed. */
export const validCatalogueQuery = zValidator('query', catalogueQuery, refuseQuery)
/** Which products are listed, those in which currency first. */
export const validProductQuery = zValidator('query', productQuery, refuseQuery)

/** The number in the path, as the route's pattern lets it through; one that no order can have is not found. */
export const validNumber = zValidator(
  'param',
  z.object({
    number: z.pipe(
      z.pipe(
        z.string(),
        z.transform((text) => parseOrderNumber(text) ?? NaN),
      ),
      z.int(),
    ),
  }),
  (parsed) => (parsed.success ? undefined : problemResponse('not-found', 'No order has such a number')),
)
