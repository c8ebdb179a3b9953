import type { DrizzleD1Database } from 'drizzle-orm/d1'
import type { D1Cost } from '../../shared/d1.ts'
import { openD1 } from '../../shared/open-d1.ts'
import * as schema from './schema.ts'

/** Billing's database. */
export type BillingDb = DrizzleD1Database<typeof schema>

/** Opens billing's database; `cost` grows with each statement. */
export function openDb(database: D1Database, cost: D1Cost): BillingDb {
  return openD1(database, cost, schema)
}
