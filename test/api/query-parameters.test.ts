import { describe, expect, it } from 'vitest'
import { partRoute, templateOf } from '../../shared/openapi/operation.ts'
import type { QueryParameters } from '../../shared/edge/query-parameters.ts'
import { QUERY_PARAMETERS as OF_BILLING } from '../../workers/billing/edge/query-parameters.ts'
import { RULES as BILLING_RULES } from '../../workers/billing/edge/rights.ts'
import { QUERY_PARAMETERS as OF_ORDERING } from '../../workers/ordering/edge/query-parameters.ts'
import { RULES as ORDERING_RULES } from '../../workers/ordering/edge/rights.ts'
import { order10248, placeOrder } from '../support/orders.ts'
import type { Answer } from '../../shared/simulator/running-worker.ts'
import { startTogether } from '../support/together.ts'
import { openFeed } from '../together/feed-reader.ts'
import { DOCUMENTS } from './answer-check.ts'

const PARAMETERS = { ordering: OF_ORDERING, billing: OF_BILLING }
const RULES = { ordering: ORDERING_RULES, billing: BILLING_RULES }

/** The routes at which a query is judged, by all their methods. */
function judgedRoutes(app: keyof typeof RULES): string[] {
  return Object.keys(RULES[app]).filter((route) => /^\w+ \/(?:api|health)(?:\/|$)|\.(?:csv|xlsx)$/.test(route))
}

/** An address of the route, for which there may be nothing. */
function addressOf(path: string): string {
  return path.replaceAll(/:\w+(?:\{[^}]*\})?/g, '1')
}

function knownAt(parameters: QueryParameters, route: string): readonly string[] {
  return parameters[route] ?? []
}

async function problemOf(answer: Answer) {
  return { status: answer.status, ...((await answer.json()) as { type: string; errors: unknown }) }
}

describe.each(['ordering', 'billing'] as const)('the query of a request to %s', (app) => {
  it('has the parameters that the document describes, and no others', () => {
    const described = Object.entries(DOCUMENTS[app].paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { parameters }]) => {
        const inQuery = parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name)
        return [`${method.toUpperCase()} ${path}`, inQuery.sort()]
      }),
    )
    const known = judgedRoutes(app).map((route) => {
      const { method, path } = partRoute(route)
      return [`${method} ${templateOf(path)}`, [...knownAt(PARAMETERS[app], route)].sort()]
    })
    expect(Object.fromEntries(described)).toEqual(
      Object.fromEntries(known.filter(([route]) => !/\.(?:csv|xlsx)$/.test(String(route)))),
    )
    expect(Object.keys(PARAMETERS[app]).filter((route) => !judgedRoutes(app).includes(route))).toEqual([])
  })

  it('is refused by name, 400, where a parameter is unknown or given twice, at every route', async () => {
    const worker = (await startTogether())[app]
    for (const route of judgedRoutes(app)) {
      const { method, path } = partRoute(route)
      const ask = (query: string) =>
        worker.fetch(`${addressOf(path)}?${query}`, {
          method,
          headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
          ...(method === 'GET' ? {} : { body: '{}' }),
        })
      expect([route, await problemOf(await ask('since=2026-01-01'))]).toMatchObject([
        route,
        { status: 400, type: '/problems/invalid-query', errors: [{ pointer: '/since' }] },
      ])
      for (const name of knownAt(PARAMETERS[app], route)) {
        expect([route, await problemOf(await ask(`${name}=1&${name}=1`))]).toMatchObject([
          route,
          {
            status: 400,
            type: '/problems/invalid-query',
            errors: [{ pointer: `/${name}`, detail: 'Must be given at most once' }],
          },
        ])
      }
    }
  })

  it('may have every parameter that is known, at once', async () => {
    const worker = (await startTogether())[app]
    for (const [route, known] of Object.entries(PARAMETERS[app])) {
      const { path } = partRoute(route)
      const query = new URLSearchParams(
        known.map((name): [string, string] => [name, VALUES[name] ?? (name === 'state' ? STATES[app] : '')]),
      )
      // As if it were asked for the first time: no token is at hand.
      if (path === '/api/feed/orders') query.delete('after')
      // A search for one thing finds none in an app that is empty.
      const expected = path === '/api/trace' ? 404 : 200
      expect([route, (await worker.fetch(`${path}?${query.toString()}`)).status]).toEqual([route, expected])
    }
  })
})

const VALUES: Readonly<Record<string, string>> = {
  q: '1',
  after: '1',
  limit: '1',
  order: '1',
  mismatched: 'true',
  gross: '1',
  currency: 'EUR',
  issuedFrom: '2026-01-01',
  issuedTo: '2026-01-31',
  month: '2026-01',
}
const STATES = { ordering: 'Draft', billing: 'ToApprove' }

it('a write with a parameter that is unknown does nothing', async () => {
  const { ordering } = await startTogether()
  expect((await ordering.send('POST', '/api/orders?dryRun=true', order10248)).status).toBe(400)
  expect(await ordering.sql('SELECT number FROM orders')).toEqual([])
})

it('a misspelt one is named together with those that there are', async () => {
  const { ordering, billing } = await startTogether()
  const problem = (await (await billing.fetch('/api/invoices?ordr=1&limit=5&limit=6')).json()) as object
  expect(problem).toMatchObject({
    detail:
      'ordr: Unknown; there are state, order, mismatched, q, gross, currency, issuedFrom, issuedTo, after, limit; ' +
      'limit: Must be given at most once',
    errors: [{ pointer: '/ordr' }, { pointer: '/limit' }],
  })
  const long = await problemOf(await ordering.fetch(`/api/orders?${'x'.repeat(7_000)}=1`))
  expect([long.status, JSON.stringify(long).length < 1_000]).toEqual([400, true])
})

it('a file is refused for it as a page where a person asks, and no page is', async () => {
  const { ordering } = await startTogether()
  const headers = { Accept: 'text/html' }
  const file = await ordering.fetch('/orders.csv?curency=EUR', { headers })
  expect([file.status, file.headers.get('Content-Type')]).toEqual([400, 'text/html; charset=UTF-8'])
  expect(await file.text()).toContain('curency: Unknown; there are q, state, customer, currency')
  for (const path of ['/', '/orders', '/customers', '/products', '/orders/new', '/me']) {
    expect([path, (await ordering.fetch(`${path}?utm_source=mail&utm_source=x`, { headers })).status]).toEqual([
      path,
      200,
    ])
  }
})

/** The parameters of the feed's paths (PROTOCOL.md). */
const SERVICE_PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  '/orders': ['after', 'limit'],
  '/digest': ['after'],
  '/lag': ['after'],
}

it('OrderService refuses it over its binding as well', async () => {
  const together = await startTogether()
  await placeOrder(together.ordering, order10248)
  const feed = await openFeed(together)
  const { next } = await feed.readBatch(null)
  for (const path of ['/orders', '/orders/1', '/orders/1/standing', '/digest', '/lag']) {
    const { status, type, errors } = await problemOf(await feed.fetch(`${path}?since=1`))
    expect([path, status, type, errors]).toMatchObject([path, 400, '/problems/invalid-query', [{ pointer: '/since' }]])
    for (const name of SERVICE_PARAMETERS[path] ?? []) {
      const value = name === 'after' ? next : '1'
      const query = new URLSearchParams({ [name]: value }).toString()
      expect([path, name, (await feed.fetch(`${path}?${query}`)).status]).toEqual([path, name, 200])
      const twice = await problemOf(await feed.fetch(`${path}?${query}&${query}`))
      expect([path, twice.status, twice.errors]).toMatchObject([path, 400, [{ pointer: `/${name}` }]])
    }
  }
})
