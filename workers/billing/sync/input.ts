import * as z from '../../../shared/zod.ts'
import { orderNumber } from '../../../shared/contract/order.ts'
import { ORDER_FEED } from '../../../shared/contract/order-feed.ts'
import { quarantineSubject } from '../../../shared/handover/consumer/record.ts'
import { MAX_TOKEN_LENGTH } from '../../../shared/handover/protocol.ts'

/** As long as the subject of a record in quarantine is at most. */
export const MAX_SUBJECT_LENGTH = 100

/** Where the pull goes on; null is the feed's start. A preview changes nothing. */
export const resetInput = z.lazy(() =>
  z.strictObject({
    token: z.nullable(z.string().check(z.maxLength(MAX_TOKEN_LENGTH, `At most ${MAX_TOKEN_LENGTH} characters`))),
    preview: z.boolean(),
  }),
)

/** Asks to give orphaned orders back to ordering. A preview changes nothing. */
export const restoreRequest = z.strictObject({ preview: z.boolean() })

/** What waits in quarantine, by the subject that `GET /api/sync` names it by, or by its order's number. */
export const retryInput = z.lazy(() =>
  z.pipe(
    z
      .strictObject({
        subject: z.optional(z.string().check(z.minLength(1), z.maxLength(MAX_SUBJECT_LENGTH))),
        number: z.optional(orderNumber),
      })
      .check(
        z.refine(({ subject, number }) => (subject === undefined) !== (number === undefined), {
          message: 'Either subject or number is required',
          path: ['subject'],
        }),
      ),
    z.transform(
      ({ subject, number = null }) => subject ?? quarantineSubject(ORDER_FEED, { key: number, sequenceNr: null }),
    ),
  ),
)
