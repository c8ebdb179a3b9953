import { eq } from 'drizzle-orm'
import type { BillingNotice } from '../../../shared/contract/notices.ts'
import { elementsOf } from '../../../shared/db/json-elements.ts'
import { ERASED_TEXT } from '../../../shared/contract/personal-data.ts'
import type { OrderingDb } from '../db.ts'
import { namesOf, plain } from '../../../shared/handover/sql-names.ts'
import { billingNotices } from '../schema.ts'

/** A notice as it is kept. */
export type KeptNotice = BillingNotice['notice'] & { receivedAt: string }

/**
 * Records billing's notices. Safe to repeat: for each subject the highest version counts, and of one version the notice from
 * which a customer was erased.
 */
export async function saveNotices(db: OrderingDb, notices: readonly BillingNotice[], now: string): Promise<void> {
  await db.run(plain`
    INSERT INTO ${billingNotices} (${namesOf(billingNotices, 'subject', 'version', 'orderNumber', 'notice', 'receivedAt')})
    SELECT value ->> 'subject', value ->> 'version', value ->> 'orderNumber', value -> 'notice', ${now}
    FROM ${elementsOf(notices)} WHERE 1
    ON CONFLICT (${billingNotices.subject}) DO UPDATE SET ${billingNotices.version} = excluded.${billingNotices.version},
      ${billingNotices.notice} = excluded.${billingNotices.notice},
      ${billingNotices.receivedAt} = excluded.${billingNotices.receivedAt}
      WHERE excluded.${billingNotices.version} > ${billingNotices.version}
        OR excluded.${billingNotices.version} = ${billingNotices.version}
          AND excluded.${billingNotices.notice} ->> 'contentDigest' IS NULL
        AND coalesce(excluded.${billingNotices.notice} ->> 'reason', ${ERASED_TEXT}) = ${ERASED_TEXT}`)
}

/** Billing's notices of the order, the invoice's notice first. */
export async function listNotices(db: OrderingDb, orderNumber: number): Promise<KeptNotice[]> {
  const { notice, receivedAt, subject } = billingNotices
  const rows = await db
    .select({ notice, receivedAt })
    .from(billingNotices)
    .where(eq(billingNotices.orderNumber, orderNumber))
    .orderBy(subject)
  return rows.map(({ notice, receivedAt }) => ({
    ...(JSON.parse(notice) as BillingNotice['notice']),
    receivedAt,
  }))
}
