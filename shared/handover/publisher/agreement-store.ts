import { sql, type SQL } from 'drizzle-orm'
import { rowsOf } from '../../db/d1.ts'
import type { Db } from '../../db/open-d1.ts'
import { err, ok, type Result } from '../../result.ts'
import {
  type AgreementDigest,
  type AheadReport,
  type FeedLag,
  type FingerprintList,
  type FingerprintQuery,
  MAX_MOVING,
  RANGE_SIZE,
} from '../protocol.ts'
import type { Feed } from './feed.ts'
import { selectState, toSummary } from './state-store.ts'
import { type FeedRefusal, judgeToken, type Token } from './token.ts'

/** Nothing can be compared: the token is of another history, or too many records are moving. */
export type ComparisonRefusal = FeedRefusal | { reason: 'unsettled'; moving: number }

type Moving = { key: number; fingerprint: number }

/** Counts end one above this: beyond it a count is no figure that anybody works with, and costs a row each. */
const MAX_COUNT = 200

/** Count and sum of fingerprints by range, of the records that a reader with this token has. One transaction. */
export async function readDigest(
  db: Db,
  feed: Feed,
  token: Token,
): Promise<Result<AgreementDigest, ComparisonRefusal>> {
  const { ranges: r } = feed.sql
  const [stated, moved, summed] = await db.batch([
    db.run(selectState(feed)),
    db.run(selectMoving(feed, token)),
    db.run(sql`
      SELECT ${r.range} AS range, ${r.records} AS records, ${r.fingerprints} AS fingerprints FROM ${r.table}
      ORDER BY ${r.range}`),
  ])
  const judged = judgeMoving(token, stated, moved)
  if (!judged.ok) return err(judged.error)
  const { epoch, moving } = judged.value
  const ranges = new Map(
    rowsOf<{ range: number; records: number; fingerprints: number }>(summed).map((row) => [row.range, { ...row }]),
  )
  for (const { key, fingerprint } of moving) {
    const range = ranges.get(Math.floor(key / RANGE_SIZE))
    if (range === undefined) continue
    range.records -= 1
    range.fingerprints -= fingerprint
  }
  return ok({
    epoch,
    upTo: token.number,
    ranges: [...ranges.values()].map(({ range, records, fingerprints }) => [range, records, fingerprints]),
    moving: moving.map(({ key }) => key),
  })
}

/** The fingerprints of the settled records that are asked for, in the order of their keys. One transaction. */
export async function readFingerprints(
  db: Db,
  feed: Feed,
  token: Token,
  { ranges, keys }: Pick<FingerprintQuery, 'ranges' | 'keys'>,
): Promise<Result<FingerprintList, ComparisonRefusal>> {
  const { table, key, fingerprint, publishedSince } = feed.sql
  const [stated, moved, listed] = await db.batch([
    db.run(selectState(feed)),
    db.run(selectMoving(feed, token)),
    db.run(sql`
      SELECT o.${key} AS key, o.${fingerprint} AS fingerprint FROM json_each(${JSON.stringify(ranges)}) r
      JOIN ${table} o ON o.${key} >= r.value * ${RANGE_SIZE} AND o.${key} < (r.value + 1) * ${RANGE_SIZE}
      WHERE o.${publishedSince} IS NOT NULL
      UNION ALL
      SELECT o.${key}, o.${fingerprint} FROM json_each(${JSON.stringify(keys)}) n JOIN ${table} o ON o.${key} = n.value
      WHERE o.${publishedSince} IS NOT NULL`),
  ])
  const judged = judgeMoving(token, stated, moved)
  if (!judged.ok) return err(judged.error)
  const moving = new Set(judged.value.moving.map((record) => record.key))
  const records = rowsOf<Moving>(listed).filter((record) => !moving.has(record.key))
  return ok({
    epoch: judged.value.epoch,
    records: records.map((record) => [record.key, record.fingerprint]),
    moving: [...moving],
  })
}

function selectMoving({ sql: { table, key, fingerprint, sequenceNr, publishedSince } }: Feed, token: Token): SQL {
  return sql`
    SELECT key, fingerprint FROM (
      SELECT ${key} AS key, ${fingerprint} AS fingerprint FROM ${table}
      WHERE ${sequenceNr} = -1 AND ${publishedSince} IS NOT NULL
      UNION ALL
      SELECT ${key}, ${fingerprint} FROM ${table} WHERE ${sequenceNr} > ${token.number}
    ) LIMIT ${MAX_MOVING + 1}`
}

function judgeMoving(
  token: Token,
  stated: D1Result,
  moved: D1Result,
): Result<{ epoch: string; moving: Moving[] }, ComparisonRefusal> {
  const { state } = toSummary(stated)
  const judged = judgeToken(token, state)
  if (!judged.ok) return err(judged.error)
  const moving = rowsOf<Moving>(moved)
  if (moving.length > MAX_MOVING) return err({ reason: 'unsettled', moving: moving.length })
  return ok({ epoch: state.epoch, moving })
}

/** Whether a reader has any of the records in a state that this database does not have: it was restored since. */
export async function isBehind(
  db: Db,
  { sql: { table, key, revision, fingerprint, publishedSince } }: Feed,
  records: AheadReport['records'],
): Promise<boolean> {
  const reported = JSON.stringify(records.map((record) => [record.key, record.revision, record.fingerprint]))
  const result = await db.run(sql`
    SELECT EXISTS (
      SELECT 1 FROM json_each(${reported}) r LEFT JOIN ${table} o ON o.${key} = r.value ->> 0
        AND o.${publishedSince} IS NOT NULL
      WHERE o.${key} IS NULL OR o.${revision} < r.value ->> 1
        OR (o.${revision} = r.value ->> 1 AND o.${fingerprint} <> r.value ->> 2)
    ) AS behind`)
  return rowsOf<{ behind: 0 | 1 }>(result)[0]?.behind === 1
}

/** How far the feed is ahead of the token; what waits and what was numbered are each counted up to one above MAX_COUNT. */
export async function readLag(db: Db, feed: Feed, token: Token | null): Promise<FeedLag> {
  const { table, sequenceNr, publishedSince, changedAt } = feed.sql
  const [stated, waited, numbered] = await db.batch([
    db.run(selectState(feed)),
    db.run(sql`
      SELECT count(*) AS waiting, min(changed) AS oldestWaitingAt FROM (
        SELECT ${changedAt} AS changed FROM ${table} WHERE ${sequenceNr} = -1 AND ${publishedSince} IS NOT NULL
        LIMIT ${MAX_COUNT + 1}
      )`),
    db.run(sql`
      SELECT count(*) AS numbered FROM (
        SELECT 1 FROM ${table} WHERE ${sequenceNr} > ${token?.number ?? 0} LIMIT ${MAX_COUNT + 1}
      )`),
  ])
  const [waits] = rowsOf<{ waiting: number; oldestWaitingAt: string | null }>(waited)
  const [after] = rowsOf<{ numbered: number }>(numbered)
  if (waits === undefined || after === undefined) throw new Error('Cannot read the lag of the feed')
  return { epoch: toSummary(stated).state.epoch, ...waits, behind: waits.waiting + after.numbered }
}
