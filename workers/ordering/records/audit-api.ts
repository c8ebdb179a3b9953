import { makeAuditApi } from '../../../shared/records/audit-api.ts'
import type { OrderingEnv } from '../edge/ordering-env.ts'
import { listAudit } from './audit-store.ts'

/** Ordering's audit for who examines it: below /api. */
export const auditApi = makeAuditApi<OrderingEnv>((c, after, limit) => listAudit(c.var.db, after, limit))
