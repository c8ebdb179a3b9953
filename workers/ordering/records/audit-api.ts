import { Hono } from '../../../shared/edge/hono.ts'
import { answerAudit, readAuditQuery } from '../../../shared/records/audit-answer.ts'
import { listAudit } from './audit-store.ts'
import type { OrderingEnv } from '../edge/ordering-env.ts'

/** The audit for who examines it: below /api. */
export const auditApi = new Hono<OrderingEnv>().get('/audit', async (c) => {
  const query = readAuditQuery(c.req.query())
  if (!query.ok) return query.error
  const { after, limit } = query.value
  return answerAudit('/api/audit', query.value, await listAudit(c.var.db, after, limit))
})
