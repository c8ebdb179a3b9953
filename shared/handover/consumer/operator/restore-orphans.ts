import { MOST_MESSAGE_BYTES } from '../../../db/byte-limits.ts'
import { err, ok, type Result } from '../../../result.ts'
import { MAX_RESTORED, type RestoreOutcome } from '../../protocol.ts'
import { sendBack } from '../client.ts'
import { listOrphans } from '../copy-store.ts'
import type { Consumer, Context } from '../definition.ts'
import { type NoAnswer, readRecord } from '../record.ts'

/** The most calls at once; an operator asks again for the rest. */
const MOST_CALLS = 20

/**
 * Gives the records that a restore of the publisher has lost back to it, whole and under their own keys. A preview says
 * what it would take and changes nothing. Their copies are orphans no longer once the feed brings the records again.
 */
export async function restoreOrphans<E, R>(
  consumer: Consumer<E, R>,
  context: Context<E>,
  preview: boolean,
): Promise<Result<RestoreOutcome, NoAnswer>> {
  const { names, tables, parse } = consumer
  const { db, log } = context
  const done: RestoreOutcome = { restored: [], refused: [] }
  let after = 0
  for (let call = 1; call <= MOST_CALLS; call += 1) {
    const orphans = await listOrphans(db, tables, after, MAX_RESTORED, MOST_MESSAGE_BYTES)
    const last = orphans.at(-1)
    if (last === undefined) break
    after = last.key
    const records: R[] = []
    for (const { key, record } of orphans) {
      const read = readRecord(names, parse, record)
      if (read.ok) records.push(read.value.record)
      else done.refused.push({ key, reason: 'unreadable' })
    }
    if (records.length === 0) continue
    const restored = await sendBack(consumer, context, { preview, records })
    if (!restored.ok) return err(restored.error)
    done.restored.push(...restored.value.restored)
    done.refused.push(...restored.value.refused)
  }
  if (!preview) log.warn('orphans.restored', done)
  return ok(done)
}
