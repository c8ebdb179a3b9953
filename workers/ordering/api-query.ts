import { zValidator } from '@hono/zod-validator'
import * as z from 'zod'
import { parseOrderNumber } from '../../shared/links.ts'
import { fieldErrors, problemResponse } from '../../shared/problem.ts'

const DEFAULT_LIMIT = 50
const MAX_LIMIT = 200

/** A form that filters by GET sends what was left empty as well: it asks for nothing. */
function orEmpty<S extends z.ZodType>(schema: S) {
  return z.preprocess((value) => (value === '' ? undefined : value), schema.optional())
}

/** Longer than any name or id that could be found. */
const q = z.string().max(500, 'At most 500 characters')
const limit = z
  .string()
  .regex(/^[1-9]\d{0,2}$/, `Must be a whole number from 1 to ${MAX_LIMIT}`)
  .transform(Number)
  .refine((value) => value <= MAX_LIMIT, `Must be a whole number from 1 to ${MAX_LIMIT}`)
const after = z.string().transform((text, context) => {
  const number = parseOrderNumber(text)
  if (number !== undefined) return number
  context.addIssue('Must be the `next` of an earlier answer')
  return z.NEVER
})

const orderQuery = z.object({
  state: orEmpty(z.enum(['Draft', 'Confirmed', 'Deleted'], 'Must be Draft or Confirmed')),
  q: orEmpty(q),
  after: orEmpty(after),
  limit: orEmpty(limit).transform((value) => value ?? DEFAULT_LIMIT),
})

const catalogueQuery = z.object({
  q: q.default(''),
  limit: orEmpty(limit).transform((value) => value ?? DEFAULT_LIMIT),
})

function refuseQuery(parsed: { success: true } | { success: false; error: z.core.$ZodError }): Response | undefined {
  if (parsed.success) return undefined
  const errors = fieldErrors(parsed.error.issues)
  const detail = errors.map((error) => `${error.pointer.slice(1)}: ${error.detail}`).join('; ')
  return problemResponse('invalid-query', detail, { errors })
}

/** Which orders are listed: each parameter at most once. */
export const validOrderQuery = zValidator('query', orderQuery, refuseQuery)
/** Which customers or products are listed: each parameter at most once. */
export const validCatalogueQuery = zValidator('query', catalogueQuery, refuseQuery)

/** The number in the path, as the route's pattern lets it through; one that no order can have is not found. */
export const validNumber = zValidator(
  'param',
  z.object({
    number: z
      .string()
      .transform((text) => parseOrderNumber(text) ?? NaN)
      .pipe(z.int()),
  }),
  (parsed) => (parsed.success ? undefined : problemResponse('not-found', 'No order has such a number')),
)
