import { MAX_COMPARED_RANGES, RANGE_SIZE } from '../../../shared/contract/agreement.ts'
import { isDataRefusal } from '../../../shared/db/d1.ts'
import { describeError } from '../../../shared/edge/log.ts'
import { err, ok, type Result } from '../../../shared/result.ts'
import type { RequestContext } from '../edge/request-context.ts'
import { fetchDigest, fetchFingerprints, type NotComparable, reportAhead } from '../client/agreement-client.ts'
import {
  type ComparedUpTo,
  type CopyFingerprint,
  listFingerprints,
  listRanges,
  correctCopy,
  readComparisonStart,
  saveComparison,
} from './reconcile-store.ts'
import { type Comparison, differingRanges } from './ranges.ts'
import { fetchOrder, type OrderRefusal } from '../client/order-client.ts'
import { learnEpoch } from '../copies/epoch-store.ts'
import { listQuarantinedNumbers } from '../copies/quarantine-store.ts'

/**
 * Why nothing was compared. `nothing_read`: no pull has brought anything yet; `put_back`: billing was restored while it
 * compared.
 */
export type ComparisonRefusal =
  | NotComparable
  | { reason: 'nothing_read' }
  | { reason: 'repairing' }
  | { reason: 'put_back' }

/** The most orders that are corrected in one comparison, one call each; the next one continues. */
const MOST_CORRECTED = 10
/** So often a comparison asks ordering at the most: a digest, fingerprints twice, each order, and the report. */
export const COMPARISON_CALLS = 4 + MOST_CORRECTED

/**
 * Compares both sides' orders by content, up to billing's token, and corrects those that differ to what ordering says.
 * Writes go on meanwhile: orders that are moving are left out, and one counts as differing only when it differs again
 * after both sides were read again. Where billing is ahead, ordering was restored: it is notified, opens a new epoch, and
 * the next pull repairs.
 */
export async function compareOrders(context: RequestContext): Promise<Result<Comparison, ComparisonRefusal>> {
  const { db, env, log, now } = context
  const start = await readComparisonStart(db)
  if (start.token === null) return err({ reason: 'nothing_read' })
  if (start.repair !== null) return err({ reason: 'repairing' })
  const digest = await fetchDigest(env.ORDERING, start.token)
  if (!digest.ok) return digest
  const ranges = differingRanges(digest.value, await listRanges(db, digest.value.moving))
  const compared = digest.value.ranges.reduce((sum, [, orders]) => sum + orders, 0)
  const found = ranges.length === 0 ? ok([]) : await findDrift(context, start.token, ranges)
  if (!found.ok) return found
  const differing = found.value
  const corrected = await correct(context, { token: start.token, epoch: digest.value.epoch }, differing)
  const agreed = corrected === differing.length && ranges.length <= MAX_COMPARED_RANGES
  const saved = await saveComparison(db, start.token, agreed ? digest.value.upTo : null, now)
  if (saved === 'put back') return err({ reason: 'put_back' })
  const isAgreed = agreed && saved === 'saved'
  const { agreedUpTo, agreedAt } = isAgreed ? { agreedUpTo: digest.value.upTo, agreedAt: now } : start
  const comparison = { compared, differing: differing.map(({ number }) => number), corrected, agreedUpTo, agreedAt }
  log[differing.length === 0 ? 'info' : 'warn']('agreement.compared', comparison)
  return ok(comparison)
}

/** The orders of the ranges that differ, and differ in the same way once both sides were read again. */
async function findDrift(
  context: RequestContext,
  token: string,
  ranges: number[],
): Promise<Result<CopyFingerprint[], NotComparable>> {
  const asked = ranges.slice(0, MAX_COMPARED_RANGES)
  const first = await readBoth(context, token, { ranges: asked, numbers: [] })
  if (!first.ok) return first
  if (first.value.size === 0) return ok([])
  const numbers = [...first.value.keys()].slice(0, MAX_COMPARED_RANGES * RANGE_SIZE)
  const second = await readBoth(context, token, { ranges: [], numbers })
  if (!second.ok) return second
  const again = [...second.value.values()].filter((drift) => {
    const before = first.value.get(drift.number)
    return before !== undefined && before.theirs === drift.theirs && before.fingerprint === drift.fingerprint
  })
  return ok(again.sort((one, other) => one.number - other.number))
}

/** Reads ordering first and billing then, and returns what differs, by number. */
async function readBoth(
  { db, env }: RequestContext,
  token: string,
  asked: { ranges: number[]; numbers: number[] },
): Promise<Result<Map<number, CopyFingerprint & { theirs: number | null }>, NotComparable>> {
  const listed = await fetchFingerprints(env.ORDERING, { after: token, ...asked })
  if (!listed.ok) return listed
  const moving = new Set(listed.value.moving)
  const theirs = new Map(listed.value.orders)
  const ours = (await listFingerprints(db, asked)).filter(({ number }) => !moving.has(number))
  const differing = new Map<number, CopyFingerprint & { theirs: number | null }>()
  for (const copy of ours) {
    const their = theirs.get(copy.number) ?? null
    if (their === null ? !copy.orphaned : copy.orphaned || copy.fingerprint !== their) {
      differing.set(copy.number, { ...copy, theirs: their })
    }
    theirs.delete(copy.number)
  }
  for (const [number, their] of theirs) {
    differing.set(number, { number, revision: 0, fingerprint: null, orphaned: false, missing: true, theirs: their })
  }
  return ok(differing)
}

async function correct(
  context: RequestContext,
  upTo: ComparedUpTo,
  differing: readonly CopyFingerprint[],
): Promise<number> {
  let corrected = 0
  const ahead: CopyFingerprint[] = []
  // What is in quarantine cannot be corrected by reading it again here: it is tried again in its own time.
  const quarantined = new Set(await listQuarantinedNumbers(context.db))
  for (const drift of differing.filter(({ number }) => !quarantined.has(number)).slice(0, MOST_CORRECTED)) {
    const done = await correctOrder(context, upTo, drift)
    if (done === 'corrected') corrected += 1
    if (done === 'ahead') ahead.push(drift)
  }
  if (ahead.length > 0) await reportAheadOrders(context, upTo.epoch, ahead)
  return corrected
}

async function correctOrder(
  { db, env, log, now }: RequestContext,
  upTo: ComparedUpTo,
  drift: CopyFingerprint,
): Promise<'corrected' | 'ahead' | 'left'> {
  const fetched = await fetchOrder(env.ORDERING, drift.number)
  if (!fetched.ok) {
    log.warn('agreement.left', { number: drift.number, reason: fetched.error.reason })
    return isAheadOf(fetched.error, drift) ? 'ahead' : 'left'
  }
  const { order } = fetched.value
  if (fetched.value.epoch !== upTo.epoch) return 'left'
  if (provesAhead(drift) && isNewer(drift, order)) return 'ahead'
  try {
    return (await correctCopy(db, drift, fetched.value, upTo, now)) ? 'corrected' : 'left'
  } catch (error) {
    if (!isDataRefusal(error)) throw error
    log.warn('agreement.left', { number: drift.number, ...describeError(error) })
    return 'left'
  }
}

/**
 * Whether billing's copy says that ordering was restored, where ordering has no order that could be read: it has none, or
 * its record is an older one. The repair then reads that record with the feed, and sets it aside.
 */
function isAheadOf(refusal: OrderRefusal, drift: CopyFingerprint): boolean {
  switch (refusal.reason) {
    case 'no_answer':
      return false
    case 'unknown':
      return !drift.orphaned
    case 'unreadable':
      return provesAhead(drift) && refusal.revision !== null && drift.revision > refusal.revision
  }
}

/** A copy whose fingerprint is void was changed behind billing's back: it proves nothing. */
function provesAhead({ orphaned, fingerprint }: CopyFingerprint): boolean {
  return !orphaned && fingerprint !== null
}

function isNewer(copy: CopyFingerprint, order: { revision: number; fingerprint: number }): boolean {
  if (copy.revision !== order.revision) return copy.revision > order.revision
  return copy.fingerprint !== order.fingerprint
}

async function reportAheadOrders(
  { db, env, log, now }: RequestContext,
  epoch: string,
  ahead: readonly CopyFingerprint[],
): Promise<void> {
  const orders = ahead.flatMap(({ number, revision, fingerprint }) =>
    fingerprint === null ? [] : [{ number, revision, fingerprint }],
  )
  if (orders.length === 0) return
  const numbers = orders.map(({ number }) => number)
  const reported = await reportAhead(env.ORDERING, { epoch, orders })
  log.warn('agreement.ahead', { numbers, epoch, now: reported.ok ? reported.value.epoch : null })
  // Learnt here, so that the repair begins with the next run and not with its first refusal.
  if (reported.ok) await learnEpoch(db, reported.value.epoch, epoch, now)
}
