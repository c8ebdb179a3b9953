import type { Context } from 'hono'
import { routesOf } from '../access/rules.ts'
import type { EdgeEnv, EdgeVariables } from './context.ts'

/** How often one person, or one program, may write; `unlimited` are the routes that take many records at a time. */
export type WriteLimit = { limiter: RateLimit; unlimited: readonly string[] }

/** The period of the binding WRITE_LIMIT: after it they may write again, whatever they did before. */
export const WRITE_PERIOD_SECONDS = '60'

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Whether the request may go on: it reads, or whoever sends it has not written too often. */
export async function mayWrite(c: Context<EdgeEnv>, { limiter, unlimited }: WriteLimit): Promise<boolean> {
  // Nobody is known where a route is public, which the type of the variables cannot tell.
  const user = c.get('user') as EdgeVariables['user'] | undefined
  if (SAFE_METHODS.has(c.req.method) || user === undefined) return true
  if (routesOf(c).some((route) => unlimited.includes(route))) return true
  const { success } = await limiter.limit({ key: user.email })
  return success
}

/** A form as it was sent, to be sent again. */
export type SentForm = { path: string; fields: readonly (readonly [name: string, value: string])[] }

/** The form that the request sent, in the encoding of all forms here; undefined if it sent none. */
export async function readSentForm(request: Request): Promise<SentForm | undefined> {
  const type = request.headers.get('Content-Type') ?? ''
  if (!/^application\/x-www-form-urlencoded\b/i.test(type)) return undefined
  const { pathname, search } = new URL(request.url)
  return { path: pathname + search, fields: [...new URLSearchParams(await request.text())] }
}
