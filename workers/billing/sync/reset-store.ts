import { sql } from 'drizzle-orm'
import { rowsOf } from '../../../shared/db/d1.ts'
import { auditReset } from '../records/audit-store.ts'
import type { BillingDb } from '../db.ts'

/** A reset as it is kept. Tokens are null for the feed's start. */
export type Reset = { nr: number; tokenBefore: string | null; tokenAfter: string | null; resetBy: string; at: string }

/** The token as it stands, and whether `token` is one that an earlier run of this epoch ended with. */
export async function readResetStart(
  db: BillingDb,
  token: string | null,
): Promise<{ token: string | null; known: boolean }> {
  const result = await db.run(sql`
    SELECT token, ${token} IS NULL OR token = ${token} OR EXISTS (
      SELECT 1 FROM pull_runs WHERE token = ${token} AND epoch = order_pull.epoch
    ) OR EXISTS (
      SELECT 1 FROM resets WHERE token_before = ${token} AND epoch = order_pull.epoch
    ) AS known
    FROM order_pull`)
  const [row] = rowsOf<{ token: string | null; known: 0 | 1 }>(result)
  if (row === undefined) throw new Error('Cannot reset: the row of the pull is missing')
  return { token: row.token, known: row.known === 1 }
}

/**
 * Puts the token where it is asked for, and keeps who did it. A run that goes on finds that the token has moved, and stops
 * with nothing written. False if the token was moved meanwhile.
 */
export async function saveReset(db: BillingDb, reset: Omit<Reset, 'nr'> & { requestId: string }): Promise<boolean> {
  const { tokenBefore, tokenAfter, resetBy, at } = reset
  const [, , moved] = await db.batch([
    db.run(sql`
      INSERT INTO resets (token_before, token_after, epoch, reset_by, at)
      SELECT ${tokenBefore}, ${tokenAfter}, epoch, ${resetBy}, ${at} FROM order_pull WHERE token IS ${tokenBefore}`),
    auditReset(db, reset),
    db.run(sql`UPDATE order_pull SET token = ${tokenAfter}, batch_id = NULL WHERE token IS ${tokenBefore}`),
  ])
  return moved.meta.changes === 1
}

/** A reset that was done. One in a retired epoch cannot be taken back: its token means nothing any more. */
export type KeptReset = Reset & { mayBeTakenBack: boolean }

/** The latest resets, the newest first. */
export async function listResets(db: BillingDb, limit: number): Promise<KeptReset[]> {
  const result = await db.run(sql`
    SELECT nr, token_before AS tokenBefore, token_after AS tokenAfter, reset_by AS resetBy, at,
      token_before IS NULL OR epoch IS (SELECT epoch FROM order_pull) AS mayBeTakenBack
    FROM resets ORDER BY nr DESC LIMIT ${limit}`)
  return rowsOf<Reset & { mayBeTakenBack: 0 | 1 }>(result).map((reset) => ({
    ...reset,
    mayBeTakenBack: reset.mayBeTakenBack === 1,
  }))
}
