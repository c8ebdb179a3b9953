import * as z from '../zod.ts'
import { confirmedSequenceNr, epoch, fingerprint, orderNumber, revision } from './order.ts'

/** Where an order stands in ordering, and what billing has notified it of. `entered` is null where no request made it. */
export const orderStanding = z.lazy(() =>
  z.object({
    epoch,
    state: z.enum(['Confirmed', 'Deleted']),
    revision,
    confirmedSequenceNr,
    fingerprint,
    entered: z.withDefault(z.nullable(z.object({ at: z.string(), by: z.string() })), null),
    confirmedAt: z.string(),
    confirmedBy: z.string(),
    updatedAt: z.string(),
    updatedBy: z.string(),
    notices: z.array(z.object({ kind: z.string(), receivedAt: z.string() })),
  }),
)

/** The most characters of what orders are looked for by. */
export const MAX_SOUGHT = 500

/** Orders that were ever confirmed and have the number or the external id that was asked for, the highest first. */
export const soughtOrders = z.lazy(() =>
  z.object({
    orders: z.array(
      z.object({
        number: orderNumber,
        externalId: z.nullable(z.string()),
        customer: z.string(),
        state: z.enum(['Confirmed', 'Deleted']),
      }),
    ),
  }),
)

export type OrderStanding = z.infer<typeof orderStanding>
export type SoughtOrders = z.infer<typeof soughtOrders>
