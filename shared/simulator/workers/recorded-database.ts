import type { RecordedStatement, Statement } from '../control.ts'
import { watchDatabase } from './watched-database.ts'

/** What is recorded while something is to be; undefined otherwise. */
export type Recording = { statements: RecordedStatement[] | undefined }

/** The same database, adding to the recording each statement that it has run. */
export function recordedDatabase(database: D1Database, recording: Recording): D1Database {
  return watchDatabase(database, async (queries, run) => {
    const results = await run()
    recording.statements?.push(
      ...queries.map(({ text, values }, index) => ({
        query: text,
        values: values as Statement['values'],
        rowsRead: results[index]?.meta.rows_read ?? 0,
      })),
    )
    return results
  })
}
