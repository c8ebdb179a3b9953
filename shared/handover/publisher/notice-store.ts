import { sql } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { elementsOf } from '../../db/json-elements.ts'
import type { Db } from '../../db/open-d1.ts'
import { type FeedNames, type Notice, noticeOf } from '../protocol.ts'
import { sqlName } from '../sql-names.ts'
import type { NoticeKeeping } from './feed.ts'

/** The columns of a table of notices. */
export type NoticeColumns = Record<'subject' | 'version' | 'key' | 'notice' | 'receivedAt', SQLiteColumn>

/**
 * Keeps the consumer's notices of what it set aside and of its release (PROTOCOL.md, 13.4) in a table; for each subject the
 * highest version counts.
 */
export function keepNotices(names: FeedNames, table: SQLiteTable & NoticeColumns): NoticeKeeping<Notice> {
  const shape = noticeOf(names)
  return {
    table,
    judge(sent) {
      const notice = shape.safeParse(sent).data
      return notice !== undefined && ['quarantined', 'released'].includes(notice.notice.kind) ? notice : undefined
    },
    async save(db: Db, notices, now) {
      const column = { version: sqlName(table.version), notice: sqlName(table.notice), at: sqlName(table.receivedAt) }
      await db.run(sql`
        INSERT INTO ${sqlName(table)} (${sqlName(table.subject)}, ${column.version}, ${sqlName(table.key)}, ${column.notice}, ${column.at})
        SELECT value ->> 'subject', value ->> 'version', value ->> 'key', value -> 'notice', ${now}
        FROM ${elementsOf(notices)} WHERE 1
        ON CONFLICT (${sqlName(table.subject)}) DO UPDATE SET ${column.version} = excluded.${column.version},
          ${column.notice} = excluded.${column.notice}, ${column.at} = excluded.${column.at}
          WHERE excluded.${column.version} > ${column.version}`)
    },
  }
}
