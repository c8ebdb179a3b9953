import * as z from '../zod.ts'
import { epoch, fingerprint, instant, orderNumber, publishedOrder } from './order.ts'

/** What both databases take at most. */
const MAX_VERSION = 1e13

/** What billing notifies ordering of; for each subject the highest version counts. */
export const billingNotice = z.strictObject({
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
})
/** Where an order stands in ordering, and what billing has notified it of. `entered` is null where no request made it. */
export const orderStanding = z.object({
  epoch,
  state: z.enum(['Confirmed', 'Deleted']),
  revision: publishedOrder.shape.revision,
  confirmedSequenceNr: publishedOrder.shape.confirmedSequenceNr,
  fingerprint,
  entered: z.withDefault(z.nullable(z.object({ at: z.string(), by: z.string() })), null),
  confirmedAt: z.string(),
  confirmedBy: z.string(),
  updatedAt: z.string(),
  updatedBy: z.string(),
  notices: z.array(z.object({ kind: z.string(), receivedAt: z.string() })),
})

/** The most characters of what orders are looked for by. */
export const MAX_SOUGHT = 500

/** Orders that were ever confirmed and have the number or the external id that was asked for, the highest first. */
export const soughtOrders = z.object({
  orders: z.array(
    z.object({
      number: orderNumber,
      externalId: z.nullable(z.string()),
      customer: z.string(),
      state: z.enum(['Confirmed', 'Deleted']),
    }),
  ),
})

export type BillingNotice = z.infer<typeof billingNotice>
export type OrderStanding = z.infer<typeof orderStanding>
export type SoughtOrders = z.infer<typeof soughtOrders>
