import type { SQL } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { Db } from '../../../db/open-d1.ts'
import { transaction } from '../../../db/transaction.ts'
import type { Span } from '../../../time/instant.ts'
import { plain } from '../../sql-names.ts'
import type { ConsumerTables } from '../tables.ts'

/** What is kept: runs that ended within a span, and copies that were changed and quarantines that were closed within one. */
export type Kept = { runs: Span; evidence: Span }

/** How many rows were purged. */
export type Purged = { runs: number; repairs: number; quarantined: number }

/** At most this many rows of each kind are looked at in one go: more than come in between two of them. */
const MOST = 500

/**
 * Purges what is too old, or dated so far ahead that only a clock which was ahead can have done it: kept until it is old, it
 * would keep what came after it from being looked at.
 */
export async function deleteExpired(db: Db, tables: ConsumerTables, kept: Kept): Promise<Purged> {
  const { runs, repairs, quarantine } = tables
  const { subject, closedAt } = quarantine
  const purged = await transaction(db, {
    runs: db.run(purgeFirst(runs, runs.nr, runs.finishedAt, kept.runs)),
    repairs: db.run(purgeFirst(repairs, repairs.nr, repairs.at, kept.evidence)),
    quarantined: db.run(plain`
      DELETE FROM ${quarantine} WHERE ${subject} IN (
        SELECT ${subject} FROM ${quarantine}
        WHERE ${closedAt} < ${kept.evidence.from} OR ${closedAt} > ${kept.evidence.until} LIMIT ${MOST}
      )`),
  })
  return {
    runs: purged.runs.meta.changes,
    repairs: purged.repairs.meta.changes,
    quarantined: purged.quarantined.meta.changes,
  }
}

/** Looks at the first rows alone: their numbers rise with time, and the dates have no index. */
function purgeFirst(from: SQLiteTable, nr: SQLiteColumn, at: SQLiteColumn, { from: first, until }: Span): SQL {
  return plain`
    DELETE FROM ${from} WHERE ${nr} IN (
      SELECT ${nr} FROM (SELECT ${nr}, ${at} AS at FROM ${from} ORDER BY ${nr} LIMIT ${MOST})
      WHERE at < ${first} OR at > ${until}
    )`
}
