import type { Role } from '../../../shared/access/roles.ts'
import type { OrderingDb } from '../db.ts'

/** Who acts, when, and by which request. */
export type AuditedBy = { by: string; now: string; requestId: string }

/** Who acts, with which roles, when, by which request, and on what. */
export type RequestContext = AuditedBy & { env: Env; db: OrderingDb; roles: readonly Role[] }
