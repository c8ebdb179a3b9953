import type { OrderStanding } from '../../../shared/contract/order-standing.ts'
import type { FieldError } from '../../../shared/edge/problem.ts'
import type { Result } from '../../../shared/result.ts'
import type { DecisionMade } from '../ledger/decision-history-store.ts'
import { describeFieldErrors } from '../../../shared/handover/consumer/record.ts'
import type { NoAnswer } from '../../../shared/handover/consumer/record.ts'
import type { BillingStanding } from './trace-store.ts'
import type { Place } from './place.ts'
import { judgeLag, whereaboutsOf } from './whereabouts.ts'

/** One step of an order's way. `at` is null where the time is not kept; `runId` names the run of the pull. */
export type TraceStep = {
  app: 'ordering' | 'billing'
  step:
    | 'entered'
    | 'confirmed'
    | 'changed'
    | 'numbered'
    | 'pulled'
    | 'linked'
    | 'quarantined'
    | 'invoiced'
    | 'approved'
    | 'rejected'
    | 'credited'
    | 'reissued'
    | 'cancelled'
    | 'notified'
  at: string | null
  detail: string
  /** Why, as it was typed. */
  reason?: string
  runId?: string
}

/**
 * Where an order is: the steps it has taken that are known, oldest first, and where and why it does not go on, if it does
 * not. `notKnown` says what cannot be said now, and why; null where both apps answered.
 */
export type Trace = {
  number: number
  steps: TraceStep[]
  stuck: { where: 'ordering' | 'billing'; why: string } | null
  notKnown: string | null
  /** Where it is now, in one word of PLACES and in a sentence or two. */
  place: Place
  headline: string
  changedSince: boolean
}

/** Why there is no trace. `no_answer`: billing does not know the order, and whether ordering does, it did not say. */
export type TraceRefusal = { reason: 'unknown' } | NoAnswer

/** The trace that both sides' standings make at `now`. */
export function traceOf(
  number: number,
  theirs: Result<OrderStanding | null, NoAnswer>,
  ours: BillingStanding,
  now: string,
): Trace {
  const standing = theirs.ok ? theirs.value : null
  const steps = [...orderingSteps(standing), ...billingSteps(ours), ...noticeSteps(standing)]
  const stuck = theirs.ok ? findObstacle(theirs.value, ours, now) : findOwnObstacle(ours)
  const notKnown = theirs.ok
    ? null
    : `Ordering does not answer, so it is unknown whether the order was changed or deleted there. ${theirs.error.detail}`
  return { number, ...whereaboutsOf(number, theirs, ours, now), steps: inOrderOfTime(steps), stuck, notKnown }
}

/** A step whose time is not kept stays behind the one that it was put after. */
function inOrderOfTime(steps: readonly TraceStep[]): TraceStep[] {
  let at = 0
  const timed = steps.map((step) => {
    at = step.at === null ? at : Date.parse(step.at)
    return { step, at }
  })
  return timed.sort((one, other) => one.at - other.at).map(({ step }) => step)
}

function orderingSteps(standing: OrderStanding | null): TraceStep[] {
  if (standing === null) return []
  const { entered, confirmedAt, confirmedBy, updatedAt, updatedBy, revision, state, confirmedSequenceNr } = standing
  const steps: TraceStep[] = []
  if (entered !== null) steps.push({ app: 'ordering', step: 'entered', at: entered.at, detail: `by ${entered.by}` })
  steps.push({ app: 'ordering', step: 'confirmed', at: confirmedAt, detail: `by ${confirmedBy}` })
  if (updatedAt !== confirmedAt) {
    const what = state === 'Deleted' ? 'deleted' : 'changed'
    steps.push({
      app: 'ordering',
      step: 'changed',
      at: updatedAt,
      detail: `${what} by ${updatedBy}: revision ${revision}`,
    })
  }
  if (confirmedSequenceNr > 0) {
    steps.push({
      app: 'ordering',
      step: 'numbered',
      at: null,
      detail: `revision ${revision} has number ${confirmedSequenceNr} in the feed`,
    })
  }
  return steps
}

function billingSteps({ copy, invoice, invoicedAt, decisions, quarantine }: BillingStanding): TraceStep[] {
  const steps: TraceStep[] = []
  if (copy !== null) {
    const detail = `revision ${copy.revision}`
    const run = copy.runId === null ? {} : { runId: copy.runId }
    steps.push({
      app: 'billing',
      step: copy.source === 'pull' ? 'pulled' : 'linked',
      at: copy.fetchedAt,
      detail,
      ...run,
    })
  }
  if (quarantine !== null) {
    steps.push({
      app: 'billing',
      step: 'quarantined',
      at: quarantine.firstSeenAt,
      detail: describeFieldErrors(JSON.parse(quarantine.error) as FieldError[]),
    })
  }
  if (invoice === null) return steps
  steps.push({ app: 'billing', step: 'invoiced', at: invoicedAt, detail: 'from the order' })
  steps.push(...decisions.map(decisionStep))
  if (invoice.state === 'Cancelled') {
    steps.push({ app: 'billing', step: 'cancelled', at: invoice.decidedAt, detail: 'its order was deleted' })
  }
  return steps
}

function decisionStep({ kind, issuedNumber, decidedAt, decidedBy, reason }: DecisionMade): TraceStep {
  const number = issuedNumber === null ? '' : `as ${issuedNumber} `
  const why = reason === null ? {} : { reason }
  return { app: 'billing', step: kind, at: decidedAt, detail: `${number}by ${decidedBy}`, ...why }
}

function noticeSteps(standing: OrderStanding | null): TraceStep[] {
  return (standing?.notices ?? []).map(({ kind, receivedAt }) => ({
    app: 'ordering',
    step: 'notified',
    at: receivedAt,
    detail: `billing reported: ${kind}`,
  }))
}

/** What billing knows by itself to be in the way. */
function findOwnObstacle({ quarantine }: BillingStanding): Trace['stuck'] {
  if (quarantine === null) return null
  const error = describeFieldErrors(JSON.parse(quarantine.error) as FieldError[])
  const tried = quarantine.attempts === 1 ? 'once' : `${quarantine.attempts} times`
  const why = `Its record cannot be read (${error}); tried ${tried}, and again at ${inWords(quarantine.nextTryAt)}`
  return { where: 'billing', why }
}

function findObstacle(standing: OrderStanding | null, ours: BillingStanding, now: string): Trace['stuck'] {
  const own = findOwnObstacle(ours)
  if (own !== null) return own
  if (standing === null) {
    return {
      where: 'ordering',
      why: 'Ordering no longer has this order, as after a restore to a moment before it',
    }
  }
  switch (judgeLag(standing, ours, now)) {
    case 'none':
      return ours.unsent ? { where: 'billing', why: 'Ordering is still to be notified of what billing decided' } : null
    case 'coming':
      return null
    case 'late':
      return findDelay(standing, ours)
  }
}

function findDelay(standing: OrderStanding, ours: BillingStanding): Trace['stuck'] {
  const lastSuccess = ours.lastSuccessAt === null ? 'none' : inWords(ours.lastSuccessAt)
  if (standing.confirmedSequenceNr < 0) {
    return {
      where: 'ordering',
      why: `It has been waiting for its number since ${inWords(standing.updatedAt)}; last successful pull: ${lastSuccess}`,
    }
  }
  return { where: 'billing', why: `It has not been pulled yet; last successful pull: ${lastSuccess}` }
}

function inWords(instant: string): string {
  return `${instant.slice(0, 19).replace('T', ' ')} UTC`
}
