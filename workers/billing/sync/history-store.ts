import { sql } from 'drizzle-orm'
import { rowsOf } from '../../../shared/db/d1.ts'
import type { BillingDb } from '../db.ts'
import type { Repair } from '../copies/field-changes.ts'
import { type KeptReset, listResets } from './reset-store.ts'

/** A history of ordering's feed; the newest one is current. `repairedAt` is null until its repair has ended. */
export type Epoch = { epoch: string; firstSeenAt: string; repairedAt: string | null }

/** A token that runs of the current epoch ended with, and when the last of them did. */
export type EarlierToken = { token: string; at: string }

/** What was done about the pull and what came of it, the newest first. */
export type SyncHistory = { resets: KeptReset[]; repairs: Repair[]; epochs: Epoch[]; tokens: EarlierToken[] }

const MOST_SHOWN = 20
/** Idle runs end with the same token: this many runs are looked through for different ones. */
const RUNS_SEARCHED = 3000

/** Reads the latest resets, repairs, epochs, and the tokens that a reset may go back to. */
export async function readSyncHistory(db: BillingDb): Promise<SyncHistory> {
  const [resets, [repaired, learned, ended]] = await Promise.all([
    listResets(db, MOST_SHOWN),
    db.batch([
      db.run(sql`
        SELECT nr, order_number AS orderNumber, why, before, after, at FROM repairs ORDER BY nr DESC LIMIT ${MOST_SHOWN}`),
      db.run(sql`
        SELECT epoch, first_seen_at AS firstSeenAt, repaired_at AS repairedAt FROM epochs ORDER BY nr DESC LIMIT ${MOST_SHOWN}`),
      db.run(sql`
        SELECT token, max(finished_at) AS at FROM (
          SELECT nr, token, epoch, finished_at FROM pull_runs ORDER BY nr DESC LIMIT ${RUNS_SEARCHED}
        )
        WHERE token IS NOT NULL AND epoch = (SELECT epoch FROM order_pull)
        GROUP BY token ORDER BY max(nr) DESC LIMIT ${MOST_SHOWN}`),
    ]),
  ])
  const repairs = rowsOf<Omit<Repair, 'before' | 'after'> & { before: string | null; after: string | null }>(repaired)
  return {
    resets,
    repairs: repairs.map((row) => ({ ...row, before: parse(row.before), after: parse(row.after) })),
    epochs: rowsOf<Epoch>(learned),
    tokens: rowsOf<EarlierToken>(ended),
  }
}

function parse(record: string | null): unknown {
  return record === null ? null : JSON.parse(record)
}
