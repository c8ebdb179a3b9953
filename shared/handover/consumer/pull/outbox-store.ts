import { rowsOf } from '../../../db/d1.ts'
import type { Db } from '../../../db/open-d1.ts'
import { columnsOf, plain } from '../../sql-names.ts'
import type { KeptNotice } from '../client.ts'
import type { ConsumerTables, Row } from '../tables.ts'

/** The notices that the publisher has not kept yet, at most `limit`. What is no JSON is null: the publisher judges each. */
export async function listPending(db: Db, { outbox }: ConsumerTables, limit: number): Promise<KeptNotice[]> {
  const { notice, pending } = outbox
  const result = await db.run(plain`
    SELECT ${columnsOf(outbox, 'subject', 'version', 'key')}, iif(json_valid(${notice}), ${notice}, 'null') AS notice
    FROM ${outbox} WHERE ${pending} = 1 LIMIT ${limit}`)
  const rows = rowsOf<Pick<Row<'outbox'>, 'subject' | 'version' | 'key' | 'notice'>>(result)
  return rows.map((row) => ({ ...row, notice: JSON.parse(row.notice) as unknown }))
}

/** Takes these notices off, unless a newer one has come for the subject meanwhile. */
export function markDelivered(db: Db, tables: ConsumerTables, notices: readonly KeptNotice[]): Promise<void> {
  return markAnswered(db, tables, notices, 0)
}

/** Sets these notices aside, which the publisher cannot read, unless a newer one has come for the subject meanwhile. */
export function markRefused(db: Db, tables: ConsumerTables, notices: readonly KeptNotice[]): Promise<void> {
  return markAnswered(db, tables, notices, 1)
}

async function markAnswered(
  db: Db,
  { outbox }: ConsumerTables,
  notices: readonly KeptNotice[],
  refused: 0 | 1,
): Promise<void> {
  if (notices.length === 0) return
  const answered = JSON.stringify(notices.map(({ subject, version }) => [subject, version]))
  await db.run(plain`
    UPDATE ${outbox} SET ${outbox.pending} = 0, ${outbox.refused} = ${refused} FROM json_each(${answered}) a
    WHERE ${outbox}.${outbox.subject} = a.value ->> 0 AND ${outbox}.${outbox.version} = a.value ->> 1`)
}

/** Lets notices that were set aside be sent again: the publisher may be able to read them since. */
export async function retryRefused(db: Db, { outbox }: ConsumerTables): Promise<void> {
  await db.run(plain`
    UPDATE ${outbox} SET ${outbox.pending} = 1 WHERE ${outbox.refused} = 1 AND ${outbox.pending} = 0`)
}
