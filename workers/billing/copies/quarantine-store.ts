import { sql, type SQL } from 'drizzle-orm'
import { rowsOf } from '../../../shared/db/d1.ts'
import { shiftInstant } from '../../../shared/time/instant.ts'
import { elementsOf } from '../../../shared/db/json-elements.ts'
import type { FieldError } from '../../../shared/edge/problem.ts'
import type { BillingDb } from '../db.ts'
import { describeFieldErrors, quarantineSubject, type UnfitRecord } from './order-copy.ts'

/** The first pause before a record is tried again; each further one is twice as long, up to the longest. */
const FIRST_PAUSE_MS = 60_000
const LONGEST_PAUSE_MS = 3_600_000

/** A record that waits in quarantine. `batchToken` asked for the batch it came with. */
export type Quarantined = { subject: string; number: number | null; batchToken: string | null; attempts: number }

/** How long to wait before a record that was tried so often is tried again. */
function pauseAfter(attempts: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** Math.min(attempts - 1, 10), LONGEST_PAUSE_MS)
}

/**
 * The statements that set records aside, each under its order's number or its place in the feed, and notify ordering. A copy
 * that was orphaned is so no longer: ordering has its order again, though not as it can be read.
 */
export function quarantineRecords(
  db: BillingDb,
  unfit: readonly UnfitRecord[],
  batchToken: string | null,
  now: string,
  gate: SQL,
) {
  if (unfit.length === 0) return []
  const records = elementsOf(
    unfit.map((record) => [
      quarantineSubject(record),
      record.number,
      record.revision,
      JSON.stringify(record.errors),
      describeFieldErrors(record.errors).slice(0, 1000),
    ]),
  )
  const next = shiftInstant(now, FIRST_PAUSE_MS)
  return [
    db.run(sql`
      INSERT INTO quarantine (subject, number, revision, error, batch_token, first_seen_at, last_seen_at, next_try_at)
      SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, ${batchToken}, ${now}, ${now}, ${next}
      FROM ${records} WHERE ${gate}
      ON CONFLICT (subject) DO UPDATE SET number = excluded.number, revision = excluded.revision, error = excluded.error,
        batch_token = excluded.batch_token, attempts = iif(closed_at IS NULL, attempts + 1, 1),
        first_seen_at = iif(closed_at IS NULL, first_seen_at, excluded.first_seen_at),
        last_seen_at = excluded.last_seen_at, next_try_at = excluded.next_try_at, closed_at = NULL`),
    db.run(sql`
      ${INSERT_NOTICE}
      SELECT 'quarantine:' || (value ->> 1), ${Date.parse(now)}, value ->> 1,
        json_object('kind', 'quarantined', 'error', value ->> 4, 'attempts', 1, 'at', ${now}), 1
      FROM ${records} WHERE value ->> 1 IS NOT NULL AND ${gate}
      ${NEWER_NOTICE}`),
    db.run(sql`
      UPDATE orders SET orphaned = 0 WHERE orphaned = 1
        AND number IN (SELECT value ->> 1 FROM ${records}) AND ${gate}`),
  ]
}

/**
 * The statements that close the quarantine of orders whose copy is as new as the record that was set aside, and notify ordering. A good revision that
 * was read before the one in quarantine, and arrives after it, closes nothing; nor does a copy that was changed behind
 * billing's back, whatever revision it says.
 */
export function closeQuarantine(db: BillingDb, numbers: string, now: string, gate: SQL) {
  const closed = sql`
    closed_at IS NULL AND number IN (SELECT value FROM json_each(${numbers})) AND ${gate} AND EXISTS (
      SELECT 1 FROM orders o WHERE o.number = quarantine.number AND o.fingerprint IS NOT NULL
        AND o.revision >= coalesce(quarantine.revision, 0)
    )`
  return [
    db.run(sql`
      ${INSERT_NOTICE}
      SELECT 'quarantine:' || number, ${Date.parse(now)}, number, json_object('kind', 'released', 'at', ${now}), 1
      FROM quarantine WHERE ${closed}
      ${NEWER_NOTICE}`),
    db.run(sql`UPDATE quarantine SET closed_at = ${now} WHERE ${closed}`),
  ]
}

const INSERT_NOTICE = sql.raw('INSERT INTO outbox (subject, version, order_number, notice, pending)')
const NEWER_NOTICE = sql.raw(`
  ON CONFLICT (subject) DO UPDATE SET version = max(excluded.version, version + 1), notice = excluded.notice, pending = 1`)

/** The condition that a record waits whose pause is over: also where it ends later than the longest does, by a clock that was ahead. */
export function isDue(now: string): SQL {
  return sql`closed_at IS NULL AND (next_try_at <= ${now} OR next_try_at > ${shiftInstant(now, LONGEST_PAUSE_MS)})`
}

/** The records whose pause is over at `now`, the longest due first. */
export async function listDue(db: BillingDb, now: string, limit: number): Promise<Quarantined[]> {
  return rowsOf<Quarantined>(
    await db.run(sql`
      SELECT subject, number, batch_token AS batchToken, attempts FROM quarantine
      WHERE ${isDue(now)} ORDER BY next_try_at LIMIT ${limit}`),
  )
}

/** The numbers of the orders that wait. */
export async function listQuarantinedNumbers(db: BillingDb): Promise<number[]> {
  const result = await db.run(sql`SELECT number FROM quarantine WHERE closed_at IS NULL AND number IS NOT NULL`)
  return rowsOf<{ number: number }>(result).map(({ number }) => number)
}

/** The record that waits under this subject; undefined if none does. */
export async function findQuarantined(db: BillingDb, subject: string): Promise<Quarantined | undefined> {
  const result = await db.run(sql`
    SELECT subject, number, batch_token AS batchToken, attempts FROM quarantine
    WHERE subject = ${subject} AND closed_at IS NULL`)
  return rowsOf<Quarantined>(result)[0]
}

/** Counts an attempt that found the record unfit again. */
export async function saveAttempt(
  db: BillingDb,
  { subject, attempts }: Quarantined,
  errors: readonly FieldError[],
  now: string,
): Promise<void> {
  const next = shiftInstant(now, pauseAfter(attempts + 1))
  await db.run(sql`
    UPDATE quarantine SET attempts = attempts + 1, error = ${JSON.stringify(errors)}, last_seen_at = ${now},
      next_try_at = ${next}
    WHERE subject = ${subject} AND closed_at IS NULL`)
}

/** Puts the next attempt off without counting one: ordering did not answer, which is no fault of the record. */
export async function postpone(db: BillingDb, { subject, attempts }: Quarantined, now: string): Promise<void> {
  const next = shiftInstant(now, pauseAfter(attempts))
  await db.run(sql`UPDATE quarantine SET next_try_at = ${next} WHERE subject = ${subject} AND closed_at IS NULL`)
}

/** Closes a record that is no longer there to be read: its place in the feed was given up. */
export async function closeQuarantined(db: BillingDb, { subject }: Quarantined, now: string): Promise<void> {
  await db.run(sql`UPDATE quarantine SET closed_at = ${now} WHERE subject = ${subject} AND closed_at IS NULL`)
}
