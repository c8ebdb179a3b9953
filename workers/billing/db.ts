import { drizzle, type DrizzleD1Database } from 'drizzle-orm/d1'
import { type D1Cost, meterD1 } from '../../shared/d1.ts'
import * as schema from './schema.ts'

/** Billing's database. */
export type BillingDb = DrizzleD1Database<typeof schema>

/** Opens billing's database; `cost` grows with each statement. Reads go to the primary: no session, no replica. */
export function openDb(database: D1Database, cost: D1Cost): BillingDb {
  return drizzle(meterD1(database, cost), { schema })
}
