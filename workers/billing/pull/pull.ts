import { isStorageFailure } from '../../../shared/db/d1.ts'
import { isOver, shiftInstant } from '../../../shared/time/instant.ts'
import { describeError } from '../../../shared/edge/log.ts'
import { describeMissing } from '../../../shared/db/release.ts'
import { explainMismatch, findMissingMigrations } from '../../../shared/db/release-store.ts'
import { err, ok, type Result } from '../../../shared/result.ts'
import type { RequestContext } from '../edge/request-context.ts'
import { compareOrders, COMPARISON_CALLS } from '../reconcile/reconcile.ts'
import { openFeed } from './read-ahead.ts'
import { purgeExpired } from '../records/retention.ts'
import { openLedger } from '../ledger/invoice-ledger.ts'
import { readOrder, type UnfitRecord } from '../copies/order-copy.ts'
import { storeOrQuarantine } from './batch.ts'
import type { RunCounts, RunResult } from './run.ts'
import type { ReadBatch } from './batch-store.ts'
import { beginRepair, finishRepair } from '../reconcile/repair-store.ts'
import { beginRun, finishRun, type RunStart } from '../copies/pull-store.ts'
import { learnEpoch } from '../copies/epoch-store.ts'
import { retryDue } from './quarantine-retry.ts'
import { RELEASE } from '../release.ts'
import { notifyOrdering } from './notify-ordering.ts'
import { traceOrdering } from '../client/traced-ordering.ts'

/** A request may invoke 32 Workers; a run asks ordering so often at the most, and leaves the rest to the next. */
const MOST_CALLS = 30
const MOST_BATCHES = 20

/** Why a run stopped before the feed's end; the token stays where its last whole batch put it. */
type Failure = { why: string }
type Progress = {
  token: string | null
  calls: number
  pages: number
  counts: RunCounts
  reachedEnd: boolean
  repaired: boolean
}

/**
 * One run of the pull: reads the feed from the stored token, batch by batch, and stores each batch with its token.
 * Safe to repeat and to overlap: a run that finds another one going is `skipped`. An outage is `failed`, and the next
 * run goes on where this one stopped. Throws for mistakes of our own only, after the run was closed as failed.
 */
export async function runPull(asked: RequestContext): Promise<RunResult> {
  const runId = crypto.randomUUID()
  const log = asked.log.with({ runId })
  const context = { ...asked, env: traceOrdering(asked.env, runId, log), log }
  const begun = performance.now()
  const progress: Progress = { token: null, calls: 0, pages: 0, counts: NO_COUNTS, reachedEnd: false, repaired: false }
  try {
    const start = await beginRun(context.db, runId, context.by, context.now)
    if (start === undefined) {
      log.info('pull.skipped', { reason: 'another run is in progress' })
      return { runId, outcome: 'skipped', ...NO_COUNTS, pages: 0, token: null }
    }
    progress.token = start.token
    log.info('pull.started', { by: context.by, token: start.token })
    const missing = await findMissingNow(context, start.comparedAt)
    if (missing.length > 0) {
      return await failRun(context, runId, begun, progress, describeMissing(RELEASE, missing))
    }
    const read = await readFeed(context, runId, start, progress)
    if (!read.ok) return await failRun(context, runId, begun, progress, read.error.why)
    await followUp(context, start, progress)
    const durationMs = Math.round(performance.now() - begun)
    await finishRun(context.db, runId, 'ok', null, shiftInstant(context.now, durationMs))
    const { counts, pages, token } = progress
    // The figures of lag are those of the run's beginning: reading them again would cost every idle run.
    const { inQuarantine, agreedUpTo, agreedAt } = start
    const lag = { reachedEnd: progress.reachedEnd, inQuarantine, agreedUpTo, agreedAt }
    log.info('pull.finished', { ...counts, pages, durationMs, token, ...lag })
    return { runId, outcome: 'ok', ...counts, pages, token }
  } catch (error) {
    const why = (await explainMismatch(error, context.db, RELEASE)) ?? describeFailure(error)
    const failed = await failRun(context, runId, begun, progress, why, describeError(error))
    if (!isStorageFailure(error)) throw error
    return failed
  }
}

/** Whether the database was found to be as new as the code: it is asked once an isolate, and whenever a comparison is due. */
let isUpToDate = false

/** A restore takes the last comparison back as well, so most often the first run after one asks. */
async function findMissingNow(context: RequestContext, comparedAt: string | null): Promise<string[]> {
  if (isUpToDate && !isComparisonDue(comparedAt, context)) return []
  const missing = await findMissingMigrations(context.db, RELEASE)
  isUpToDate = missing.length === 0
  return missing
}

/**
 * What a run does beside reading the feed, as far as its calls reach: what is left stays due. Ordering not answering it
 * is no failure of the run.
 */
async function followUp(
  context: RequestContext,
  start: RunStart,
  { calls, counts, reachedEnd, repaired }: Progress,
): Promise<void> {
  let left = MOST_CALLS - calls
  if (start.retries === 1) left -= await retryDue(context, left)
  if (start.notices === 1 || start.retries === 1 || counts.quarantined > 0) left -= await notifyOrdering(context, left)
  const due = repaired || isComparisonDue(start.comparedAt, context)
  if (reachedEnd && left >= COMPARISON_CALLS && due) {
    const compared = await compareOrders(context)
    if (!compared.ok) context.log.info('agreement.postponed', compared.error)
    await purgeExpired(context)
  }
}

function isComparisonDue(comparedAt: string | null, { env, now }: RequestContext): boolean {
  return comparedAt === null || isOver(comparedAt, env.COMPARE_EVERY_MINUTES * 60_000, now)
}

const NO_COUNTS: RunCounts = { created: 0, changed: 0, removed: 0, unchanged: 0, quarantined: 0 }

async function readFeed(
  context: RequestContext,
  runId: string,
  start: RunStart,
  progress: Progress,
): Promise<Result<null, Failure>> {
  const { db, env, log, now } = context
  await openLedger(env).reconcile(start.decisions, start.unreplayed > 0)
  const feed = openFeed(env.ORDERING, progress)
  let { epoch, repair } = start
  while (progress.pages < MOST_BATCHES) {
    if (repair === 'owed') {
      if (epoch === null || !(await beginRepair(db, epoch, runId))) return err(LOST)
      log.warn('repair.started', { epoch, tokenBefore: progress.token })
      progress.token = null
      repair = 'reading'
    }
    const fetched = await feed.readBatch(progress.token)
    if (!fetched.ok) {
      const refusal = fetched.error
      if (refusal.reason === 'no_answer') return err({ why: `Ordering does not answer: ${refusal.detail}` })
      if (refusal.reason === 'invalid_token') return err({ why: refusal.detail })
      const current = await learnEpoch(db, refusal.epoch, epoch, now)
      if (current !== refusal.epoch) return err(current === epoch ? retired(refusal.epoch) : LOST)
      // The token is never sent again, whether the epoch is new or the token beyond what this history has given.
      epoch = current
      repair = 'owed'
      continue
    }
    const batch = fetched.value
    if (batch.epoch !== epoch) {
      const known = epoch
      epoch = await learnEpoch(db, batch.epoch, known, now)
      if (epoch !== batch.epoch) return err(epoch === known ? retired(batch.epoch) : LOST)
      repair = known === null ? null : 'owed'
      if (known !== null) continue
    }
    if (batch.more && progress.pages + 1 < MOST_BATCHES) await feed.readAhead(batch.next)
    if (batch.orders.length > 0 || batch.next !== progress.token) {
      const stored = await storeAndLog(
        context,
        runId,
        judgeBatch(batch, progress.token, repair === 'reading'),
        progress,
      )
      if (!stored) return err(LOST)
    }
    if (batch.more) continue
    progress.reachedEnd = true
    if (repair === 'reading') {
      const orphaned = await finishRepair(db, batch.epoch, runId, now)
      if (orphaned === undefined) return err(LOST)
      progress.repaired = true
      log.warn('repair.finished', { epoch: batch.epoch, orphaned })
    }
    return ok(null)
  }
  return ok(null)
}

const LOST: Failure = { why: 'Another run took over the pull, or a newer epoch of the feed began in the meantime' }

function retired(epoch: string): Failure {
  return { why: `The answer is of a retired epoch (${epoch}) and was not used` }
}

/** Judges each record of a batch that begins at the token `from`. */
export function judgeBatch(
  batch: { orders: unknown[]; next: string; epoch: string },
  from: string | null,
  repairing: boolean,
): ReadBatch {
  const unfit: UnfitRecord[] = []
  const orders = batch.orders.flatMap((record) => {
    const read = readOrder(record)
    if (read.ok) return [read.value]
    unfit.push(read.error)
    return []
  })
  return { epoch: batch.epoch, from, next: batch.next, orders, unfit, repairing }
}

async function storeAndLog(
  context: RequestContext,
  runId: string,
  batch: ReadBatch,
  progress: Progress,
): Promise<boolean> {
  const { db, env, log, now } = context
  const outcome = await storeOrQuarantine(db, batch, { runId, now, traced: env.LOG_LEVEL === 'trace' })
  if (outcome === undefined) return false
  const { counts, traces, batch: stored } = outcome
  progress.counts = counts
  progress.pages += 1
  progress.token = stored.next
  log.debug('pull.page', { orders: stored.orders.length, quarantined: stored.unfit.length, token: stored.next })
  for (const trace of traces) log.trace('pull.order', trace)
  for (const { number, sequenceNr, errors, cause } of stored.unfit) {
    log.warn('pull.quarantined', { number, sequenceNr, errors, cause })
  }
  return true
}

async function failRun(
  { db, log, now }: RequestContext,
  runId: string,
  begun: number,
  { counts, pages, token }: Progress,
  why: string,
  details: Record<string, unknown> = {},
): Promise<RunResult> {
  log.error('pull.failed', { ...details, why, token })
  try {
    await finishRun(db, runId, 'failed', why, shiftInstant(now, performance.now() - begun))
  } catch (error) {
    // The database is what failed: the next run finds this one unfinished, and closes it.
    log.error('pull.unfinished', describeError(error))
  }
  return { runId, outcome: 'failed', ...counts, pages, token, error: why }
}

function describeFailure(error: unknown): string {
  if (isStorageFailure(error)) return 'Billing’s database does not answer, or fails a statement'
  return 'The run failed because of an error in billing itself, which is in the log'
}
