import { getTableColumns, gt } from 'drizzle-orm'
import { type AuditEntry, toAuditEntry } from '../../../shared/records/audit.ts'
import type { NewReset } from '../../../shared/handover/consumer/definition.ts'
import type { BillingDb } from '../db.ts'
import { audit } from '../schema.ts'

/** The entries after number `after`, the oldest first, at most `limit`. Decisions come here by a trigger. */
export async function listAudit(db: BillingDb, after: number, limit: number): Promise<AuditEntry[]> {
  const rows = await db
    .select(getTableColumns(audit))
    .from(audit)
    .where(gt(audit.nr, after))
    .orderBy(audit.nr)
    .limit(limit)
  return rows.map((row) => toAuditEntry(row))
}

/** Keeps who puts the pull's token where: in the transaction that does it. */
export function auditReset(db: BillingDb, reset: NewReset) {
  return db.insert(audit).values({
    at: reset.at,
    by: reset.resetBy,
    act: 'token reset',
    requestId: reset.requestId,
    before: JSON.stringify({ '/token': reset.tokenBefore }),
    after: JSON.stringify({ '/token': reset.tokenAfter }),
  })
}
