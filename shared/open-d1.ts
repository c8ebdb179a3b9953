import { drizzle, type DrizzleD1Database } from 'drizzle-orm/d1'
import { type D1Cost, meterD1 } from './d1.ts'

/** Opens a database; `cost` grows with each statement. Reads go to the primary: no session, no replica. */
export function openD1<Schema extends Record<string, unknown>>(
  database: D1Database,
  cost: D1Cost,
  schema: Schema,
): DrizzleD1Database<Schema> {
  const client = meterD1(database, cost)
  const db = drizzle(client, { schema })
  const run = db.run.bind(db)
  // drizzle 0.45 cannot batch a statement of SQL's own that has values: it binds them to `stmt`, which only the query
  // builder's statements have.
  db.run = (query) => {
    const raw = run(query)
    const built = raw.getQuery() // once: a batch asks for it again, and a page has many values
    return Object.assign(raw, { stmt: client.prepare(built.sql), getQuery: () => built })
  }
  return db
}
