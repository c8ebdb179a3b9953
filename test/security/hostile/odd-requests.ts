import * as fc from 'fast-check'
import type { Rules } from '../../../shared/access/rules.ts'
import { QUERY_PARAMETERS as OF_BILLING } from '../../../workers/billing/edge/query-parameters.ts'
import { RULES as BILLING_RULES } from '../../../workers/billing/edge/rights.ts'
import { QUERY_PARAMETERS as OF_ORDERING } from '../../../workers/ordering/edge/query-parameters.ts'
import { RULES as ORDERING_RULES } from '../../../workers/ordering/edge/rights.ts'
import { body, oddText, TYPES } from './odd-bodies.ts'

/** A request to one of the apps, as odd as a program, a browser or an attacker might send it. */
export type OddRequest = {
  app: 'ordering' | 'billing'
  method: string
  path: string
  headers: Record<string, string>
  body?: string | Uint8Array
}

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'PROPFIND']

/** What an address may hold, percent-encoded, broken, or as it is. */
const inAddress = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 6 }).map(String) },
  fc.constantFrom('%', '%zz', '%ED%A0%80', '%00', '%2e%2e', '%2F', '1%2F2', ';', '*', ':number'),
  oddText.map((text) => encodeURIComponent(text.toWellFormed())),
)

const QUERY_NAMES = [
  '',
  ...'q state after limit copy deleted order token tried done sort preview customer __proto__ q[] from until'.split(
    ' ',
  ),
]
/** The usual value ten times of eleven. */
function mostly<T, U>(usual: T, other: fc.Arbitrary<U>): fc.Arbitrary<T | U> {
  return fc.oneof({ weight: 10, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other })
}

const KNOWN_NAMES = { ...OF_ORDERING, ...OF_BILLING }

/** A query of names that the route knows, where it says so, most of the time: others are refused before they are read. */
function writeQuery(
  route: string,
  parts: readonly (readonly [name: number, other: true | undefined, value: string])[],
) {
  const known = KNOWN_NAMES[route] ?? QUERY_NAMES
  const pairs = parts.map(([at, other, value]): [string, string] => {
    const names = other === true ? QUERY_NAMES : known
    return [names[at % names.length] ?? '', value]
  })
  return pairs.length === 0 ? '' : `?${pairs.map((pair) => pair.join('=')).join('&')}`
}

const query = fc.array(fc.tuple(fc.nat(), mostly(undefined, fc.constant(true as const)), inAddress), { maxLength: 4 })

/** A header's value is Latin-1 without control characters, or the request does not leave. */
const headerValue = oddText.map((text) => text.replaceAll(/[^\x20-\x7e\xa0-\xff]/g, '?').trim())
const headers = fc.record(
  {
    Accept: fc.constantFrom('text/html', 'application/json', '*/*', ';;;'),
    'Accept-Language': fc.oneof(headerValue, fc.constantFrom('de', 'x-klingon', 'en-US-u-ca-islamic', '*')),
    'If-Match': mostly('*', fc.oneof(headerValue, fc.constantFrom('"1"', 'W/"1"', '"1", "2"', '""'))),
    'If-None-Match': headerValue,
    'Idempotency-Key': headerValue,
    Cookie: headerValue,
    'X-Request-Id': headerValue,
    'Sec-Fetch-Site': mostly('same-origin', fc.constantFrom('cross-site', 'none', '?')),
  },
  { requiredKeys: [] },
)
const ORIGINS = { ordering: 'http://localhost:8787', billing: 'http://localhost:8788' }

function typeTakenBy(path: string): keyof typeof TYPES {
  if (path.endsWith('/import')) return 'application/x-ndjson'
  return path.startsWith('/api/') ? 'application/json' : 'application/x-www-form-urlencoded'
}

function listRoutes(app: OddRequest['app'], rules: Rules) {
  return Object.keys(rules).map((route) => {
    const [method = '', path = ''] = route.split(' ')
    return { app, method, path }
  })
}
const ROUTES = [...listRoutes('ordering', ORDERING_RULES), ...listRoutes('billing', BILLING_RULES)]

/** Any route of either app, its parameters, query, headers and body as odd as can be, most of the time by its own method. */
export const oddRequest: fc.Arbitrary<OddRequest> = fc
  .record({
    route: fc.constantFrom(...ROUTES),
    otherMethod: mostly(undefined, fc.constantFrom(...METHODS)),
    parameters: fc.array(inAddress, { minLength: 2, maxLength: 2 }),
    query,
    headers,
    origin: mostly('own', fc.constantFrom('none', 'null', 'https://evil.example')),
    fitting: mostly(true, fc.constant(false)),
    body,
    bodies: fc.record(TYPES),
  })
  .map(({ route, otherMethod, parameters, query, headers, origin, fitting, body, bodies }) => {
    const { app } = route
    const method = otherMethod ?? route.method
    const [first = '', second = ''] = parameters
    const path =
      route.path.replace(/:\w+(?:\{[^}]*\})?/, first).replace(/:\w+(?:\{[^}]*\})?/, second) +
      writeQuery(`${route.method} ${route.path}`, query)
    const sent = {
      ...headers,
      ...(origin === 'none' ? {} : { Origin: origin === 'own' ? ORIGINS[app] : origin }),
    }
    if (['GET', 'HEAD', 'OPTIONS'].includes(method)) return { app, method, path, headers: sent }
    const type = fitting ? typeTakenBy(route.path) : body.type
    const typed = type === '' ? sent : { ...sent, 'Content-Type': type }
    return { app, method, path, headers: typed, body: fitting ? bodies[typeTakenBy(route.path)] : body.sent }
  })
