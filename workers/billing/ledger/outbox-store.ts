import { sql } from 'drizzle-orm'
import type { SentNotice } from '../../../shared/contract/notices.ts'
import { rowsOf } from '../../../shared/db/d1.ts'
import type { BillingDb } from '../db.ts'

/** The notices that ordering has not kept yet, at most `limit`. What is no JSON is null: ordering judges each. */
export async function listPending(db: BillingDb, limit: number): Promise<SentNotice[]> {
  const result = await db.run(sql`
    SELECT subject, version, order_number AS orderNumber, iif(json_valid(notice), notice, 'null') AS notice
    FROM outbox WHERE pending = 1 LIMIT ${limit}`)
  return rowsOf<Omit<SentNotice, 'notice'> & { notice: string }>(result).map(({ notice, ...rest }) => ({
    ...rest,
    notice: JSON.parse(notice) as unknown,
  }))
}

/** Takes these notices off, unless a newer one has come for the subject meanwhile. */
export function markDelivered(db: BillingDb, notices: readonly SentNotice[]): Promise<void> {
  return markAnswered(db, notices, 0)
}

/** Sets these notices aside, which ordering cannot read, unless a newer one has come for the subject meanwhile. */
export function markRefused(db: BillingDb, notices: readonly SentNotice[]): Promise<void> {
  return markAnswered(db, notices, 1)
}

async function markAnswered(db: BillingDb, notices: readonly SentNotice[], refused: 0 | 1): Promise<void> {
  if (notices.length === 0) return
  const answered = JSON.stringify(notices.map(({ subject, version }) => [subject, version]))
  await db.run(sql`
    UPDATE outbox SET pending = 0, refused = ${refused} FROM json_each(${answered}) a
    WHERE outbox.subject = a.value ->> 0 AND outbox.version = a.value ->> 1`)
}

/** Lets notices that were set aside be sent again: ordering may be able to read them since. */
export async function retryRefused(db: BillingDb): Promise<void> {
  await db.run(sql`UPDATE outbox SET pending = 1 WHERE refused = 1 AND pending = 0`)
}
