import type { Log } from '../../shared/log.ts'
import type { BillingDb } from './db.ts'

/** Who acts, when, and with what: handed down from the doors. `now` is an ISO 8601 instant, `by` an email or `cron`. */
export type Acting = { env: Env; db: BillingDb; by: string; now: string; log: Log }
