import { sql, type SQL } from 'drizzle-orm'
import {
  type AgreementDigest,
  type AheadReport,
  type FingerprintList,
  type FingerprintQuery,
  MAX_MOVING,
  RANGE_SIZE,
} from '../../../shared/contract/agreement.ts'
import type { FeedLag } from '../../../shared/contract/notices.ts'
import { MAX_COUNT } from '../../../shared/contract/count.ts'
import { rowsOf } from '../../../shared/db/d1.ts'
import { err, ok, type Result } from '../../../shared/result.ts'
import type { OrderingDb } from '../db.ts'
import { type FeedRefusal, judgeToken, type Token } from './token.ts'
import { selectState, type StateRow, toState } from './feed-store.ts'

/** Nothing can be compared: the token is of another history, or too many orders are moving. */
export type ComparisonRefusal = FeedRefusal | { reason: 'unsettled'; moving: number }

type MovingOrder = { number: number; fingerprint: number }

/** Count and sum of fingerprints by range, of the orders that a reader with this token has. One transaction. */
export async function readDigest(db: OrderingDb, token: Token): Promise<Result<AgreementDigest, ComparisonRefusal>> {
  const [stated, moved, summed] = await db.batch([
    db.run(selectState()),
    db.run(selectMoving(token)),
    db.run(sql`SELECT range, orders, fingerprints FROM order_ranges ORDER BY range`),
  ])
  const judged = judgeMoving(token, stated, moved)
  if (!judged.ok) return err(judged.error)
  const { epoch, moving } = judged.value
  const ranges = new Map(
    rowsOf<{ range: number; orders: number; fingerprints: number }>(summed).map((row) => [row.range, { ...row }]),
  )
  for (const { number, fingerprint } of moving) {
    const range = ranges.get(Math.floor(number / RANGE_SIZE))
    if (range === undefined) continue
    range.orders -= 1
    range.fingerprints -= fingerprint
  }
  return ok({
    epoch,
    upTo: token.number,
    ranges: [...ranges.values()].map(({ range, orders, fingerprints }) => [range, orders, fingerprints]),
    moving: moving.map(({ number }) => number),
  })
}

/** The fingerprints of the settled orders that are asked for, in the order of their numbers. One transaction. */
export async function readFingerprints(
  db: OrderingDb,
  token: Token,
  { ranges, numbers }: FingerprintQuery,
): Promise<Result<FingerprintList, ComparisonRefusal>> {
  const [stated, moved, listed] = await db.batch([
    db.run(selectState()),
    db.run(selectMoving(token)),
    db.run(sql`
      SELECT o.number, o.fingerprint FROM json_each(${JSON.stringify(ranges)}) r
      JOIN orders o ON o.number >= r.value * ${RANGE_SIZE} AND o.number < (r.value + 1) * ${RANGE_SIZE}
      WHERE o.confirmed_at IS NOT NULL
      UNION ALL
      SELECT o.number, o.fingerprint FROM json_each(${JSON.stringify(numbers)}) n JOIN orders o ON o.number = n.value
      WHERE o.confirmed_at IS NOT NULL`),
  ])
  const judged = judgeMoving(token, stated, moved)
  if (!judged.ok) return err(judged.error)
  const moving = new Set(judged.value.moving.map(({ number }) => number))
  const orders = rowsOf<MovingOrder>(listed).filter(({ number }) => !moving.has(number))
  return ok({
    epoch: judged.value.epoch,
    orders: orders.map(({ number, fingerprint }) => [number, fingerprint]),
    moving: [...moving],
  })
}

function selectMoving(token: Token): SQL {
  return sql`
    SELECT number, fingerprint FROM (
      SELECT number, fingerprint FROM orders WHERE confirmed_sequence_nr = -1 AND confirmed_at IS NOT NULL
      UNION ALL
      SELECT number, fingerprint FROM orders WHERE confirmed_sequence_nr > ${token.number}
    ) LIMIT ${MAX_MOVING + 1}`
}

function judgeMoving(
  token: Token,
  stated: D1Result,
  moved: D1Result,
): Result<{ epoch: string; moving: MovingOrder[] }, ComparisonRefusal> {
  const [row] = rowsOf<StateRow>(stated)
  if (row === undefined) throw new Error('Cannot compare: the row of the feed is missing')
  const judged = judgeToken(token, toState(row))
  if (!judged.ok) return err(judged.error)
  const moving = rowsOf<MovingOrder>(moved)
  if (moving.length > MAX_MOVING) return err({ reason: 'unsettled', moving: moving.length })
  return ok({ epoch: row.epoch, moving })
}

/** Whether any of the orders is, in billing, ahead of what this database has: it was restored since. */
export async function isBehind(db: OrderingDb, orders: AheadReport['orders']): Promise<boolean> {
  const result = await db.run(sql`
    SELECT EXISTS (
      SELECT 1 FROM json_each(${JSON.stringify(orders)}) r LEFT JOIN orders o ON o.number = r.value ->> 'number'
        AND o.confirmed_at IS NOT NULL
      WHERE o.number IS NULL OR o.revision < r.value ->> 'revision'
        OR (o.revision = r.value ->> 'revision' AND o.fingerprint <> r.value ->> 'fingerprint')
    ) AS behind`)
  return rowsOf<{ behind: 0 | 1 }>(result)[0]?.behind === 1
}

/** How far the feed is ahead of the token; what waits and what was numbered are each counted up to one above MAX_COUNT. */
export async function readLag(db: OrderingDb, token: Token | null): Promise<FeedLag> {
  const [stated, waited, numbered] = await db.batch([
    db.run(selectState()),
    db.run(sql`
      SELECT count(*) AS waiting, min(updated_at) AS oldestWaitingAt FROM (
        SELECT updated_at FROM orders WHERE confirmed_sequence_nr = -1 AND confirmed_at IS NOT NULL LIMIT ${MAX_COUNT + 1}
      )`),
    db.run(sql`
      SELECT count(*) AS numbered FROM (
        SELECT 1 FROM orders WHERE confirmed_sequence_nr > ${token?.number ?? 0} LIMIT ${MAX_COUNT + 1}
      )`),
  ])
  const [state] = rowsOf<StateRow>(stated)
  const [waits] = rowsOf<{ waiting: number; oldestWaitingAt: string | null }>(waited)
  const [after] = rowsOf<{ numbered: number }>(numbered)
  if (state === undefined || waits === undefined || after === undefined) {
    throw new Error('Cannot read the lag of the feed')
  }
  return { epoch: state.epoch, ...waits, behind: waits.waiting + after.numbered }
}
