import * as z from '../zod.ts'
import { instant, orderNumber } from './order.ts'

/** What both databases take at most. */
const MAX_VERSION = 1e13

/** What billing notifies ordering of; for each subject the highest version counts. */
export const billingNotice = z.lazy(() =>
  z.strictObject({
    subject: z.string().check(z.minLength(1), z.maxLength(100)),
    version: z.int().check(z.minimum(1), z.maximum(MAX_VERSION)),
    orderNumber,
    notice: z.discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('approved'),
        invoiceId: z.int(),
        invoiceNumber: z.string(),
        orderRevision: z.int(),
        // Null where an approval that is reported again was made before there were digests, or was erased.
        contentDigest: z.withDefault(z.nullable(z.string()), null),
        at: instant,
        by: z.string(),
      }),
      z.strictObject({
        kind: z.literal('rejected'),
        invoiceId: z.int(),
        reason: z.string(),
        orderRevision: z.int(),
        at: instant,
        by: z.string(),
      }),
      z.strictObject({
        kind: z.literal('credited'),
        invoiceId: z.int(),
        creditNoteNumber: z.string(),
        reason: z.string(),
        at: instant,
        by: z.string(),
      }),
      z.strictObject({ kind: z.literal('quarantined'), error: z.string(), attempts: z.int(), at: instant }),
      z.strictObject({ kind: z.literal('released'), at: instant }),
    ]),
  }),
)

export type BillingNotice = z.infer<typeof billingNotice>
