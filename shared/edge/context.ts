import type { D1Cost } from '../db/d1.ts'
import type { User } from '../access/identity.ts'
import type { Log } from './log.ts'
import type { Refusal } from './refusal.ts'

/**
 * What every handler finds in `c.var`. `now` is the instant at which the request came in (ISO 8601, UTC). Whoever turns
 * somebody away sets `refusal`: why, for the log.
 */
export type EdgeVariables = {
  requestId: string
  log: Log
  now: string
  user: User
  cost: D1Cost
  refusal: Refusal | undefined
}
export type EdgeEnv = { Variables: EdgeVariables }
