import * as z from 'zod'

const MAX_REASON = 1_000

/** Why an invoice is rejected: what the order's clerk is told. Its line breaks stay. */
export const rejectionReason = z
  .string('Say why the invoice is rejected')
  .trim()
  .min(1, 'Say why the invoice is rejected')
  .max(MAX_REASON, `At most ${MAX_REASON} characters`)
  .refine((text) => text.isWellFormed(), 'Not well-formed Unicode')
  .refine((text) => !/(?![\n\r])\p{Cc}/u.test(text), 'Control characters are not allowed')

/** What a program sends to reject an invoice. */
export const rejectionInput = z.strictObject({ reason: rejectionReason })
