import { rowsOf } from '../../../db/d1.ts'
import type { Db } from '../../../db/open-d1.ts'
import { transaction } from '../../../db/transaction.ts'
import { columnsOf, plain } from '../../sql-names.ts'
import { abortUnless, unlessAborted } from '../abort-store.ts'
import type { Consumer, NewReset } from '../definition.ts'
import type { ConsumerTables, Row } from '../tables.ts'

/** The token as it stands, and whether `token` is one that an earlier run of this epoch ended with. */
export async function readResetStart(
  db: Db,
  { pull, runs, resets }: ConsumerTables,
  token: string | null,
): Promise<{ token: string | null; known: boolean }> {
  const result = await db.run(plain`
    SELECT ${pull.token}, ${token} IS NULL OR ${pull.token} = ${token} OR EXISTS (
      SELECT 1 FROM ${runs} WHERE ${runs.token} = ${token} AND ${runs.epoch} = ${pull}.${pull.epoch}
    ) OR EXISTS (
      SELECT 1 FROM ${resets} WHERE ${resets.tokenBefore} = ${token} AND ${resets.epoch} = ${pull}.${pull.epoch}
    ) AS known
    FROM ${pull}`)
  const [row] = rowsOf<{ token: string | null; known: 0 | 1 }>(result)
  if (row === undefined) throw new Error('Cannot reset: the row of the pull is missing')
  return { token: row.token, known: row.known === 1 }
}

/**
 * Puts the token where it is asked for, and records who did it. A run in progress finds that the token has moved, and stops
 * with nothing written. False if the token was moved meanwhile.
 */
export async function saveReset<E, R>(
  { tables, recordReset }: Pick<Consumer<E, R>, 'tables' | 'recordReset'>,
  db: Db,
  reset: NewReset,
): Promise<boolean> {
  const { pull, resets } = tables
  const { tokenBefore, tokenAfter, resetBy, at } = reset
  const isThere = plain`EXISTS (SELECT 1 FROM ${pull} WHERE ${pull.token} IS ${tokenBefore})`
  const results = await unlessAborted('token_moved', () =>
    transaction(db, {
      guard: abortUnless(db, tables, 'token_moved', isThere),
      kept: db.run(plain`
        INSERT INTO ${resets} (${resets.tokenBefore}, ${resets.tokenAfter}, ${resets.epoch}, ${resets.resetBy}, ${resets.at})
        SELECT ${tokenBefore}, ${tokenAfter}, ${pull.epoch}, ${resetBy}, ${at} FROM ${pull}`),
      recorded: recordReset?.(db, reset) ?? [],
      moved: db.run(plain`UPDATE ${pull} SET ${pull.token} = ${tokenAfter}, ${pull.batchId} = NULL`),
    }),
  )
  return results !== undefined
}

/** A reset as it is kept. Tokens are null for the feed's start. */
export type Reset = Pick<Row<'resets'>, 'nr' | 'tokenBefore' | 'tokenAfter' | 'resetBy' | 'at'>

/** A reset that was done. One in a retired epoch cannot be taken back: its token means nothing any more. */
export type KeptReset = Reset & { mayBeTakenBack: boolean }

/** The latest resets, the newest first. */
export async function listResets(db: Db, { pull, resets }: ConsumerTables, limit: number): Promise<KeptReset[]> {
  const result = await db.run(plain`
    SELECT ${columnsOf(resets, 'nr', 'tokenBefore', 'tokenAfter', 'resetBy', 'at')},
      ${resets.tokenBefore} IS NULL OR ${resets.epoch} IS (SELECT ${pull.epoch} FROM ${pull}) AS mayBeTakenBack
    FROM ${resets} ORDER BY ${resets.nr} DESC LIMIT ${limit}`)
  return rowsOf<Reset & { mayBeTakenBack: 0 | 1 }>(result).map((reset) => ({
    ...reset,
    mayBeTakenBack: reset.mayBeTakenBack === 1,
  }))
}
