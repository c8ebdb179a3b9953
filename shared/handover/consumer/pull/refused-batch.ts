import { isDataRefusal } from '../../../db/d1.ts'
import type { Db } from '../../../db/open-d1.ts'
import type { Batch } from '../../protocol.ts'
import { type BatchAttempt, type BatchOutcome, type ReadBatch, storeBatch, tryBatch } from './batch-store.ts'
import { type Consumer, refusedByDatabase } from '../definition.ts'
import { readPlace, type ReadRecord, readRecord, type UnfitRecord } from '../record.ts'

type BatchKeeper<R> = Pick<Consumer<never, R>, 'names' | 'words' | 'tables' | 'derived' | 'apply' | 'probe'>

/** The run that stores a batch; each attempt gets an id of its own. */
export type BatchRun = Omit<BatchAttempt, 'attemptId'> & { newId: () => string }

/** A batch as it was stored: without what was refused, which stands among its unfit records. */
export type StoredBatch<R> = BatchOutcome & { batch: ReadBatch<R> }

/** Judges each record of a batch that begins at the token `from`. */
export function judgeBatch<R>(
  { names, parse }: Pick<Consumer<never, R>, 'names' | 'parse'>,
  { epoch, next, records: came }: Pick<Batch, 'records' | 'next' | 'epoch'>,
  from: string | null,
  repairing: boolean,
): ReadBatch<R> {
  const unfit: UnfitRecord[] = []
  const records = came.flatMap((record) => {
    const read = readRecord(names, parse, record)
    if (read.ok) return [read.value]
    unfit.push(read.error)
    return []
  })
  return { epoch, from, next, records, unfit, repairing }
}

/**
 * Stores the batch. Records that the database refuses by a constraint, a type or a size are found by halving the batch,
 * and set aside in its transaction like any that does not fit; the others go on. A database that refuses the probe as
 * well is at fault itself: then nothing is stored, and what it said is thrown.
 * Undefined if another run has moved the token, or a newer epoch was learned.
 */
export async function storeOrQuarantine<R>(
  consumer: BatchKeeper<R>,
  db: Db,
  batch: ReadBatch<R>,
  run: BatchRun,
): Promise<StoredBatch<R> | undefined> {
  try {
    return await storeAttempt(consumer, db, batch, run)
  } catch (error) {
    if (!isDataRefusal(error) || batch.records.length === 0) throw error
    const probed = await tryBatch(consumer, db, { ...batch, records: [consumer.probe] }, newAttempt(run))
    if (probed === 'lost') return undefined
    if (probed !== 'taken') throw error
    const separated = await separate(consumer, db, batch, run)
    if (separated === 'lost') return undefined
    const { fit, unfit } = separated
    return await storeAttempt(consumer, db, { ...batch, records: fit, unfit: [...batch.unfit, ...unfit] }, run)
  }
}

async function storeAttempt<R>(
  consumer: BatchKeeper<R>,
  db: Db,
  batch: ReadBatch<R>,
  run: BatchRun,
): Promise<StoredBatch<R> | undefined> {
  const result = await storeBatch(consumer, db, batch, newAttempt(run))
  return result && { ...result, batch }
}

async function separate<R>(consumer: BatchKeeper<R>, db: Db, batch: ReadBatch<R>, run: BatchRun) {
  const fit: ReadRecord<R>[] = []
  const unfit: UnfitRecord[] = []
  const parts = [batch.records]
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    // Tried with those that fit already: two records may be refused together that are taken one by one.
    const tried = await tryBatch(consumer, db, { ...batch, records: [...fit, ...part] }, newAttempt(run))
    const [first] = part
    if (tried === 'lost') return tried
    if (tried === 'taken') fit.push(...part)
    else if (!isDataRefusal(tried.refusal)) throw tried.refusal
    else if (part.length === 1 && first !== undefined) unfit.push(refusedRecord(consumer, first, tried.refusal))
    else parts.push(part.slice(part.length / 2), part.slice(0, part.length / 2))
  }
  return { fit, unfit }
}

function refusedRecord<R>({ names, words }: BatchKeeper<R>, { text }: ReadRecord<R>, refusal: unknown): UnfitRecord {
  return {
    ...readPlace(names, JSON.parse(text)),
    errors: refusedByDatabase(words),
    cause: innermostMessage(refusal),
  }
}

/** What D1 itself said, without what it puts before it. */
function innermostMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.message : innermostMessage(error.cause)
}

function newAttempt({ newId, ...run }: BatchRun): BatchAttempt {
  return { ...run, attemptId: newId() }
}
