import * as z from '../../../shared/zod.ts'

/** Which orders are republished: those after the number `after`, at most `limit`. */
export const republishInput = z.lazy(() =>
  z.strictObject({
    after: z.withDefault(z.int().check(z.minimum(0)), 0),
    limit: z.withDefault(z.int().check(z.minimum(1), z.maximum(1000)), 500),
  }),
)

/** How many were, and where to go on; null at the end. */
export const republishOutcome = z.lazy(() => z.object({ republished: z.int(), next: z.nullable(z.int()) }))
