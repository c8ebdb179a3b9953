import type { D1Cost } from '../../shared/db/d1.ts'
import { type Db, openD1 } from '../../shared/db/open-d1.ts'

/** Billing's database. */
export type BillingDb = Db

/** Opens billing's database; `cost` grows with each statement. */
export function openDb(database: D1Database, cost: D1Cost): BillingDb {
  return openD1(database, cost)
}
