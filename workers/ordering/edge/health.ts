import { describeMissing } from '../../../shared/db/release.ts'
import { Hono } from '../../../shared/edge/hono.ts'
import { problemResponse } from '../../../shared/edge/problem.ts'
import { RELEASE } from '../release.ts'
import { findMissingInTime } from './health-store.ts'
import type { OrderingEnv } from './ordering-env.ts'

/** Whether ordering is well: 503 when its database is older than its code or does not answer. */
export const health = new Hono<OrderingEnv>().get('/health', async (c) => {
  const missing = await findMissingInTime(c.var.db)
  if (missing === undefined) {
    return problemResponse('unavailable', 'The database does not answer', {}, { 'Retry-After': '5' })
  }
  if (missing.length === 0) return c.json({ status: 'ok' })
  return problemResponse('database-out-of-date', describeMissing(RELEASE, missing), {}, { 'Retry-After': '60' })
})
