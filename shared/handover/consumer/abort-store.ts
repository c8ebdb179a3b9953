import type { SQL } from 'drizzle-orm'
import type { Db, Statement } from '../../db/open-d1.ts'
import { plain } from '../sql-names.ts'
import type { ConsumerTables } from './tables.ts'

/**
 * Why a transaction is undone as a whole, each by a constraint of the table of aborts that has its name: `aborted_` and
 * the reason. So no statement of a transaction needs a condition of its own.
 */
export type AbortReason = 'token_moved' | 'epoch_not_current' | 'not_as_compared' | 'run_lost' | 'trial_ended'

/** The statement that aborts its transaction unless the condition holds. */
export function abortUnless(db: Db, { aborts }: ConsumerTables, why: AbortReason, holds: SQL): Statement {
  return db.run(plain`INSERT INTO ${aborts} (${aborts.why}) SELECT ${why} WHERE NOT (${holds})`)
}

/** The statement that ends a transaction which was only tried. */
export function endTrial(db: Db, { aborts }: ConsumerTables): Statement {
  return db.run(plain`INSERT INTO ${aborts} (${aborts.why}) VALUES (${'trial_ended' satisfies AbortReason})`)
}

/** What the work returns; undefined, with nothing written, if its transaction was aborted for this reason. */
export async function unlessAborted<T>(why: AbortReason, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (isAborted(error, why)) return undefined
    throw error
  }
}

/** Whether what was thrown is a transaction's own abort for this reason, and no refusal of its data. */
export function isAborted(error: unknown, why: AbortReason): boolean {
  if (!(error instanceof Error)) return false
  return error.message.includes(`aborted_${why}`) || isAborted(error.cause, why)
}
