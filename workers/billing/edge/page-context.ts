import type { Context } from 'hono'
import { DEFAULT_READER, type Reader } from '../../../shared/edge/reader.ts'
import type { User } from '../../../shared/edge/edge.ts'
import type { BillingEnv } from './billing-env.ts'
import type { Frame } from './frame.tsx'

/** A frame that says for whom figures are written. */
type ReadFrame = Frame & { reader: Reader }

/** What is round each page of this request. */
export function frameOf(c: Context<BillingEnv>): ReadFrame {
  return { ...makeFrame(c.env, c.var.user), requestId: c.var.requestId }
}

/** What is round a page; `user` is null where nobody is known. */
export function makeFrame(env: Env, user: User | null): ReadFrame {
  // An invoice reads the same whoever looks at it, and is dated where the business is: so is all of billing.
  const reader = { ...DEFAULT_READER, timeZone: env.TIME_ZONE }
  return { user: user?.email, roles: user?.roles ?? [], reader, otherOrigin: env.ORDERING_ORIGIN }
}
