import { sql } from 'drizzle-orm'
import { type AuditEntry, type AuditRow, toAuditEntry } from '../../../shared/records/audit.ts'
import { rowsOf } from '../../../shared/db/d1.ts'
import type { NewReset } from '../../../shared/handover/consumer/definition.ts'
import type { BillingDb } from '../db.ts'

/** The entries after number `after`, the oldest first, at most `limit`. Decisions come here by a trigger. */
export async function listAudit(db: BillingDb, after: number, limit: number): Promise<AuditEntry[]> {
  const result = await db.run(sql`
    SELECT nr, at, by, act, order_number AS orderNumber, revision, request_id AS requestId, before, after FROM audit
    WHERE nr > ${after} ORDER BY nr LIMIT ${limit}`)
  return rowsOf<AuditRow>(result).map(toAuditEntry)
}

/** Keeps who puts the pull's token where: in the transaction that does it. */
export function auditReset(db: BillingDb, reset: NewReset) {
  return db.run(sql`
    INSERT INTO audit (at, by, act, request_id, before, after)
    VALUES (${reset.at}, ${reset.resetBy}, 'token reset', ${reset.requestId},
      json_object('/token', ${reset.tokenBefore}), json_object('/token', ${reset.tokenAfter}))`)
}
