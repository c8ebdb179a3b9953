import type { Hono } from 'hono'
import { beforeAll, expect, it, vi } from 'vitest'
import { RULES } from '../../../workers/billing/edge/rights.ts'

const edge = vi.hoisted(() => ({ routes: undefined as Hono | undefined }))
vi.mock('cloudflare:workers', () => ({
  env: { LOG_LEVEL: 'error', ORDERING_ORIGIN: 'http://localhost:8787', ROLES: {} },
  WorkerEntrypoint: Object,
  DurableObject: Object,
}))
vi.mock('../../../shared/edge/edge.ts', () => ({
  edge: (options: { routes: Hono }) => {
    edge.routes = options.routes
    return { fetch: () => new Response() }
  },
}))
beforeAll(() => import('../../../workers/billing/index.ts'))

it('each route of billing has a rule, and each rule a route', () => {
  const routes = edge.routes?.routes ?? []
  const answering = routes.filter(({ method, path }) => !(method === 'ALL' && path === '/*'))
  const named = new Set(answering.map(({ method, path }) => `${method} ${path}`))
  expect(named.size).toBeGreaterThan(20)
  expect([...named].sort()).toEqual(Object.keys(RULES).sort())
})
