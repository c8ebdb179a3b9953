import { isStorageFailure } from '../../../db/d1.ts'
import { describeMissing } from '../../../db/release.ts'
import { explainMismatch, findMissingMigrations } from '../../../db/release-store.ts'
import { describeError } from '../../../edge/log.ts'
import { err, ok, type Result } from '../../../result.ts'
import { isOver, shiftInstant, spanAround } from '../../../time/instant.ts'
import { judgeBatch, storeOrQuarantine } from './refused-batch.ts'
import type { ReadBatch } from './batch-store.ts'
import { fetchBatch } from '../client.ts'
import { COMPARISON_CALLS, compareRecords } from '../compare.ts'
import { capitalize, type Consumer, type Context } from '../definition.ts'
import { learnEpoch } from '../epoch-store.ts'
import { beginRepair, finishRepair } from './orphaning-store.ts'
import { notifyPublisher } from './notify.ts'
import { retryRefused } from './outbox-store.ts'
import { retryDue } from './quarantine.ts'
import { deleteExpired } from './retention-store.ts'
import type { RunCounts, RunResult } from '../run.ts'
import { beginRun, finishRun, type RunStart } from './run-store.ts'

/** A request may invoke 32 Workers; a run asks the publisher so often at the most, and leaves the rest to the next. */
const MOST_CALLS = 30
const MOST_BATCHES = 20
const BATCH_LIMIT = 500

/** What a run needs of the platform it runs on, so that a test or another runtime can hand in its own. */
export type Platform = {
  /** A new UUID. */
  newId: () => string
  /** Milliseconds since some moment. */
  elapsedMs: () => number
  /** Lets what was sent leave: where D1 works on this thread, a question would wait until the batch at hand is stored. */
  letGo: () => Promise<void>
}

const WORKERS: Platform = {
  newId: () => crypto.randomUUID(),
  elapsedMs: () => performance.now(),
  letGo: () => scheduler.wait(0),
}

/** Why a run stopped before the feed's end; the token stays where its last whole batch put it. */
type Failure = { why: string }
type Progress = {
  token: string | null
  calls: number
  batches: number
  counts: RunCounts
  reachedEnd: boolean
  repaired: boolean
}
type Run = { runId: string; platform: Platform; begunMs: number; progress: Progress }

/**
 * One run of the pull: reads the feed from the stored token, batch by batch, and stores each batch with its token.
 * Safe to repeat and to overlap: a run that finds another one in progress is `skipped`. An outage is `failed`, and the next
 * run continues where this one stopped. Throws for mistakes of our own only, after the run was closed as failed.
 */
export async function runPull<E, R>(
  consumer: Consumer<E, R>,
  asked: Context<E>,
  platform: Platform = WORKERS,
): Promise<RunResult> {
  const runId = platform.newId()
  const log = asked.log.with({ runId })
  // A run that a person asks for is traced by its own id, and not by the request's round it.
  const context = { ...asked, requestId: runId, log }
  const progress: Progress = {
    token: null,
    calls: 0,
    batches: 0,
    counts: NO_COUNTS,
    reachedEnd: false,
    repaired: false,
  }
  const run: Run = { runId, platform, begunMs: platform.elapsedMs(), progress }
  try {
    const start = await beginRun(consumer, context.db, runId, context.by, context.now)
    if (start === undefined) {
      log.info('pull.skipped', { reason: 'another run is in progress' })
      return { runId, outcome: 'skipped', ...NO_COUNTS, batches: 0, token: null }
    }
    progress.token = start.token
    log.info('pull.started', { by: context.by, token: start.token })
    const missing = await describeMissingNow(consumer, context, start.comparedAt)
    if (missing !== undefined) return await failRun(consumer, context, run, missing)
    await consumer.beforeReading.act(context, start)
    const read = await readFeed(consumer, context, run, start)
    if (!read.ok) return await failRun(consumer, context, run, read.error.why)
    await followUp(consumer, context, start, progress)
    const durationMs = Math.round(platform.elapsedMs() - run.begunMs)
    await finishRun(context.db, consumer.tables, runId, 'ok', null, shiftInstant(context.now, durationMs))
    const { counts, batches, token } = progress
    // The figures of lag are those of the run's beginning: reading them again would cost every idle run.
    const { inQuarantine, agreedUpTo, agreedAt } = start
    const lag = { reachedEnd: progress.reachedEnd, inQuarantine, agreedUpTo, agreedAt }
    log.info('pull.finished', { ...counts, pages: batches, durationMs, token, ...lag })
    return { runId, outcome: 'ok', ...counts, batches, token }
  } catch (error) {
    const { release } = consumer
    const mismatch = release && (await explainMismatch(error, context.db, release))
    const why = mismatch ?? describeFailure(consumer, error)
    const failed = await failRun(consumer, context, run, why, describeError(error))
    if (!isStorageFailure(error)) throw error
    return failed
  }
}

/** Whose databases were found to be as new as the code: that is asked once an isolate, and whenever a comparison is due. */
const upToDate = new WeakSet<object>()

/** A restore takes the last comparison back as well, so most often the first run after one asks. */
async function describeMissingNow<E, R>(
  consumer: Consumer<E, R>,
  context: Context<E>,
  comparedAt: string | null,
): Promise<string | undefined> {
  const { release } = consumer
  if (release === undefined) return undefined
  if (upToDate.has(consumer) && !isComparisonDue(consumer, context, comparedAt)) return undefined
  const missing = await findMissingMigrations(context.db, release)
  if (missing.length > 0) {
    upToDate.delete(consumer)
    return describeMissing(release, missing)
  }
  upToDate.add(consumer)
  return undefined
}

/**
 * What a run does beside reading the feed, as far as its calls reach: what is left stays due. The publisher not answering
 * it is no failure of the run.
 */
async function followUp<E, R>(
  consumer: Consumer<E, R>,
  context: Context<E>,
  start: RunStart,
  { calls, counts, reachedEnd, repaired }: Progress,
): Promise<void> {
  let left = MOST_CALLS - calls
  if (start.retries === 1) left -= await retryDue(consumer, context, left)
  if (start.notices === 1 || start.retries === 1 || counts.quarantined > 0) {
    left -= await notifyPublisher(consumer, context, left)
  }
  const due = repaired || isComparisonDue(consumer, context, start.comparedAt)
  if (reachedEnd && left >= COMPARISON_CALLS && due) {
    const compared = await compareRecords(consumer, context)
    if (!compared.ok) context.log.info('agreement.postponed', compared.error)
    await retryRefused(context.db, consumer.tables)
    await purgeExpired(consumer, context)
  }
}

const DAY_MS = 86_400_000

/** Purges runs, repairs and released records that are older than the application keeps them. */
async function purgeExpired<E, R>(
  { tables, limits }: Consumer<E, R>,
  { db, env, log, now }: Context<E>,
): Promise<void> {
  const { keepRunsDays, keepEvidenceDays } = limits(env)
  const purged = await deleteExpired(db, tables, {
    runs: spanAround(now, keepRunsDays * DAY_MS),
    evidence: spanAround(now, keepEvidenceDays * DAY_MS),
  })
  if (purged.runs + purged.repairs + purged.quarantined > 0) log.info('retention.purged', purged)
}

function isComparisonDue<E, R>(
  { limits }: Consumer<E, R>,
  { env, now }: Context<E>,
  comparedAt: string | null,
): boolean {
  return comparedAt === null || isOver(comparedAt, limits(env).compareEveryMinutes * 60_000, now)
}

const NO_COUNTS: RunCounts = { created: 0, changed: 0, removed: 0, unchanged: 0, quarantined: 0 }

async function readFeed<E, R>(
  consumer: Consumer<E, R>,
  context: Context<E>,
  run: Run,
  start: RunStart,
): Promise<Result<null, Failure>> {
  const { tables, words } = consumer
  const { db, log, now } = context
  const { runId, progress } = run
  const feed = openFeed(consumer, context, run)
  let { epoch, repair } = start
  while (progress.batches < MOST_BATCHES) {
    // One that says “more” and sends nothing would be asked without end.
    if (progress.calls >= MOST_CALLS) {
      return err({ why: `${capitalize(words.publisher)} was asked ${MOST_CALLS} times, and its feed did not move on` })
    }
    if (repair === 'owed') {
      if (epoch === null || !(await beginRepair(db, tables, epoch, runId))) return err(LOST)
      log.warn('repair.started', { epoch, tokenBefore: progress.token })
      progress.token = null
      repair = 'reading'
    }
    const fetched = await feed.readBatch(progress.token)
    if (!fetched.ok) {
      const refusal = fetched.error
      if (refusal.reason === 'no_answer') {
        return err({ why: `${capitalize(words.publisher)} does not answer: ${refusal.detail}` })
      }
      if (refusal.reason === 'invalid_token') return err({ why: refusal.detail })
      const current = await learnEpoch(db, tables, refusal.epoch, epoch, now)
      if (current !== refusal.epoch) return err(current === epoch ? retired(refusal.epoch) : LOST)
      // The token is never sent again, whether the epoch is new or the token beyond what this history has given.
      epoch = current
      repair = 'owed'
      continue
    }
    const batch = fetched.value
    if (batch.epoch !== epoch) {
      const known = epoch
      epoch = await learnEpoch(db, tables, batch.epoch, known, now)
      if (epoch !== batch.epoch) return err(epoch === known ? retired(batch.epoch) : LOST)
      repair = known === null ? null : 'owed'
      if (known !== null) continue
    }
    if (batch.more && progress.batches + 1 < MOST_BATCHES) await feed.readAhead(batch.next)
    if (batch.records.length > 0 || batch.next !== progress.token) {
      const judged = judgeBatch(consumer, batch, progress.token, repair === 'reading')
      if (!(await storeAndLog(consumer, context, run, judged))) return err(LOST)
    }
    if (batch.more) continue
    progress.reachedEnd = true
    if (repair === 'reading') {
      const orphaned = await finishRepair(db, tables, batch.epoch, runId, now)
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

/**
 * The batches of the feed. One that is asked for ahead comes while the batch before it is stored: both sides then work at
 * the same time. Nothing rests on when it was read, for a batch is stored only where the token and the epoch stand that it
 * was asked for with. Each question counts in the run's calls.
 */
function openFeed<E, R>(consumer: Consumer<E, R>, context: Context<E>, { progress, platform }: Run) {
  let ahead: { after: string; batch: ReturnType<typeof fetchBatch> } | undefined
  const ask = (after: string | null) => {
    progress.calls += 1
    return fetchBatch(consumer, context, after, BATCH_LIMIT)
  }
  return {
    readBatch(after: string | null) {
      const batch = ahead?.after === after ? ahead.batch : ask(after)
      ahead = undefined
      return batch
    },
    async readAhead(after: string): Promise<void> {
      ahead = { after, batch: ask(after) }
      await platform.letGo()
    },
  }
}

async function storeAndLog<E, R>(
  consumer: Consumer<E, R>,
  context: Context<E>,
  { runId, platform: { newId }, progress }: Run,
  batch: ReadBatch<R>,
): Promise<boolean> {
  const { names, traced } = consumer
  const { db, env, log, now } = context
  const outcome = await storeOrQuarantine(consumer, db, batch, { runId, now, traced: traced(env), newId })
  if (outcome === undefined) return false
  const { counts, traces, batch: stored } = outcome
  progress.counts = counts
  progress.batches += 1
  progress.token = stored.next
  const { records, unfit, next: token } = stored
  log.debug('pull.page', { [names.feed]: records.length, quarantined: unfit.length, token })
  for (const { key, revision, done } of traces) log.trace(`pull.${names.record}`, { [names.key]: key, revision, done })
  for (const { key, sequenceNr, errors, cause } of unfit) {
    log.warn('pull.quarantined', { [names.key]: key, sequenceNr, errors, cause })
  }
  return true
}

async function failRun<E, R>(
  { tables }: Consumer<E, R>,
  { db, log, now }: Context<E>,
  { runId, platform, begunMs, progress: { counts, batches, token } }: Run,
  why: string,
  details: Record<string, unknown> = {},
): Promise<RunResult> {
  log.error('pull.failed', { ...details, why, token })
  try {
    await finishRun(db, tables, runId, 'failed', why, shiftInstant(now, platform.elapsedMs() - begunMs))
  } catch (error) {
    // The database is what failed: the next run finds this one unfinished, and closes it.
    log.error('pull.unfinished', describeError(error))
  }
  return { runId, outcome: 'failed', ...counts, batches, token, error: why }
}

function describeFailure<E, R>({ words: { consumer } }: Consumer<E, R>, error: unknown): string {
  if (isStorageFailure(error)) return `${capitalize(consumer)}’s database does not answer, or fails a statement`
  return `The run failed because of an error in ${consumer} itself, which is in the log`
}
