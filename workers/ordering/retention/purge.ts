import type { Log } from '../../../shared/edge/log.ts'
import { refoldCustomers, refoldProducts } from '../catalogue/catalogue-store.ts'
import type { OrderingDb } from '../db.ts'
import { purgeKeys, refoldOrders } from './purge-store.ts'
import { keyLifetimeAt } from '../orders/idempotency-store.ts'

/** Rows that are folded in one statement, and how often in one run at most: the rest waits for the next. */
const FOLDED_AT_ONCE = 500
const MOST_TIMES = 20

/**
 * Purges expired idempotency keys, and folds names that SQL alone has written, so that they are
 * found and sorted as all others. What people did, and the audit, are kept for good.
 */
export async function purgeAndRefold(db: OrderingDb, log: Log, now: string): Promise<void> {
  const purged = await purgeKeys(db, keyLifetimeAt(now))
  if (purged > 0) log.info('retention.purged', { idempotencyKeys: purged })
  const orders = await refoldAll(db, refoldOrders)
  const customers = await refoldAll(db, refoldCustomers)
  const products = await refoldAll(db, refoldProducts)
  if (orders + customers + products > 0) log.info('search.refolded', { orders, customers, products })
}

async function refoldAll(db: OrderingDb, refold: typeof refoldOrders): Promise<number> {
  let all = 0
  for (let times = 0; times < MOST_TIMES; times += 1) {
    // One after the other: each finds what the one before it has left.
    const folded = await refold(db, FOLDED_AT_ONCE)
    all += folded
    if (folded < FOLDED_AT_ONCE) break
  }
  return all
}
