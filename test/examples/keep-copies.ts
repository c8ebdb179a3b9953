import { hc, type InferResponseType } from 'hono/client'
import type { OrderingApi } from '../../workers/ordering/openapi/document.ts'
import type { Place } from './bill-an-order.ts'

type Client = ReturnType<typeof hc<OrderingApi>>
type Page = InferResponseType<Client['api']['feed']['orders']['$get'], 200>

/** What a partner keeps of an order. `lost`: a restore of ordering took it, so it is not to be acted on. */
export type KeptCopy = { order: Page['orders'][number]; epoch: string; lost: boolean }
/** All that a partner keeps: what comes after `token` is still to be read. */
export type Kept = { token: string | null; copies: Map<number, KeptCopy> }

/** An example: reads the feed to its end, and what a restore of ordering means for copies. Safe to repeat. */
export async function keepCopies(place: Place, kept: Kept): Promise<void> {
  const ordering = hc<OrderingApi>(place.origin, place)
  for (;;) {
    const query = kept.token === null ? {} : { after: kept.token }
    const answer = await ordering.api.feed.orders.$get({ query })
    if (answer.status === 410) {
      // Ordering was restored: what it still has comes again, under its new epoch.
      kept.token = null
      continue
    }
    if (!answer.ok) throw new Error(`The feed was answered ${answer.status}`)
    const page = await answer.json()
    // A partner with a database does this in one transaction.
    for (const order of page.orders) keepCopy(kept, order, page.epoch)
    kept.token = page.next
    if (page.more) continue
    markLost(kept, page.epoch)
    return
  }
}

function keepCopy({ copies }: Kept, order: KeptCopy['order'], epoch: string): void {
  const copy = copies.get(order.number)
  if (copy?.epoch === epoch && copy.order.revision > order.revision) return
  // Also where the fingerprint says that it has not changed: its epoch has.
  copies.set(order.number, { order, epoch, lost: false })
}

/** At the feed's end whatever has not come in its epoch is not in ordering any more. */
function markLost({ copies }: Kept, epoch: string): void {
  for (const copy of copies.values()) copy.lost = copy.epoch !== epoch
}
