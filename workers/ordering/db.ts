import type { DrizzleD1Database } from 'drizzle-orm/d1'
import type { D1Cost } from '../../shared/d1.ts'
import { openD1 } from '../../shared/open-d1.ts'
import * as schema from './schema.ts'

/** Ordering's database. */
export type OrderingDb = DrizzleD1Database<typeof schema>

/** Opens ordering's database; `cost` grows with each statement. */
export function openDb(database: D1Database, cost: D1Cost): OrderingDb {
  return openD1(database, cost, schema)
}
