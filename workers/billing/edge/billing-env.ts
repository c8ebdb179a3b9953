import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { EdgeVariables } from '../../../shared/edge/edge.ts'
import type { RequestContext } from './request-context.ts'
import { type BillingDb, openDb } from '../db.ts'
import { traceOrdering } from '../client/traced-ordering.ts'

/** What billing's handlers find in `c.env` and `c.var`. */
export type BillingEnv = { Bindings: Env; Variables: EdgeVariables & { db: BillingDb } }

/** Opens billing's database for the request, at the request's cost. */
export const openBillingDb = createMiddleware<BillingEnv>(async (c, next) => {
  c.set('db', openDb(c.env.DB, c.var.cost))
  await next()
})

/** Who acts in this request. */
export function requestContext(c: Context<BillingEnv>): RequestContext {
  const { db, now, requestId, user, log } = c.var
  return { env: traceOrdering(c.env, requestId, log), db, by: user.email, now, requestId, log }
}
