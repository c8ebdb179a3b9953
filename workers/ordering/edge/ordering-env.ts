import type { Context } from 'hono'
import type { AppEnv } from '../../../shared/edge/database.ts'
import type { RequestContext } from './request-context.ts'

/** What ordering's handlers find in `c.env` and `c.var`. */
export type OrderingEnv = AppEnv<Env>

/** Who acts in this request. */
export function requestContext(c: Context<OrderingEnv>): RequestContext {
  const { db, now, requestId, user } = c.var
  return { env: c.env, db, by: user.email, roles: user.roles, now, requestId }
}
