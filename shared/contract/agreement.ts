import * as z from '../zod.ts'
import { count, epoch, fingerprint, orderNumber } from './order.ts'

/** How many numbers are in a range that is compared. */
export const RANGE_SIZE = 256
/** The most ranges, or numbers, that are asked for at once. */
export const MAX_COMPARED_RANGES = 40
/** While more orders than this are moving, nothing is compared. */
export const MAX_MOVING = 1000

/**
 * Ordering's side of a comparison: by range the count and the sum of fingerprints of its settled orders. `moving` are
 * left out: they wait for a number, or have one above the reader's token, whose own number is `upTo`.
 */
export const agreementDigest = z.object({
  epoch,
  upTo: count,
  ranges: z.array(z.tuple([count, count, count])),
  moving: z.array(orderNumber),
})

/** Asks for the fingerprints of settled orders: of whole ranges, or of single orders. */
export const fingerprintQuery = z.strictObject({
  after: z.string().check(z.maxLength(200)),
  ranges: z.array(count).check(z.maxLength(MAX_COMPARED_RANGES)),
  numbers: z.array(orderNumber).check(z.maxLength(MAX_COMPARED_RANGES * RANGE_SIZE)),
})

/** Order numbers with their fingerprints; `moving` as in the digest. */
export const fingerprintList = z.object({
  epoch,
  orders: z.array(z.tuple([orderNumber, fingerprint])),
  moving: z.array(orderNumber),
})

/** What billing holds that is ahead of ordering: proof that ordering was restored. */
export const aheadReport = z.strictObject({
  epoch,
  orders: z
    .array(z.strictObject({ number: orderNumber, revision: z.int().check(z.minimum(1)), fingerprint }))
    .check(z.minLength(1), z.maxLength(100)),
})

/** The most orders that are restored in one call; fewer large ones. */
export const MAX_RESTORED = 50
/** Orders that ordering lost when its database was restored, sent by billing, each judged alone; a preview changes nothing. */
export const restoreInput = z.strictObject({
  preview: z.boolean(),
  orders: z.array(z.looseObject({ number: orderNumber })).check(z.minLength(1), z.maxLength(MAX_RESTORED)),
})
/**
 * What became, or would become, of orphans that billing asked ordering to restore. `unreadable`: it does not fit the contract; `refused`: ordering's
 * database does not take it.
 */
export const restoreOutcome = z.object({
  restored: z.array(orderNumber),
  refused: z.array(
    z.object({ number: orderNumber, reason: z.enum(['number_taken', 'external_id_taken', 'unreadable', 'refused']) }),
  ),
})

export type AgreementDigest = z.infer<typeof agreementDigest>
export type FingerprintQuery = z.infer<typeof fingerprintQuery>
export type FingerprintList = z.infer<typeof fingerprintList>
export type AheadReport = z.infer<typeof aheadReport>
export type RestoreOutcome = z.infer<typeof restoreOutcome>
