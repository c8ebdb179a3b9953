import { sql, type SQL } from 'drizzle-orm'
import type { Db } from '../../db/open-d1.ts'
import { err, ok, type Result } from '../../result.ts'
import type { Batch, BatchRequest } from './readers.ts'
import { selectBatch, toBatchRecords } from './batch-store.ts'
import type { Feed } from './feed.ts'
import { selectState, toSummary } from './state-store.ts'
import { type FeedRefusal, type FeedState, judgeToken } from './token.ts'

/** What came of a numbering: the batches, in the order they were asked for, or that `state` is not the expected one. */
export type NumberedBatches = { state: FeedState } & (
  | { asExpected: true; batches: Result<Batch, FeedRefusal>[] }
  | { asExpected: false }
)

/**
 * Numbers what waits, at most `limit` records, and reads the batches, in one transaction.
 * The batch carries the state that it expects, and numbers nothing when that is not so: one that timed out and lands
 * after its successor does no harm. What it then reads is not used either, since its reader might miss a number.
 */
export async function numberAndReadBatches(
  db: Db,
  feed: Feed,
  expected: FeedState,
  limit: number,
  requests: readonly BatchRequest[],
): Promise<NumberedBatches> {
  const { table, key, sequenceNr, publishedSince, state: t } = feed.sql
  const [begun, , , selected, ...pages] = await db.batch([
    db.run(sql`
      UPDATE ${t.table} SET ${t.numbering} = 1
      WHERE ${t.epoch} = ${expected.epoch} AND ${t.highest} = ${expected.highest}
        AND EXISTS (SELECT 1 FROM ${table} WHERE ${sequenceNr} = -1 AND ${publishedSince} IS NOT NULL)`),
    db.run(numberWaiting(feed, expected, limit)),
    db.run(sql`
      UPDATE ${t.table} SET ${t.numbering} = 0, ${t.highest} = top.nr, ${t.lastSince} = top.since, ${t.lastKey} = top.key
      FROM (
        SELECT ${key} AS key, ${publishedSince} AS since, ${sequenceNr} AS nr FROM ${table}
        ORDER BY ${sequenceNr} DESC LIMIT 1
      ) top
      WHERE ${t.numbering} = 1`),
    db.run(selectState(feed)),
    ...requests.map((request) => db.run(selectBatch(feed, request))),
  ])
  const { state, highestHeld, waiting } = toSummary(selected)
  const numbered = begun.meta.changes === 1
  const asExpected = numbered || (state.epoch === expected.epoch && state.highest === expected.highest)
  if (!asExpected) return { asExpected, state }
  const batches = requests.map((request, index): Result<Batch, FeedRefusal> => {
    const judged = judgeToken(request.after, state)
    if (!judged.ok) return err(judged.error)
    const { last = request.after?.number ?? 0, ...read } = toBatchRecords(feed, pages[index] ?? begun)
    return ok({ ...read, next: { epoch: state.epoch, number: last }, more: waiting || highestHeld > last })
  })
  return { asExpected, state, batches }
}

/**
 * Gives each waiting record a number of its own. It goes round by (published since, key), on from the record that was
 * numbered last, so that a record that changes all the time keeps nobody waiting. LIMIT stands innermost and each
 * arc is a range of the index: a first pull stays linear.
 */
function numberWaiting({ sql: names }: Feed, { lastSince, lastKey }: FeedState, limit: number): SQL {
  const { table, key, sequenceNr, publishedSince: since, state: t } = names
  const arc = (place: number, range: SQL) => sql`
    SELECT * FROM (
      SELECT ${sql.raw(String(place))} AS arc, ${since} AS since, ${key} AS key FROM ${table}
      WHERE ${sequenceNr} = -1 AND ${range} ORDER BY ${since}, ${key} LIMIT ${limit}
    )`
  return sql`
    UPDATE ${table} SET ${sequenceNr} = waiting.nr FROM (
      SELECT key, (SELECT ${t.highest} FROM ${t.table}) + row_number() OVER (ORDER BY arc, since, key) AS nr FROM (
        ${arc(1, sql`${since} = ${lastSince} AND ${key} > ${lastKey}`)} UNION ALL
        ${arc(2, sql`${since} > ${lastSince}`)} UNION ALL
        ${arc(3, sql`${since} < ${lastSince}`)} UNION ALL
        ${arc(4, sql`${since} = ${lastSince} AND ${key} <= ${lastKey}`)}
        LIMIT ${limit}
      )
    ) waiting
    WHERE ${table}.${key} = waiting.key AND EXISTS (SELECT 1 FROM ${t.table} WHERE ${t.numbering} = 1)`
}
