import * as z from '../../../shared/zod.ts'

/** Which orders are put into the feed again: those after the number `after`, at most `limit`. */
export const exposureInput = z.strictObject({
  after: z.withDefault(z.int().check(z.minimum(0)), 0),
  limit: z.withDefault(z.int().check(z.minimum(1), z.maximum(1000)), 500),
})

/** How many were, and where to go on; null at the end. */
export const exposureOutcome = z.object({ exposed: z.int(), next: z.nullable(z.int()) })
