import type { Log } from '../../shared/log.ts'
import type { OrderingDb } from './db.ts'
import { forgetKeys } from './housekeeping-store.ts'
import { expiryBefore } from './order-entry.ts'

/** Forgets idempotency keys that stand for nothing any more. What people did, and the audit, are kept for good. */
export async function keepHouse(db: OrderingDb, log: Log, now: string): Promise<void> {
  const forgotten = await forgetKeys(db, expiryBefore(now))
  if (forgotten > 0) log.info('housekeeping.removed', { idempotencyKeys: forgotten })
}
