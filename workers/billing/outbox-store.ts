import { sql } from 'drizzle-orm'
import type { BillingNotice } from '../../shared/notice-contract.ts'
import { rowsOf } from '../../shared/d1.ts'
import type { BillingDb } from './db.ts'

/** The notices that ordering has not kept yet, at most `limit`. */
export async function listPending(db: BillingDb, limit: number): Promise<BillingNotice[]> {
  const result = await db.run(sql`
    SELECT subject, version, order_number AS orderNumber, notice FROM outbox WHERE pending = 1 LIMIT ${limit}`)
  return rowsOf<Omit<BillingNotice, 'notice'> & { notice: string }>(result).map(({ notice, ...rest }) => ({
    ...rest,
    notice: JSON.parse(notice) as BillingNotice['notice'],
  }))
}

/** Takes these notices off, unless a newer one has come for the subject meanwhile. */
export async function markTold(db: BillingDb, notices: readonly BillingNotice[]): Promise<void> {
  const told = JSON.stringify(notices.map(({ subject, version }) => [subject, version]))
  await db.run(sql`
    UPDATE outbox SET pending = 0 FROM json_each(${told}) t
    WHERE outbox.subject = t.value ->> 0 AND outbox.version = t.value ->> 1`)
}
