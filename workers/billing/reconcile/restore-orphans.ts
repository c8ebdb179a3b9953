import { MAX_RESTORED, type RestoreOutcome } from '../../../shared/contract/agreement.ts'
import { MOST_MESSAGE_BYTES } from '../../../shared/db/byte-limits.ts'
import type { PublishedOrder } from '../../../shared/contract/order.ts'
import { err, ok, type Result } from '../../../shared/result.ts'
import type { RequestContext } from '../edge/request-context.ts'
import { restoreOrders } from '../client/agreement-client.ts'
import { readOrder } from '../copies/order-copy.ts'
import { listOrphans } from './repair-store.ts'
import type { NoAnswer } from '../client/ordering-binding.ts'

/** The most calls at once; an operator asks again for the rest. */
const MOST_CALLS = 20

/**
 * Gives the orders that a restore of ordering has lost back to it, whole and under their own numbers. A preview says
 * what ordering would take and changes nothing. Their copies are orphans no longer once the feed brings the orders again.
 */
export async function restoreOrphans(
  context: RequestContext,
  preview: boolean,
): Promise<Result<RestoreOutcome, NoAnswer>> {
  const { db, env, log } = context
  const done: RestoreOutcome = { restored: [], refused: [] }
  let after = 0
  for (let call = 1; call <= MOST_CALLS; call += 1) {
    const orphans = await listOrphans(db, after, MAX_RESTORED, MOST_MESSAGE_BYTES)
    const last = orphans.at(-1)
    if (last === undefined) break
    after = last.number
    const orders: PublishedOrder[] = []
    for (const { number, record } of orphans) {
      const read = readOrder(record)
      if (read.ok) orders.push(read.value.order)
      else done.refused.push({ number, reason: 'unreadable' })
    }
    if (orders.length === 0) continue
    const restored = await restoreOrders(env.ORDERING, { preview, orders })
    if (!restored.ok) return err(restored.error)
    done.restored.push(...restored.value.restored)
    done.refused.push(...restored.value.refused)
  }
  if (!preview) log.warn('orphans.restored', done)
  return ok(done)
}
