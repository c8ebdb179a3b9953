import type { Context } from 'hono'
import type { AppEnv } from '../../../shared/edge/database.ts'
import type { RequestContext } from './request-context.ts'

/** What billing's handlers find in `c.env` and `c.var`. */
export type BillingEnv = AppEnv<Env>

/** Who acts in this request. */
export function requestContext(c: Context<BillingEnv>): RequestContext {
  const { db, now, requestId, user, log } = c.var
  return { env: c.env, db, by: user.email, now, requestId, log }
}
