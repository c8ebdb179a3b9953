import * as z from 'zod'
import { orderNumber } from '../../shared/contract.ts'
import { quarantineSubject } from './order-copy.ts'

/** Where the pull goes on; null is the feed's start. A preview changes nothing. */
export const resetInput = z.strictObject({ token: z.string().nullable(), preview: z.boolean() })

/** Asks to give orphaned orders back to ordering. A preview changes nothing. */
export const returnInput = z.strictObject({ preview: z.boolean() })

/** What waits in quarantine, by the subject that `GET /api/sync` names it by, or by its order's number. */
export const retryInput = z
  .strictObject({ subject: z.string().min(1).max(100).optional(), number: orderNumber.optional() })
  .refine(({ subject, number }) => (subject === undefined) !== (number === undefined), {
    message: 'Either subject or number must be there',
    path: ['subject'],
  })
  .transform(({ subject, number = null }) => subject ?? quarantineSubject({ number, sequenceNr: null }))
