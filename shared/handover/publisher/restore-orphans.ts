import { isDataRefusal } from '../../db/d1.ts'
import { describeError } from '../../edge/log.ts'
import type { RestoreOutcome } from '../protocol.ts'
import type { PublisherWorld } from './answer.ts'
import type { Restoring } from './feed.ts'
import { MOST_FOLLOWED } from './sequencer.ts'

type Sent = { key: number; record: object }

/**
 * Takes records back that a restore of the database has lost (PROTOCOL.md, section 15), each judged alone. With `preview`
 * nothing is changed. A record's `key` is the one that it was sent with, whether it fits or not.
 */
export async function restoreRecords(
  { db, sequencer, log, now }: PublisherWorld,
  { parse, findTaken, insert }: Restoring<object>,
  { preview, records }: { preview: boolean; records: readonly Sent[] },
): Promise<RestoreOutcome> {
  const sent = records.map(({ key, record }) => ({ key, read: parse(record) }))
  const fitting = sent.flatMap(({ key, read }) => (read.ok ? [{ key, record: read.value }] : []))
  const taken = await findTaken(
    db,
    fitting.map(({ record }) => record),
  )
  const takenKeys = new Set(taken.map(({ key }) => key))
  const free = fitting.filter(({ key }) => !takenKeys.has(key))
  const freeKeys = free.map(({ key }) => key)
  const restored = preview ? freeKeys : await insertEach(free)
  if (!preview && restored.length > 0) {
    // No new record may be given a key that has come back.
    await sequencer.allotKeys(0, Math.max(...restored.filter((key) => key <= MOST_FOLLOWED), 0))
    log.warn('records.restored', { keys: restored })
  }
  const refusedKeys = freeKeys.filter((key) => !restored.includes(key))
  return {
    restored,
    refused: [
      ...taken,
      ...sent.filter(({ read }) => !read.ok).map(({ key }) => ({ key, reason: 'unreadable' })),
      ...refusedKeys.map((key) => ({ key, reason: 'refused' })),
    ],
  }

  /** Takes them back together, or one by one where the database refuses one of them. */
  async function insertEach(part: readonly Sent[]): Promise<number[]> {
    if (part.length === 0) return []
    try {
      return await insert(
        db,
        part.map(({ record }) => record),
        now,
      )
    } catch (error) {
      if (!isDataRefusal(error)) throw error
      const [first] = part
      if (part.length === 1 && first !== undefined) {
        log.warn('records.refused', { key: first.key, ...describeError(error) })
        return []
      }
      const done: number[] = []
      for (const record of part) done.push(...(await insertEach([record])))
      return done
    }
  }
}
