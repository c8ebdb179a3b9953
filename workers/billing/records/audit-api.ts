import { makeAuditApi } from '../../../shared/records/audit-api.ts'
import type { BillingEnv } from '../edge/billing-env.ts'
import { listAudit } from './audit-store.ts'

/** Billing's audit for who examines it: below /api. */
export const auditApi = makeAuditApi<BillingEnv>((c, after, limit) => listAudit(c.var.db, after, limit))
