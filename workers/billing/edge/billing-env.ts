import type { Context } from 'hono'
import type { AppEnv } from '../../../shared/edge/database.ts'
import type { RequestContext } from './request-context.ts'
import { traceOrdering } from '../client/traced-ordering.ts'

/** What billing's handlers find in `c.env` and `c.var`. */
export type BillingEnv = AppEnv<Env>

/** Who acts in this request. */
export function requestContext(c: Context<BillingEnv>): RequestContext {
  const { db, now, requestId, user, log } = c.var
  return { env: traceOrdering(c.env, requestId, log), db, by: user.email, now, requestId, log }
}
