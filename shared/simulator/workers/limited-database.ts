import { watchDatabase } from './watched-database.ts'

/** D1's limits, as documented, that the local database does not enforce: bytes of a string, and of a query's result. */
const MOST_VALUE_BYTES = 2_000_000
const MOST_RESULT_BYTES = 50_000_000

/** The same database, refusing what D1 refuses and the local one takes: a value of over 2 MB, a result of over 50 MB. */
export function limitedDatabase(database: D1Database): D1Database {
  return watchDatabase(database, async (queries, run) => {
    for (const { values } of queries) refuseTooBig(values)
    const results = await run()
    for (const result of results) refuseTooLong(result)
    return results
  })
}

function refuseTooBig(values: readonly unknown[]): void {
  if (values.some((value) => bytesOf(value) > MOST_VALUE_BYTES)) {
    throw new Error('D1_ERROR: string or blob too big: SQLITE_TOOBIG')
  }
}

function refuseTooLong({ results }: D1Result): void {
  let bytes = 0
  for (const row of results as Record<string, unknown>[]) {
    const values = Object.values(row)
    refuseTooBig(values)
    for (const value of values) bytes += bytesOf(value)
    if (bytes > MOST_RESULT_BYTES) throw new Error('D1_ERROR: the result of the query is too large')
  }
}

const ENCODER = new TextEncoder()

/** Of a number as many as its text has, which is near enough. */
function bytesOf(value: unknown): number {
  if (typeof value !== 'string') return 8
  return value.length < MOST_VALUE_BYTES / 3 ? value.length : ENCODER.encode(value).length
}
