import type { EdgeVariables } from '../../shared/web.ts'
import type { OrderingDb } from './db.ts'

/** What ordering's handlers find in `c.env` and `c.var`. */
export type OrderingEnv = { Bindings: Env; Variables: EdgeVariables & { db: OrderingDb } }
