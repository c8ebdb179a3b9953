import { sql, type SQL } from 'drizzle-orm'
import { rowsOf } from '../../../db/d1.ts'
import type { Db } from '../../../db/open-d1.ts'
import { transaction } from '../../../db/transaction.ts'
import { columnsOf, plain, plainName } from '../../sql-names.ts'
import type { Consumer } from '../definition.ts'
import { isDue } from '../quarantine-store.ts'
import type { ConsumerTables, Row } from '../tables.ts'

/** A run holds the pull for this long; each batch that it stores renews it. By the database's clock. */
export const LEASE_SECONDS = 30

/** A lease that ends later than any does was taken by a clock that was ahead; the clocks of a database differ by seconds. */
function leaseIsOver({ pull }: ConsumerTables): SQL {
  return plain`(
    ${pull.leaseUntil} < unixepoch('subsec') OR ${pull.leaseUntil} > unixepoch('subsec') + ${sql.raw(String(2 * LEASE_SECONDS))}
  )`
}

/**
 * Where a run begins, and what there is to do beside reading the feed. `epoch` is null before the publisher ever answered;
 * `retries` tells of quarantined records that are due, `notices` of notices to send. The application's facts stand beside.
 */
export type RunStart = Pick<Row<'pull'>, 'token' | 'epoch' | 'repair' | 'comparedAt' | 'agreedUpTo' | 'agreedAt'> & {
  retries: 0 | 1
  notices: 0 | 1
  inQuarantine: number
}

/**
 * Takes the lease and begins a run; undefined if another run holds it. A run that held it and never ended (its process
 * died) is closed as failed, so that it is reported. Throws where the table of the pull has lost its row.
 */
export async function beginRun<E, R>(
  { tables, beforeReading }: Pick<Consumer<E, R>, 'tables' | 'beforeReading'>,
  db: Db,
  runId: string,
  by: string,
  now: string,
): Promise<RunStart | undefined> {
  const { pull, quarantine, outbox } = tables
  const over = leaseIsOver(tables)
  // Not by RETURNING, which D1 counts as further rows read: an idle run is to read ten in both databases together.
  const { begun, selected } = await transaction(db, {
    cutOff: db.run(plain`
      ${insertRun(tables)} SELECT ${runFacts(tables)}, ${now}, 'failed', 'The run was cut off before it ended' FROM ${pull}
      WHERE ${pull.runId} IS NOT NULL AND ${over}`),
    begun: db.run(plain`
      UPDATE ${pull} SET ${pull.runId} = ${runId}, ${pull.runBy} = ${by}, ${pull.runStartedAt} = ${now},
        ${pull.created} = 0, ${pull.changed} = 0, ${pull.removed} = 0, ${pull.unchanged} = 0, ${pull.quarantined} = 0,
        ${pull.batches} = 0, ${pull.leaseUntil} = unixepoch('subsec') + ${LEASE_SECONDS}
      WHERE ${pull.runId} IS NULL OR ${over}`),
    selected: db.run(plain`
      SELECT ${columnsOf(pull, 'token', 'epoch', 'repair', 'comparedAt', 'agreedUpTo', 'agreedAt')},
        ${selectFacts(beforeReading.facts)}
        EXISTS (SELECT 1 FROM ${quarantine} WHERE ${isDue(tables, now)}) AS retries,
        EXISTS (SELECT 1 FROM ${outbox} WHERE ${outbox.pending} = 1) AS notices,
        (SELECT count(*) FROM ${quarantine} WHERE ${quarantine.closedAt} IS NULL) AS inQuarantine
      FROM ${pull}`),
  })
  const [start] = rowsOf<RunStart>(selected)
  if (start === undefined) {
    throw new Error(`Cannot pull: ${plainName(pull)} has no row; npm run handover -- migration prints the INSERT`)
  }
  return begun.meta.changes === 1 ? start : undefined
}

/** The facts of an application for a SELECT list, each under its name and followed by a comma. */
export function selectFacts(facts: Readonly<Record<string, SQL>>): SQL {
  return sql.join(Object.entries(facts).map(([name, fact]) => sql`${fact} AS ${sql.raw(name)}, `))
}

function runFacts({ pull }: ConsumerTables): SQL {
  return plain`
    ${pull.runId}, ${pull.runBy}, ${pull.runStartedAt}, ${pull.created}, ${pull.changed}, ${pull.removed},
    ${pull.unchanged}, ${pull.quarantined}, ${pull.batches}, ${pull.token}, ${pull.epoch}`
}

function insertRun({ runs }: ConsumerTables): SQL {
  return plain`
    INSERT INTO ${runs} (${runs.runId}, ${runs.runBy}, ${runs.startedAt}, ${runs.created}, ${runs.changed}, ${runs.removed},
      ${runs.unchanged}, ${runs.quarantined}, ${runs.batches}, ${runs.token}, ${runs.epoch}, ${runs.finishedAt},
      ${runs.outcome}, ${runs.error})`
}

/** Ends the run, keeps it and gives the lease back; does nothing if another run took it over. */
export async function finishRun(
  db: Db,
  tables: ConsumerTables,
  runId: string,
  outcome: 'ok' | 'failed',
  error: string | null,
  now: string,
): Promise<void> {
  const { pull } = tables
  await transaction(db, {
    kept: db.run(plain`
      ${insertRun(tables)} SELECT ${runFacts(tables)}, ${now}, ${outcome}, ${error} FROM ${pull}
      WHERE ${pull.runId} = ${runId}`),
    ended: db.run(plain`
      UPDATE ${pull} SET ${pull.runId} = NULL, ${pull.leaseUntil} = 0,
        ${pull.lastSuccessAt} = iif(${outcome} = 'ok', ${now}, ${pull.lastSuccessAt})
      WHERE ${pull.runId} = ${runId}`),
  })
}
