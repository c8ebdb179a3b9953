import { zValidator } from '@hono/zod-validator'
import * as z from '../../../shared/zod.ts'
import { parseOrderNumber } from '../../../shared/contract/links.ts'
import { currency } from '../../../shared/contract/order.ts'
import { askedNumber, limitOrUsual, refuseQuery, searchText } from '../../../shared/edge/list-query.ts'
import { problemResponse } from '../../../shared/edge/problem.ts'

/** A form that filters by GET sends what was left empty as well: it asks for nothing. */
function orEmpty<S extends z.core.$ZodType>(schema: S) {
  return z.pipe(
    z.transform((value) => (value === '' ? undefined : value)),
    schema,
  )
}

const orderQuery = z.lazy(() =>
  z.object({
    state: orEmpty(z.optional(z.enum(['Draft', 'Confirmed', 'Deleted'], 'Must be Draft or Confirmed'))),
    q: orEmpty(z.optional(searchText)),
    after: orEmpty(z.optional(askedNumber('Must be the `next` of an earlier answer'))),
    limit: orEmpty(limitOrUsual),
  }),
)

const catalogueQuery = z.object({
  q: z.withDefault(searchText, ''),
  limit: orEmpty(limitOrUsual),
})

const productQuery = z.object({
  ...catalogueQuery.shape,
  currency: orEmpty(z.optional(currency)),
})

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
  (parsed) => (parsed.success ? undefined : problemResponse('not-found', 'No order has this number')),
)
