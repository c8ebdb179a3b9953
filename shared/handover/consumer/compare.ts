import { isDataRefusal } from '../../db/d1.ts'
import { describeError } from '../../edge/log.ts'
import { err, ok, type Result } from '../../result.ts'
import { type AgreementDigest, MAX_COMPARED_RANGES, RANGE_SIZE } from '../protocol.ts'
import {
  fetchDigest,
  fetchFingerprints,
  fetchRecord,
  type NotComparable,
  type RecordRefusal,
  reportAhead,
} from './client.ts'
import {
  type ComparedUpTo,
  type CopyFingerprint,
  correctCopy,
  listFingerprints,
  listRanges,
  readComparisonStart,
  saveComparison,
} from './compare-store.ts'
import type { Consumer, Context } from './definition.ts'
import { learnEpoch } from './epoch-store.ts'
import { listQuarantinedKeys } from './quarantine-store.ts'
import type { Comparison } from './run.ts'

/**
 * Why nothing was compared. `nothing_read`: no pull has brought anything yet; `put_back`: the consumer was restored while
 * it compared.
 */
export type ComparisonRefusal =
  | NotComparable
  | { reason: 'nothing_read' }
  | { reason: 'repairing' }
  | { reason: 'put_back' }

/** The most records that are corrected in one comparison, one call each; the next one continues. */
const MOST_CORRECTED = 10
/** So often a comparison asks the publisher at the most: a digest, fingerprints twice, each record, and the report. */
export const COMPARISON_CALLS = 4 + MOST_CORRECTED

/**
 * Compares both sides' records by content, up to the consumer's token, and corrects those that differ to what the publisher
 * says. Writes go on meanwhile: records that are moving are left out, and one counts as differing only when it differs
 * again after both sides were read again. Where the consumer is ahead, the publisher was restored: it is notified, opens a
 * new epoch, and the next pull repairs.
 */
export async function compareRecords<E, R>(
  consumer: Consumer<E, R>,
  context: Context<E>,
): Promise<Result<Comparison, ComparisonRefusal>> {
  const { tables } = consumer
  const { db, log, now } = context
  const start = await readComparisonStart(db, tables)
  if (start.token === null) return err({ reason: 'nothing_read' })
  if (start.repair !== null) return err({ reason: 'repairing' })
  const digest = await fetchDigest(consumer, context, start.token)
  if (!digest.ok) return digest
  const ranges = differingRanges(digest.value, await listRanges(db, tables, digest.value.moving))
  const compared = digest.value.ranges.reduce((sum, [, records]) => sum + records, 0)
  const found = ranges.length === 0 ? ok([]) : await findDrift(consumer, context, start.token, ranges)
  if (!found.ok) return found
  const differing = found.value
  const corrected = await correct(consumer, context, { token: start.token, epoch: digest.value.epoch }, differing)
  const agreed = corrected === differing.length && ranges.length <= MAX_COMPARED_RANGES
  const saved = await saveComparison(db, tables, start.token, agreed ? digest.value.upTo : null, now)
  if (saved === 'put back') return err({ reason: 'put_back' })
  const isAgreed = agreed && saved === 'saved'
  const { agreedUpTo, agreedAt } = isAgreed ? { agreedUpTo: digest.value.upTo, agreedAt: now } : start
  const comparison = { compared, differing: differing.map(({ key }) => key), corrected, agreedUpTo, agreedAt }
  log[differing.length === 0 ? 'info' : 'warn']('agreement.compared', comparison)
  return ok(comparison)
}

/** The ranges whose count or sum of fingerprints differ, the lowest first. */
function differingRanges(digest: AgreementDigest, ours: AgreementDigest['ranges']): number[] {
  const theirs = new Map(digest.ranges.map(([range, records, fingerprints]) => [range, { records, fingerprints }]))
  const differing = new Set<number>()
  for (const [range, copies, fingerprints] of ours) {
    const other = theirs.get(range) ?? { records: 0, fingerprints: 0 }
    if (other.records !== copies || other.fingerprints !== fingerprints) differing.add(range)
    theirs.delete(range)
  }
  for (const [range, { records }] of theirs) if (records > 0) differing.add(range)
  return [...differing].sort((one, other) => one - other)
}

/** The records of the ranges that differ, and differ in the same way once both sides were read again. */
async function findDrift<E, R>(
  consumer: Consumer<E, R>,
  context: Context<E>,
  token: string,
  ranges: number[],
): Promise<Result<CopyFingerprint[], NotComparable>> {
  const asked = ranges.slice(0, MAX_COMPARED_RANGES)
  const first = await readBoth(consumer, context, token, { ranges: asked, keys: [] })
  if (!first.ok) return first
  if (first.value.size === 0) return ok([])
  const keys = [...first.value.keys()].slice(0, MAX_COMPARED_RANGES * RANGE_SIZE)
  const second = await readBoth(consumer, context, token, { ranges: [], keys })
  if (!second.ok) return second
  const again = [...second.value.values()].filter((drift) => {
    const before = first.value.get(drift.key)
    return before !== undefined && before.theirs === drift.theirs && before.fingerprint === drift.fingerprint
  })
  return ok(again.sort((one, other) => one.key - other.key))
}

/** Reads the publisher first and the consumer then, and returns what differs, by key. */
async function readBoth<E, R>(
  consumer: Consumer<E, R>,
  context: Context<E>,
  token: string,
  asked: { ranges: number[]; keys: number[] },
): Promise<Result<Map<number, CopyFingerprint & { theirs: number | null }>, NotComparable>> {
  const listed = await fetchFingerprints(consumer, context, { after: token, ...asked })
  if (!listed.ok) return listed
  const moving = new Set(listed.value.moving)
  const theirs = new Map(listed.value.records)
  const ours = (await listFingerprints(context.db, consumer.tables, asked)).filter(({ key }) => !moving.has(key))
  const differing = new Map<number, CopyFingerprint & { theirs: number | null }>()
  for (const copy of ours) {
    const their = theirs.get(copy.key) ?? null
    if (their === null ? !copy.orphaned : copy.orphaned || copy.fingerprint !== their) {
      differing.set(copy.key, { ...copy, theirs: their })
    }
    theirs.delete(copy.key)
  }
  for (const [key, their] of theirs) {
    differing.set(key, { key, revision: 0, fingerprint: null, orphaned: false, missing: true, theirs: their })
  }
  return ok(differing)
}

async function correct<E, R>(
  consumer: Consumer<E, R>,
  context: Context<E>,
  upTo: ComparedUpTo,
  differing: readonly CopyFingerprint[],
): Promise<number> {
  let corrected = 0
  const ahead: CopyFingerprint[] = []
  // What is in quarantine cannot be corrected by reading it again here: it is retried in its own time. But a retry does not
  // overwrite a copy whose revision somebody has raised behind the consumer's back.
  const quarantined = new Set(await listQuarantinedKeys(context.db, consumer.tables))
  const correctable = differing.filter(
    ({ key, missing, fingerprint }) => !quarantined.has(key) || (!missing && fingerprint === null),
  )
  for (const drift of correctable.slice(0, MOST_CORRECTED)) {
    const done = await correctOne(consumer, context, upTo, drift)
    if (done === 'corrected') corrected += 1
    if (done === 'ahead') ahead.push(drift)
  }
  if (ahead.length > 0) await reportAheadCopies(consumer, context, upTo.epoch, ahead)
  return corrected
}

async function correctOne<E, R>(
  consumer: Consumer<E, R>,
  context: Context<E>,
  upTo: ComparedUpTo,
  drift: CopyFingerprint,
): Promise<'corrected' | 'ahead' | 'left'> {
  const { db, log, now } = context
  const named = { [consumer.names.key]: drift.key }
  const fetched = await fetchRecord(consumer, context, drift.key)
  if (!fetched.ok) {
    log.warn('agreement.left', { ...named, reason: fetched.error.reason })
    return isAheadOf(fetched.error, drift) ? 'ahead' : 'left'
  }
  if (fetched.value.epoch !== upTo.epoch) return 'left'
  if (provesAhead(drift) && isNewer(drift, fetched.value)) return 'ahead'
  try {
    return (await correctCopy(consumer, db, drift, fetched.value, upTo, now)) ? 'corrected' : 'left'
  } catch (error) {
    if (!isDataRefusal(error)) throw error
    log.warn('agreement.left', { ...named, ...describeError(error) })
    return 'left'
  }
}

/**
 * Whether the copy says that the publisher was restored, where the publisher has no record that could be read: it has none,
 * or an older one. The repair then reads that record with the feed, and sets it aside.
 */
function isAheadOf(refusal: RecordRefusal, drift: CopyFingerprint): boolean {
  switch (refusal.reason) {
    case 'no_answer':
      return false
    case 'unknown':
      return !drift.orphaned
    case 'unreadable':
      return provesAhead(drift) && refusal.revision !== null && drift.revision > refusal.revision
  }
}

/** A copy whose fingerprint is void was changed behind the consumer's back: it proves nothing. */
function provesAhead({ orphaned, fingerprint }: CopyFingerprint): boolean {
  return !orphaned && fingerprint !== null
}

function isNewer(copy: CopyFingerprint, record: { revision: number; fingerprint: number }): boolean {
  if (copy.revision !== record.revision) return copy.revision > record.revision
  return copy.fingerprint !== record.fingerprint
}

async function reportAheadCopies<E, R>(
  consumer: Consumer<E, R>,
  context: Context<E>,
  epoch: string,
  ahead: readonly CopyFingerprint[],
): Promise<void> {
  const { db, log, now } = context
  const records = ahead.flatMap(({ key, revision, fingerprint }) =>
    fingerprint === null ? [] : [{ key, revision, fingerprint }],
  )
  if (records.length === 0) return
  const keys = records.map(({ key }) => key)
  const reported = await reportAhead(consumer, context, { epoch, records })
  log.warn('agreement.ahead', { [consumer.names.keys]: keys, epoch, now: reported.ok ? reported.value.epoch : null })
  // Learnt here, so that the repair begins with the next run and not with its first refusal.
  if (reported.ok) await learnEpoch(db, consumer.tables, reported.value.epoch, epoch, now)
}
