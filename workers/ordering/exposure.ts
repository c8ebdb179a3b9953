import * as z from 'zod'

/** Which orders are put into the feed again: those after the number `after`, at most `limit`. */
export const exposureInput = z.strictObject({
  after: z.int().min(0).default(0),
  limit: z.int().min(1).max(1000).default(500),
})

/** How many were, and where to go on; null at the end. */
export const exposureOutcome = z.object({ exposed: z.int(), next: z.int().nullable() })
