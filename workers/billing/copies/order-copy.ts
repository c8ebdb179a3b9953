import { type PublishedOrder, publishedOrder } from '../../../shared/contract/order.ts'
import { readPlainPublished } from '../../../shared/contract/plain-order.ts'
import { type FieldError, fieldErrors } from '../../../shared/edge/problem.ts'
import { err, ok, type Result } from '../../../shared/result.ts'

/** Which reader brought the content that a copy has. */
export type CopySource = 'pull' | 'deep-link'

/** Billing's copy of an order. `fetchedAt` is when its content was read from ordering. */
export type OrderCopy = { order: PublishedOrder; source: CopySource; fetchedAt: string; orphaned: boolean }

/** An order as it was read: judged, and as it came, with fields that this version does not know. */
export type ReadOrder = { order: PublishedOrder; record: string }

/**
 * A record that does not fit. `number` and `revision` are null where they cannot be read; then `sequenceNr`, its place
 * in the feed, is what it is known by. `cause` is what a database said that refused it, for the log alone.
 */
export type UnfitRecord = {
  number: number | null
  revision: number | null
  sequenceNr: number | null
  errors: FieldError[]
  cause?: string
}

/** Why one of several orders that were asked for is not there. `left_out`: it would have made the answer too large. */
export type UnansweredOrder =
  | { reason: 'unknown' }
  | { reason: 'unreadable'; errors: FieldError[] }
  | { reason: 'left_out' }

/**
 * What ordering, asked a moment ago, says of an order that is decided on. `answered`: its content has that fingerprint,
 * and billing's copy has followed it. `no_answer`: billing's copy is all there is. `unsettled`: ordering answers of a
 * history that billing has still to learn of.
 */
export type OrderCheck =
  | { reason: 'answered'; fingerprint: number }
  | { reason: 'no_answer' }
  | { reason: 'unsettled' }
  | UnansweredOrder

/** Judges a record of the feed, or a single order's answer: the one place where the contract is held against it. */
export function readOrder(record: unknown): Result<ReadOrder, UnfitRecord> {
  const plain = readPlainPublished(record)
  if (plain !== undefined) return ok({ order: plain, record: JSON.stringify(record) })
  const parsed = publishedOrder.safeParse(record)
  if (parsed.success) return ok({ order: parsed.data, record: JSON.stringify(record) })
  return err({
    number: wholeNumber(record, 'number'),
    revision: wholeNumber(record, 'revision'),
    sequenceNr: wholeNumber(record, 'confirmedSequenceNr'),
    errors: fieldErrors(parsed.error.issues),
  })
}

/** What a quarantined record is known by: its order's number, or its place in the feed. */
export function quarantineSubject({ number, sequenceNr }: Pick<UnfitRecord, 'number' | 'sequenceNr'>): string {
  return number === null ? `sequence:${sequenceNr ?? 'unknown'}` : `order:${number}`
}

/** What was wrong with a record, in one line: `/lines/0/quantity: Too small`. */
export function describeFieldErrors(errors: readonly FieldError[]): string {
  return errors.map(({ pointer, detail }) => (pointer === '' ? detail : `${pointer}: ${detail}`)).join('; ')
}

function wholeNumber(record: unknown, member: string): number | null {
  if (typeof record !== 'object' || record === null) return null
  const value = (record as Record<string, unknown>)[member]
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null
}
