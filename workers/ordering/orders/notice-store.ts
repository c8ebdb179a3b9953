import { sql } from 'drizzle-orm'
import type { BillingNotice } from '../../../shared/contract/notices.ts'
import { rowsOf } from '../../../shared/db/d1.ts'
import { elementsOf } from '../../../shared/db/json-elements.ts'
import { ERASED_TEXT } from '../../../shared/contract/personal-data.ts'
import type { OrderingDb } from '../db.ts'

/** A notice as it is kept. */
export type KeptNotice = BillingNotice['notice'] & { receivedAt: string }

/**
 * Records billing's notices. Safe to repeat: for each subject the highest version counts, and of one version the notice from
 * which a customer was erased.
 */
export async function saveNotices(db: OrderingDb, notices: readonly BillingNotice[], now: string): Promise<void> {
  await db.run(sql`
    INSERT INTO billing_notices (subject, version, order_number, notice, received_at)
    SELECT value ->> 'subject', value ->> 'version', value ->> 'orderNumber', value -> 'notice', ${now}
    FROM ${elementsOf(notices)} WHERE 1
    ON CONFLICT (subject) DO UPDATE SET version = excluded.version, notice = excluded.notice,
      received_at = excluded.received_at
      WHERE excluded.version > version OR excluded.version = version AND excluded.notice ->> 'contentDigest' IS NULL
        AND coalesce(excluded.notice ->> 'reason', ${ERASED_TEXT}) = ${ERASED_TEXT}`)
}

/** Billing's notices of the order, the invoice's notice first. */
export async function listNotices(db: OrderingDb, orderNumber: number): Promise<KeptNotice[]> {
  const result = await db.run(sql`
    SELECT notice, received_at AS receivedAt FROM billing_notices WHERE order_number = ${orderNumber} ORDER BY subject`)
  return rowsOf<{ notice: string; receivedAt: string }>(result).map(({ notice, receivedAt }) => ({
    ...(JSON.parse(notice) as BillingNotice['notice']),
    receivedAt,
  }))
}
