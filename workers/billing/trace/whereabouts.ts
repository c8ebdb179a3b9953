import { isOver } from '../../../shared/time/instant.ts'
import type { OrderStanding } from '../../../shared/contract/order-standing.ts'
import type { Result } from '../../../shared/result.ts'
import type { Place, Whereabouts } from './place.ts'
import type { NoAnswer } from '../../../shared/handover/consumer/record.ts'
import type { BillingStanding, InvoiceStanding } from './trace-store.ts'

/** A pull comes every minute: an order that waits longer than this is late, and pulls that long ago have stopped. */
const LATE_AFTER_MS = 180_000

/** Whether billing has what ordering says of the order: it has, the next pull brings it, or it should have come by now. */
export type Lag = 'none' | 'coming' | 'late'

/** How far billing's copy is behind what ordering says of the order at `now`. */
export function judgeLag(standing: OrderStanding, { copy }: BillingStanding, now: string): Lag {
  if (copy?.epoch === standing.epoch && copy.fingerprint === standing.fingerprint) return 'none'
  return isOver(standing.updatedAt, LATE_AFTER_MS, now) ? 'late' : 'coming'
}

/** Where the order is, by what both apps say of it at `now`. */
export function whereaboutsOf(
  number: number,
  theirs: Result<OrderStanding | null, NoAnswer>,
  ours: BillingStanding,
  now: string,
): Whereabouts {
  const place = placeOf(theirs, ours, now)
  const main = describePlace(place, ours, now)
  if (!theirs.ok && place !== 'unknown') {
    return { place, headline: `As far as billing knows, order ${number} ${main}`, changedSince: false }
  }
  const since = describeSince(place, theirs, ours, now)
  return { place, headline: `Order ${number} ${main}${since}`, changedSince: since !== '' }
}

function placeOf(theirs: Result<OrderStanding | null, NoAnswer>, ours: BillingStanding, now: string): Place {
  const { copy, invoice, quarantine } = ours
  const standing = theirs.ok ? theirs.value : null
  const isDecided = invoice?.state === 'Approved'
  if (quarantine !== null && !isDecided) return 'quarantine'
  if (copy === null && invoice === null) {
    if (standing === null) return 'unknown'
    if (standing.state === 'Deleted') return 'deleted'
    return judgeLag(standing, ours, now) === 'late' ? 'late' : 'ordering'
  }
  if (isOrphaned(theirs, ours) && !isDecided) return 'orphaned'
  return invoice === null ? 'deleted' : placeOfInvoice(invoice)
}

function isOrphaned(theirs: Result<OrderStanding | null, NoAnswer>, { copy }: BillingStanding): boolean {
  return theirs.ok ? theirs.value === null : copy?.orphaned === 1
}

function placeOfInvoice({ state, credited }: InvoiceStanding): Place {
  switch (state) {
    case 'ToApprove':
      return 'to_approve'
    case 'Rejected':
      return 'rejected'
    case 'Cancelled':
      return 'cancelled'
    case 'Approved':
      return CREDITED[credited]
  }
}

const CREDITED = { none: 'approved', partly: 'partly_credited', whole: 'credited' } as const

/** What follows “Order 7 ” in the headline. */
function describePlace(place: Place, { invoice, lastSuccessAt }: BillingStanding, now: string): string {
  const number = invoice?.invoiceNumber ?? ''
  switch (place) {
    case 'ordering':
      return `is confirmed in ordering and will be in billing with the next pull${nextPull(lastSuccessAt, now)}.`
    case 'late':
      return 'is confirmed in ordering and should be in billing by now, but is not.'
    case 'deleted':
      return 'was deleted in ordering before it had an invoice.'
    case 'quarantine':
      return `is in quarantine: billing cannot read ordering’s record of it${invoice === null ? '' : ' now'}.`
    case 'orphaned':
      return 'is in billing, but ordering no longer has it.'
    case 'to_approve':
      return invoice?.isReplacement === true
        ? 'has a reissued invoice, which waits for approval.'
        : 'is in billing, and its invoice waits for approval.'
    case 'rejected':
      return 'was rejected in billing and has to be corrected in ordering.'
    case 'approved':
      return `is approved as invoice ${number}.`
    case 'partly_credited':
      return `is approved as invoice ${number}, which is credited in part.`
    case 'credited':
      return `was approved as invoice ${number}, which is credited in full.`
    case 'cancelled':
      return 'was deleted in ordering, and its invoice is cancelled.'
    case 'unknown':
      return 'is unknown.'
  }
}

/** When the next pull comes is only known while pulls succeed. */
function nextPull(lastSuccessAt: string | null, now: string): string {
  const pulling = lastSuccessAt !== null && !isOver(lastSuccessAt, LATE_AFTER_MS, now)
  return pulling ? ', within a minute' : ' that succeeds'
}

/** What has happened that the place does not say: a sentence, or nothing. */
function describeSince(
  place: Place,
  theirs: Result<OrderStanding | null, NoAnswer>,
  ours: BillingStanding,
  now: string,
): string {
  const { copy, invoice, quarantine } = ours
  if (copy === null || place === 'orphaned' || place === 'quarantine') return ''
  if (quarantine !== null) return ' It has been changed in ordering since, and billing cannot read the change.'
  if (!theirs.ok || theirs.value === null) return ' Ordering no longer has the order.'
  const standing = theirs.value
  const lag = judgeLag(standing, ours, now)
  // What the pull has not brought yet says more than what it has.
  if (copy.fingerprint !== standing.fingerprint && lag !== 'none') {
    const change = standing.state === 'Deleted' ? 'deleted' : 'changed'
    return lag === 'late'
      ? ` It has been ${change} in ordering since, and billing should know by now, but does not.`
      : ` It has been ${change} in ordering since: billing will know with the next pull${nextPull(ours.lastSuccessAt, now)}.`
  }
  if (invoice?.mismatched !== true) return ''
  return invoice.orderDeleted
    ? ' The order has been deleted since, and the invoice has to be credited.'
    : ' The order has been changed since, and the invoice no longer matches it.'
}
