import { sql } from 'drizzle-orm'
import { rowsOf } from '../../../shared/db/d1.ts'
import type { BillingDb } from '../db.ts'
import { isDue } from './quarantine-store.ts'

/** A run holds the pull for this long; each page that it stores renews it. By the database's clock. */
export const LEASE_SECONDS = 30
/** A lease that ends later than any does was taken by a clock that was ahead; the clocks of a database differ by seconds. */
const LEASE_IS_OVER = sql.raw(
  `(lease_until < unixepoch('subsec') OR lease_until > unixepoch('subsec') + ${2 * LEASE_SECONDS})`,
)

/**
 * Where a run begins, and what there is to do beside reading the feed. `epoch` is null before ordering ever answered;
 * `decisions` is the highest number of one, `setAside` how many wait to be replayed; `retries` tells of quarantined records that are due, `notices` of notices to send.
 */
export type RunStart = {
  token: string | null
  epoch: string | null
  repair: 'owed' | 'reading' | null
  comparedAt: string | null
  decisions: number
  setAside: number
  retries: 0 | 1
  notices: 0 | 1
  inQuarantine: number
  agreedUpTo: number | null
  agreedAt: string | null
}

/**
 * Takes the lease and begins a run; undefined if another run holds it. A run that held it and never ended (its process
 * died) is closed as failed, so that it is reported.
 */
export async function beginRun(db: BillingDb, runId: string, by: string, now: string): Promise<RunStart | undefined> {
  // Not by RETURNING, which D1 counts as further rows read: an idle run is to read ten in both databases together.
  const [, begun, selected] = await db.batch([
    db.run(sql`
      ${INSERT_RUN} SELECT ${RUN_FACTS}, ${now}, 'failed', 'The run was cut off before it ended' FROM order_pull
      WHERE run_id IS NOT NULL AND ${LEASE_IS_OVER}`),
    db.run(sql`
      UPDATE order_pull SET run_id = ${runId}, run_by = ${by}, run_started_at = ${now}, created = 0, changed = 0,
        removed = 0, unchanged = 0, quarantined = 0, pages = 0, lease_until = unixepoch('subsec') + ${LEASE_SECONDS}
      WHERE run_id IS NULL OR ${LEASE_IS_OVER}`),
    db.run(sql`
      SELECT token, epoch, repair, compared_at AS comparedAt, (SELECT coalesce(max(nr), 0) FROM decisions) AS decisions,
        set_aside AS setAside,
        EXISTS (SELECT 1 FROM quarantine WHERE ${isDue(now)}) AS retries,
        EXISTS (SELECT 1 FROM outbox WHERE pending = 1) AS notices,
        (SELECT count(*) FROM quarantine WHERE closed_at IS NULL) AS inQuarantine,
        agreed_up_to AS agreedUpTo, agreed_at AS agreedAt
      FROM order_pull`),
  ])
  return begun.meta.changes === 1 ? rowsOf<RunStart>(selected)[0] : undefined
}

const RUN_FACTS = sql.raw(`
  run_id, run_by, run_started_at, created, changed, removed, unchanged, quarantined, pages, token, epoch`)
const INSERT_RUN = sql.raw(`
  INSERT INTO pull_runs (run_id, run_by, started_at, created, changed, removed, unchanged, quarantined, pages, token,
    epoch, finished_at, outcome, error)`)

/** Ends the run, keeps it and gives the lease back; does nothing if another run took it over. */
export async function finishRun(
  db: BillingDb,
  runId: string,
  outcome: 'ok' | 'failed',
  error: string | null,
  now: string,
): Promise<void> {
  await db.batch([
    db.run(sql`
      ${INSERT_RUN} SELECT ${RUN_FACTS}, ${now}, ${outcome}, ${error} FROM order_pull WHERE run_id = ${runId}`),
    db.run(sql`
      UPDATE order_pull SET run_id = NULL, lease_until = 0,
        last_success_at = iif(${outcome} = 'ok', ${now}, last_success_at)
      WHERE run_id = ${runId}`),
  ])
}

/**
 * Learns an epoch from an answer that was asked for while `known` was the current one: if it still is, an epoch never seen
 * before is newer, so it becomes current and a repair is owed. If another was learned meanwhile, the answer may be older than
 * that one, and nothing changes: taken for newer, it would retire the epoch that ordering is in, for ever.
 * The first epoch of all needs no repair beyond reading the feed from its start.
 * @param known null before ordering ever answered
 */
export function learnEpochStatements(db: BillingDb, epoch: string, known: string | null, now: string) {
  return [
    db.run(sql`
      INSERT INTO epochs (epoch, heard_at) SELECT ${epoch}, ${now} FROM order_pull
      WHERE epoch IS ${known} AND NOT EXISTS (SELECT 1 FROM epochs WHERE epoch = ${epoch})`),
    db.run(sql`
      UPDATE order_pull SET epoch = ${epoch}, repair = iif(epoch IS NULL, NULL, 'owed')
      WHERE epoch IS NOT ${epoch} AND ${epoch} = (SELECT epoch FROM epochs ORDER BY nr DESC LIMIT 1)`),
  ] as const
}

/** Learns an epoch outside any other batch, and returns the one that is current then. */
export async function learnEpoch(
  db: BillingDb,
  epoch: string,
  known: string | null,
  now: string,
): Promise<string | null> {
  const [, , selected] = await db.batch([...learnEpochStatements(db, epoch, known, now), selectEpoch(db)])
  return epochOf(selected)
}

/** Selects the epoch that is current, for `epochOf`. */
export function selectEpoch(db: BillingDb) {
  return db.run(sql`SELECT epoch FROM order_pull`)
}

/** The epoch that was current; null before ordering ever answered. */
export function epochOf(selected: D1Result): string | null {
  return rowsOf<{ epoch: string | null }>(selected)[0]?.epoch ?? null
}

/** Begins the repair: the feed is read from its start. False if the run lost the pull or the epoch is not current. */
export async function beginRepair(db: BillingDb, epoch: string, runId: string): Promise<boolean> {
  const [begun] = await db.batch([
    db.run(sql`
      UPDATE order_pull SET token = NULL, repair = 'reading', agreed_up_to = NULL, agreed_at = NULL, compared_at = NULL
      WHERE run_id = ${runId} AND epoch = ${epoch}`),
    // A revision of the history before says nothing of this one: a lower one may be the order's latest now. No attempt has
    // been made in this one yet: what none is made of until the repair ends is not there any more.
    db.run(sql`
      UPDATE quarantine SET revision = NULL, attempts = 0 WHERE closed_at IS NULL
        AND EXISTS (SELECT 1 FROM order_pull WHERE run_id = ${runId} AND epoch = ${epoch})`),
  ])
  return begun.meta.changes === 1
}

/**
 * Ends the repair once the feed's end was reached under `epoch`: what still stands under another epoch is orphaned,
 * and everything that ordering was notified of is sent again, since its restore may have lost it.
 * Returns the numbers of the orders that were orphaned by it; undefined if the run lost the pull.
 */
export async function finishRepair(
  db: BillingDb,
  epoch: string,
  runId: string,
  now: string,
): Promise<number[] | undefined> {
  const gate = sql`EXISTS (
    SELECT 1 FROM order_pull WHERE run_id = ${runId} AND epoch = ${epoch} AND repair = 'reading'
  )`
  // What was set aside under this epoch ordering has; its copy waits for a record that fits.
  const lost = sql`epoch <> ${epoch} AND orphaned = 0 AND NOT EXISTS (
    SELECT 1 FROM quarantine WHERE number = orders.number AND closed_at IS NULL AND attempts > 0
  )`
  const [selected, , , , , ended] = await db.batch([
    db.run(sql`SELECT number FROM orders WHERE ${lost} AND ${gate} ORDER BY number`),
    db.run(sql`UPDATE orders SET orphaned = 1 WHERE ${lost} AND ${gate}`),
    db.run(sql`UPDATE quarantine SET closed_at = ${now} WHERE closed_at IS NULL AND attempts = 0 AND ${gate}`),
    db.run(sql`UPDATE outbox SET pending = 1 WHERE pending = 0 AND ${gate}`),
    db.run(sql`UPDATE epochs SET repaired_at = ${now} WHERE epoch = ${epoch} AND ${gate}`),
    db.run(sql`
      UPDATE order_pull SET repair = NULL WHERE run_id = ${runId} AND epoch = ${epoch} AND repair = 'reading'`),
  ])
  if (ended.meta.changes !== 1) return undefined
  return rowsOf<{ number: number }>(selected).map(({ number }) => number)
}
