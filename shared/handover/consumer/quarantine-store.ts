import type { SQL } from 'drizzle-orm'
import { rowsOf } from '../../db/d1.ts'
import { elementsOf } from '../../db/json-elements.ts'
import type { Db, Statement } from '../../db/open-d1.ts'
import type { FieldError } from '../../edge/problem.ts'
import { shiftInstant } from '../../time/instant.ts'
import { columnsOf, plain } from '../sql-names.ts'
import type { Consumer } from './definition.ts'
import { describeFieldErrors, quarantineSubject, type UnfitRecord } from './record.ts'
import type { ConsumerTables, Row } from './tables.ts'

/** The first pause before a record is retried; each further one is twice as long, up to the longest. */
const FIRST_PAUSE_MS = 60_000
const LONGEST_PAUSE_MS = 3_600_000

/** A record that waits in quarantine. `batchToken` is what its batch was asked for with. */
export type Quarantined = Pick<Row<'quarantine'>, 'subject' | 'key' | 'batchToken' | 'attempts'>

/** How long to wait before a record that was tried so often is retried. */
function pauseAfter(attempts: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** Math.min(attempts - 1, 10), LONGEST_PAUSE_MS)
}

/** What an error says in a notice, in characters at most. */
const MOST_ERROR = 1000

/**
 * The statements that set records aside, each under its key or its place in the feed, and notify the publisher. A copy that
 * was orphaned is so no longer: the publisher has its record again, though not as it can be read.
 */
export function quarantineRecords<E, R>(
  { names, tables }: Pick<Consumer<E, R>, 'names' | 'tables'>,
  db: Db,
  unfit: readonly UnfitRecord[],
  batchToken: string | null,
  now: string,
): Statement[] {
  if (unfit.length === 0) return []
  const { quarantine, copies } = tables
  const records = elementsOf(
    unfit.map((record) => [
      quarantineSubject(names, record),
      record.key,
      record.revision,
      JSON.stringify(record.errors),
      describeFieldErrors(record.errors).slice(0, MOST_ERROR),
    ]),
  )
  const next = shiftInstant(now, FIRST_PAUSE_MS)
  const { subject, key, revision, error, attempts, firstSeenAt, lastSeenAt, nextTryAt, closedAt } = quarantine
  return [
    db.run(plain`
      INSERT INTO ${quarantine} (${subject}, ${key}, ${revision}, ${error}, ${quarantine.batchToken}, ${firstSeenAt},
        ${lastSeenAt}, ${nextTryAt})
      SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, ${batchToken}, ${now}, ${now}, ${next}
      FROM ${records} WHERE 1
      ON CONFLICT (${subject}) DO UPDATE SET ${key} = excluded.${key}, ${revision} = excluded.${revision},
        ${error} = excluded.${error}, ${quarantine.batchToken} = excluded.${quarantine.batchToken},
        ${attempts} = iif(${closedAt} IS NULL, ${attempts} + 1, 1),
        ${firstSeenAt} = iif(${closedAt} IS NULL, ${firstSeenAt}, excluded.${firstSeenAt}),
        ${lastSeenAt} = excluded.${lastSeenAt}, ${nextTryAt} = excluded.${nextTryAt}, ${closedAt} = NULL`),
    db.run(plain`
      ${insertNotice(tables)}
      SELECT 'quarantine:' || (value ->> 1), ${Date.parse(now)}, value ->> 1,
        json_object('kind', 'quarantined', 'error', value ->> 4, 'attempts', 1, 'at', ${now}), 1
      FROM ${records} WHERE value ->> 1 IS NOT NULL
      ${replaceNotice(tables)}`),
    db.run(plain`
      UPDATE ${copies} SET ${copies.orphaned} = 0 WHERE ${copies.orphaned} = 1
        AND ${copies.key} IN (SELECT value ->> 1 FROM ${records})`),
  ]
}

/**
 * The statements that release records whose copy is as new as what was set aside, and notify the publisher. A good
 * revision that was read before the one in quarantine, and arrives after it, releases nothing; nor does a copy that was
 * changed behind the consumer's back, whatever revision it says.
 */
export function releaseRecords(db: Db, tables: ConsumerTables, keys: readonly number[], now: string): Statement[] {
  const { quarantine, copies } = tables
  const released = plain`
    ${quarantine.closedAt} IS NULL AND ${quarantine.key} IN (SELECT value FROM json_each(${JSON.stringify(keys)}))
    AND EXISTS (
      SELECT 1 FROM ${copies} o WHERE o.${copies.key} = ${quarantine}.${quarantine.key}
        AND o.${copies.fingerprint} IS NOT NULL
        AND o.${copies.revision} >= coalesce(${quarantine}.${quarantine.revision}, 0)
    )`
  return [
    db.run(plain`
      ${insertNotice(tables)}
      SELECT 'quarantine:' || ${quarantine.key}, ${Date.parse(now)}, ${quarantine.key},
        json_object('kind', 'released', 'at', ${now}), 1
      FROM ${quarantine} WHERE ${released}
      ${replaceNotice(tables)}`),
    db.run(plain`UPDATE ${quarantine} SET ${quarantine.closedAt} = ${now} WHERE ${released}`),
  ]
}

function insertNotice({ outbox }: ConsumerTables): SQL {
  const { subject, version, key, notice, pending } = outbox
  return plain`INSERT INTO ${outbox} (${subject}, ${version}, ${key}, ${notice}, ${pending})`
}

function replaceNotice({ outbox: { subject, version, notice, pending } }: ConsumerTables): SQL {
  return plain`
    ON CONFLICT (${subject}) DO UPDATE SET ${version} = max(excluded.${version}, ${version} + 1),
      ${notice} = excluded.${notice}, ${pending} = 1`
}

/** The condition that a record waits whose pause is over: also where it ends later than the longest does, by a clock that was ahead. */
export function isDue({ quarantine: { closedAt, nextTryAt } }: ConsumerTables, now: string): SQL {
  return plain`
    ${closedAt} IS NULL AND (${nextTryAt} <= ${now} OR ${nextTryAt} > ${shiftInstant(now, LONGEST_PAUSE_MS)})`
}

function selectQuarantined({ quarantine }: ConsumerTables): SQL {
  return plain`SELECT ${columnsOf(quarantine, 'subject', 'key', 'batchToken', 'attempts')} FROM ${quarantine}`
}

/** The records whose pause is over at `now`, the longest due first. */
export async function listDue(db: Db, tables: ConsumerTables, now: string, limit: number): Promise<Quarantined[]> {
  const result = await db.run(plain`
    ${selectQuarantined(tables)} WHERE ${isDue(tables, now)} ORDER BY ${tables.quarantine.nextTryAt} LIMIT ${limit}`)
  return rowsOf<Quarantined>(result)
}

/** The keys of the records that wait. */
export async function listQuarantinedKeys(db: Db, { quarantine }: ConsumerTables): Promise<number[]> {
  const result = await db.run(plain`
    SELECT ${quarantine.key} AS key FROM ${quarantine}
    WHERE ${quarantine.closedAt} IS NULL AND ${quarantine.key} IS NOT NULL`)
  return rowsOf<{ key: number }>(result).map(({ key }) => key)
}

/** The record that waits under this subject; undefined if none does. */
export async function findQuarantined(
  db: Db,
  tables: ConsumerTables,
  subject: string,
): Promise<Quarantined | undefined> {
  const result = await db.run(plain`${selectQuarantined(tables)} WHERE ${isWaiting(tables, subject)}`)
  return rowsOf<Quarantined>(result)[0]
}

function isWaiting({ quarantine }: ConsumerTables, subject: string): SQL {
  return plain`${quarantine.subject} = ${subject} AND ${quarantine.closedAt} IS NULL`
}

/** Counts an attempt that found the record unfit again. */
export async function saveAttempt(
  db: Db,
  tables: ConsumerTables,
  { subject, attempts }: Quarantined,
  errors: readonly FieldError[],
  now: string,
): Promise<void> {
  const { quarantine } = tables
  const next = shiftInstant(now, pauseAfter(attempts + 1))
  await db.run(plain`
    UPDATE ${quarantine} SET ${quarantine.attempts} = ${quarantine.attempts} + 1,
      ${quarantine.error} = ${JSON.stringify(errors)}, ${quarantine.lastSeenAt} = ${now}, ${quarantine.nextTryAt} = ${next}
    WHERE ${isWaiting(tables, subject)}`)
}

/** Puts the next attempt off without counting one: the publisher did not answer, which is no fault of the record. */
export async function postpone(
  db: Db,
  tables: ConsumerTables,
  { subject, attempts }: Quarantined,
  now: string,
): Promise<void> {
  const { quarantine } = tables
  const next = shiftInstant(now, pauseAfter(attempts))
  await db.run(plain`
    UPDATE ${quarantine} SET ${quarantine.nextTryAt} = ${next} WHERE ${isWaiting(tables, subject)}`)
}

/** Closes a record that is no longer there to be read: its place in the feed was given up. */
export async function closeQuarantined(
  db: Db,
  tables: ConsumerTables,
  { subject }: Quarantined,
  now: string,
): Promise<void> {
  const { quarantine } = tables
  await db.run(plain`UPDATE ${quarantine} SET ${quarantine.closedAt} = ${now} WHERE ${isWaiting(tables, subject)}`)
}
