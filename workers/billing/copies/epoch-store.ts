import { sql } from 'drizzle-orm'
import { rowsOf } from '../../../shared/db/d1.ts'
import type { BillingDb } from '../db.ts'

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
      INSERT INTO epochs (epoch, first_seen_at) SELECT ${epoch}, ${now} FROM order_pull
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
