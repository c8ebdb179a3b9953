import { createMiddleware } from 'hono/factory'
import { type Db, openD1 } from '../db/open-d1.ts'
import type { EdgeVariables } from './context.ts'

/** What the handlers of an app with a database find in `c.env` and `c.var`. */
export type AppEnv<Bindings extends { DB: D1Database }> = { Bindings: Bindings; Variables: EdgeVariables & { db: Db } }

/** Opens the app's database for the request, at the request's cost. */
export const openDatabase = createMiddleware<AppEnv<{ DB: D1Database }>>(async (c, next) => {
  c.set('db', openD1(c.env.DB, c.var.cost))
  await next()
})
