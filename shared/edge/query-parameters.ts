import type { Context } from 'hono'
import { routesOf } from '../access/rules.ts'
import type { FieldError } from './problem.ts'

/** The query parameters of each route that has any, as `GET /api/orders`. A route that is not here has none. */
export type QueryParameters = Readonly<Record<string, readonly string[]>>

/** Longer than the name of any parameter: what is longer is named by its beginning. */
const MAX_NAME_LENGTH = 60
/** As many are named: more than that is no mistyped address. */
const MAX_NAMED = 20
/**
 * Where programs are answered, or a file is. A page is lenient: links come to it from mails and chats, which add
 * parameters of their own, and a list's page shows what it was filtered by.
 */
const JUDGED = /^\/(?:api|health)(?:\/|$)|\.(?:csv|xlsx)$/

/** What is wrong with the query of a request to an API or for a file; nothing where a page or nothing is asked for. */
export function findQueryErrors(c: Context, parameters: QueryParameters): FieldError[] {
  return JUDGED.test(c.req.path) ? judgeQuery(c, parameters) : []
}

/**
 * Holds the query against the parameters that the route has: each that is unknown or given more than once is named, so
 * that a misspelt one is not taken for one that was left out. Values are judged by whoever reads them.
 */
export function judgeQuery(c: Context, parameters: QueryParameters): FieldError[] {
  const routes = routesOf(c)
  if (routes.length === 0) return []
  const known = routes.flatMap((route) => parameters[route] ?? [])
  return judgeParameters(new URL(c.req.url).searchParams, known)
}

/** Holds a query against the parameters that are known for it. */
export function judgeParameters(query: URLSearchParams, known: readonly string[]): FieldError[] {
  const errors = [...new Set(query.keys())].flatMap((name): FieldError[] => {
    const pointer = `/${name.slice(0, MAX_NAME_LENGTH)}`
    if (!known.includes(name)) return [{ pointer, detail: describeKnown(known) }]
    return query.getAll(name).length > 1 ? [{ pointer, detail: 'Must be given at most once' }] : []
  })
  return errors.slice(0, MAX_NAMED)
}

/** The refused parameters in one sentence. */
export function describeQueryErrors(errors: readonly FieldError[]): string {
  return errors.map(({ pointer, detail }) => `${pointer.slice(1)}: ${detail}`).join('; ')
}

function describeKnown(known: readonly string[]): string {
  return known.length === 0 ? 'Unknown; there are no parameters here' : `Unknown; there are ${known.join(', ')}`
}
