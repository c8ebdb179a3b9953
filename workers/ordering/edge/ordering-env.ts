import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { EdgeVariables } from '../../../shared/edge/edge.ts'
import { type OrderingDb, openDb } from '../db.ts'
import type { RequestContext } from './request-context.ts'

/** What ordering's handlers find in `c.env` and `c.var`. */
export type OrderingEnv = { Bindings: Env; Variables: EdgeVariables & { db: OrderingDb } }

/** Opens ordering's database for the request, at the request's cost. */
export const openOrderingDb = createMiddleware<OrderingEnv>(async (c, next) => {
  c.set('db', openDb(c.env.DB, c.var.cost))
  await next()
})

/** Who acts in this request. */
export function requestContext(c: Context<OrderingEnv>): RequestContext {
  const { db, now, requestId, user } = c.var
  return { env: c.env, db, by: user.email, roles: user.roles, now, requestId }
}
