import { sql, type SQL } from 'drizzle-orm'
import { rowsOf } from '../../../shared/db/d1.ts'
import type { BillingDb } from '../db.ts'
import { type Arrival, arrivalOf, deletedOf, givesWay, upsertCopies } from '../copies/order-copy-store.ts'
import type { ReadOrder, UnfitRecord } from '../copies/order-copy.ts'
import type { RunCounts } from './run.ts'
import { LEASE_SECONDS } from '../copies/pull-store.ts'
import { quarantineRecords } from '../copies/quarantine-store.ts'

/**
 * A batch as it was read: its orders, the records that do not fit, and the tokens it lies between. `repairing` tells that
 * copies of a retired epoch may be met.
 */
export type ReadBatch = {
  epoch: string
  from: string | null
  next: string
  orders: ReadOrder[]
  unfit: UnfitRecord[]
  repairing: boolean
}
/** Who stores a batch: `attemptId` is new for each attempt. `traced` asks what was done with each order. */
export type BatchAttempt = { runId: string; attemptId: string; now: string; traced: boolean }
/** What was done with an order, for the log. */
export type OrderTrace = { number: number; revision: number; done: Exclude<keyof RunCounts, 'quarantined'> }
/** The run's counts after the batch; `traces` is empty unless asked for. */
export type BatchOutcome = { counts: RunCounts; traces: OrderTrace[] }

/** What is known of a batch's orders: which change a copy, and which have none. Each record travels once that way. */
type BatchPlan = Arrival & { known: number; changes: number }

/**
 * Stores one batch: its orders, their invoices, its quarantine, the run's counts and the token, or nothing.
 * Undefined, with nothing written, if another run has moved the token or a newer epoch was learned meanwhile: each
 * statement after the first acts only while the row names this attempt.
 */
export async function storeBatch(
  db: BillingDb,
  batch: ReadBatch,
  attempt: BatchAttempt,
): Promise<BatchOutcome | undefined> {
  const planned = await planBatch(db, batch)
  return (
    (await storeAsPlanned(db, batch, planned, attempt)) ??
    // The plan, too, is refused when a deep link has stored one of the orders since. Without one nothing is assumed.
    (planned === undefined ? undefined : storeAsPlanned(db, batch, undefined, attempt))
  )
}

async function storeAsPlanned(
  db: BillingDb,
  batch: ReadBatch,
  plan: BatchPlan | undefined,
  attempt: BatchAttempt,
): Promise<BatchOutcome | undefined> {
  const [moved, judged] = await db.batch(batchStatements(db, batch, plan, attempt))
  // order_pull has no trigger, or its changes would be counted too.
  const [counts] = moved.meta.changes === 1 ? rowsOf<RunCounts>(moved) : []
  return counts && { counts, traces: attempt.traced ? rowsOf<OrderTrace>(judged ?? moved) : [] }
}

/** Looks which of the batch's orders are known; undefined where nothing is to be gained by it. */
async function planBatch(db: BillingDb, { epoch, orders }: ReadBatch): Promise<BatchPlan | undefined> {
  if (orders.length === 0) return undefined
  const result = await db.run(sql`SELECT number, done, repeated FROM (${judgeEach(epoch, orders)}) WHERE known`)
  const known = new Map(rowsOf<OrderTrace & { repeated: 0 | 1 }>(result).map((row) => [row.number, row]))
  const isRepeated = ({ order }: ReadOrder) => known.get(order.number)?.repeated === 1
  const isChanging = ({ order }: ReadOrder) => (known.get(order.number)?.done ?? 'unchanged') !== 'unchanged'
  return {
    all: orders,
    adding: orders.filter(({ order }) => !known.has(order.number)),
    changing: orders.filter((order) => isChanging(order) || isRepeated(order)),
    repeated: orders.filter(isRepeated),
    known: known.size,
    changes: orders.filter(isChanging).length,
  }
}

/**
 * Tries the batch and undoes it: 'taken', or what was thrown, which is a refusal of its data if isDataRefusal says so.
 */
export async function tryBatch(db: BillingDb, batch: ReadBatch, attempt: BatchAttempt): Promise<unknown> {
  try {
    await db.batch([...batchStatements(db, batch, undefined, attempt), db.run(sql`INSERT INTO probes (nr) VALUES (1)`)])
  } catch (error) {
    return isProbeEnd(error) ? 'taken' : error
  }
  throw new Error('Cannot try a batch: its batch was not undone')
}

function isProbeEnd(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return error.message.includes('probe_ends_here') || isProbeEnd(error.cause)
}

function batchStatements(
  db: BillingDb,
  batch: ReadBatch,
  plan: BatchPlan | undefined,
  { runId, attemptId, now, traced }: BatchAttempt,
) {
  const { orders } = batch
  const gate = sql`EXISTS (SELECT 1 FROM order_pull WHERE batch_id = ${attemptId})`
  const reading = { epoch: batch.epoch, source: 'pull', now, runId, repairing: batch.repairing } as const
  return [
    // What will be done with each order is judged before it is done: afterwards all are equal.
    db.run(moveToken(batch, plan, runId, attemptId)),
    ...(traced ? [db.run(judgeEach(batch.epoch, orders))] : []),
    ...upsertCopies(db, plan ?? arrivalOf(orders), reading, gate),
    ...quarantineRecords(db, batch.unfit, batch.from, now, gate),
  ] as const
}

function moveToken(batch: ReadBatch, plan: BatchPlan | undefined, runId: string, attemptId: string): SQL {
  // Copies are never deleted: as many known ones are the same ones.
  const asPlanned = plan && sql` AND judged.known = ${plan.known} AND judged.changes = ${plan.changes}`
  return sql`
    UPDATE order_pull SET token = ${batch.next}, batch_id = ${attemptId}, lease_until = unixepoch('subsec') + ${LEASE_SECONDS},
      batches = batches + 1, quarantined = quarantined + ${batch.unfit.length}, created = order_pull.created + judged.created,
      changed = order_pull.changed + judged.changed, removed = order_pull.removed + judged.removed,
      unchanged = order_pull.unchanged + judged.unchanged
    FROM (
      SELECT count(*) FILTER (WHERE done = 'created') AS created, count(*) FILTER (WHERE done = 'changed') AS changed,
        count(*) FILTER (WHERE done = 'removed') AS removed, count(*) FILTER (WHERE done = 'unchanged') AS unchanged,
        count(*) FILTER (WHERE known) AS known, count(*) FILTER (WHERE known AND done <> 'unchanged') AS changes
      FROM (${judgeEach(batch.epoch, batch.orders)})
    ) judged
    WHERE id = 1 AND run_id = ${runId} AND token IS ${batch.from} AND epoch = ${batch.epoch} ${asPlanned ?? sql``}
    RETURNING order_pull.created, order_pull.changed, order_pull.removed, order_pull.unchanged, order_pull.quarantined`
}

/** What storing the batch would do with each of its orders; nothing is changed. */
export async function judgeBatchOrders(db: BillingDb, { epoch, orders }: ReadBatch): Promise<OrderTrace[]> {
  return rowsOf<OrderTrace>(await db.run(judgeEach(epoch, orders)))
}

/**
 * Selects what would be done with each of the orders, rows of OrderTrace; `known` where there is a copy, `repeated` where
 * it is of the same revision.
 */
function judgeEach(epoch: string, orders: readonly ReadOrder[]): SQL {
  const facts = orders.map(({ order }) => [order.number, order.revision, order.fingerprint, deletedOf(order)])
  return sql`
    SELECT r.number, r.revision, o.number IS NOT NULL AS known,
      o.epoch = ${epoch} AND o.revision = r.revision AND o.fingerprint = r.fingerprint AS repeated,
      CASE WHEN o.number IS NULL THEN iif(r.deleted, 'removed', 'created')
        WHEN NOT ${givesWay('o', epoch)} THEN 'unchanged'
        WHEN r.deleted AND NOT o.deleted THEN 'removed'
        ELSE 'changed' END AS done
    FROM (
      SELECT value ->> 0 AS number, value ->> 1 AS revision, value ->> 2 AS fingerprint, value ->> 3 AS deleted
      FROM json_each(${JSON.stringify(facts)})
    ) r LEFT JOIN orders o ON o.number = r.number`
}
