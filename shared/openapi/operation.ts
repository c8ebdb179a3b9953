import type * as z from 'zod'
import type { Rules } from '../access/rules.ts'
import type { ProblemName } from '../edge/problem.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'
/** A body that is sent. NDJSON has one `schema` a line, and so has its example. */
export type Body = {
  mediaType: 'application/json' | 'application/x-ndjson'
  schema: z.core.$ZodType
  required: boolean
  example: unknown
}
/** An answer that is no problem. Without a schema it has no body, unless it is a page. NDJSON has one `schema` a line. */
export type Answer = {
  description: string
  schema?: z.core.$ZodType
  mediaType?: 'text/html' | 'application/x-ndjson'
  headers?: Readonly<Record<string, string>>
  example?: unknown
}
/** Parts of the address and headers, by name; what a `parameter` says of each. */
export type Parameters = { readonly [In in 'path' | 'query' | 'header']?: Readonly<Record<string, z.core.$ZodType>> }

/** One thing that a program can ask, as the document describes it. `route` is the one that answers and has the rule. */
export type Operation = {
  route: `${Method} /${string}`
  tag: string
  summary: string
  description?: string
  parameters?: Parameters
  body?: Body
  answers: { readonly [Status in 200 | 201 | 204 | 304]?: Answer }
  problems: readonly ProblemName[]
}

/** All that is described of an app's API. The operations' names are their ids in the document. */
export type Api = {
  title: string
  description: string
  tags: Readonly<Record<string, string>>
  operations: Readonly<Record<string, Operation>>
  rules: Rules
}

/** The method and the path of a route. */
export function partRoute(route: string): { method: Method; path: string } {
  const [method, path = ''] = route.split(' ')
  return { method: method as Method, path }
}

/** `/orders/:number{[0-9]+}` as the document writes it: `/orders/{number}`. */
export function templateOf(path: string): string {
  return path.replaceAll(/:(\w+)(?:\{[^}]*\})?/g, '{$1}')
}
