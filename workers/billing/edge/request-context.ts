import type { Log } from '../../../shared/edge/log.ts'
import type { BillingDb } from '../db.ts'

/**
 * Who acts, when, by which request, and with what: handed down from the doors. `now` is an ISO 8601 instant, `by` an
 * email or `cron`. `requestId` is unique: a decision is known by it.
 */
export type RequestContext = { env: Env; db: BillingDb; by: string; now: string; requestId: string; log: Log }
