import type { D1Cost } from '../../shared/db/d1.ts'
import { type Db, openD1 } from '../../shared/db/open-d1.ts'

/** Ordering's database. */
export type OrderingDb = Db

/** Opens ordering's database; `cost` grows with each statement. */
export function openDb(database: D1Database, cost: D1Cost): OrderingDb {
  return openD1(database, cost)
}
