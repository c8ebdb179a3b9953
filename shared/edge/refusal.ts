import type { Context } from 'hono'
import type { EdgeEnv, EdgeVariables } from './context.ts'
import type { RefusedEntry } from './guard.ts'

/** Why somebody is turned away, for who watches the log: no token, and of a person nothing but who it was. */
export type Refusal =
  | RefusedEntry
  | { reason: 'misdirected'; host: string }
  | { reason: 'foreign_origin'; sender: string }
  | { reason: 'not_own_draft'; order: number }
  | { reason: 'four_eyes'; invoice: number }
  | { reason: 'asked_too_often' }
  | { reason: 'wrote_too_often' }

/** What turns somebody away, and not what they asked for: unauthorized, forbidden, misdirected, too many requests. */
const REFUSING: ReadonlySet<number> = new Set([401, 403, 421, 429])
/** What its sender wrote is logged as far as it may help. */
const MAX_LOGGED_LENGTH = 200

/** What is logged of a refused request. */
type Refused = { req: { method: string; path: string }; var: Pick<EdgeVariables, 'log' | 'user'> }

/** Logs that the request was refused, and whose it was if that is known. */
export function logRefusal(c: Refused, refusal: Refusal | { reason: 'not_said' }, status?: number): void {
  // Nobody may be known yet, which the type of the variables cannot tell.
  const user = c.var.user as EdgeVariables['user'] | undefined
  const { method, path } = c.req
  c.var.log.warn('request.refused', {
    by: user?.email,
    status,
    method,
    path: cutForLog(path),
    ...refusal,
  })
}

/** Logs an answer that turns somebody away, whoever made it: `c.var.refusal` says why. */
export function logRefusingAnswer(c: Context<EdgeEnv>): void {
  if (REFUSING.has(c.res.status)) logRefusal(c, c.var.refusal ?? { reason: 'not_said' }, c.res.status)
}

/** What a request's header says, as it is logged. */
export function cutForLog(text: string): string {
  return text.slice(0, MAX_LOGGED_LENGTH)
}
