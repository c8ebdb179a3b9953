import { env } from 'cloudflare:workers'
import { Hono } from '../../shared/edge/hono.ts'
import { noCost } from '../../shared/db/d1.ts'
import { createLog } from '../../shared/edge/log.ts'
import { problemResponse } from '../../shared/edge/problem.ts'
import { describeMissing } from '../../shared/db/release.ts'
import { explainMismatch } from '../../shared/db/release-store.ts'
import { edge } from '../../shared/edge/edge.ts'
import { api } from './api.ts'
import { openOrderingDb, type OrderingEnv } from './edge/ordering-env.ts'
import { openDb } from './db.ts'
import { findMissingInTime } from './records/health-store.ts'
import { keepHouse } from './records/retention.ts'
import { OrderingProblemPage } from './edge/problem-page.tsx'
import { QUERY_PARAMETERS } from './edge/query-parameters.ts'
import { RELEASE } from './release.ts'
import { BULK_ROUTES, RULES } from './edge/rights.ts'
import { pages } from './routes.tsx'

export { OrderSequencer } from './feed/sequencer.ts'
export { OrderService } from './feed/service.ts'

const routes = new Hono<OrderingEnv>()
  .use(openOrderingDb)
  .get('/health', async (c) => {
    const missing = await findMissingInTime(c.var.db)
    if (missing === undefined) {
      return problemResponse('unavailable', 'The database does not answer', {}, { 'Retry-After': '5' })
    }
    if (missing.length === 0) return c.json({ status: 'ok' })
    return problemResponse('database-out-of-date', describeMissing(RELEASE, missing), {}, { 'Retry-After': '60' })
  })
  .route('/api', api)
  .route('/', pages)

const app = edge({
  routes,
  origin: env.ORIGIN,
  logLevel: env.LOG_LEVEL,
  formOrigins: [env.BILLING_ORIGIN, ...env.SIGN_IN_ORIGINS.split(' ').filter((origin) => origin !== '')],
  access: { teamDomain: env.ACCESS_TEAM_DOMAIN, audience: env.ACCESS_AUD, roles: env.ROLES },
  rules: RULES,
  explainMismatch: (error, bindings) => explainMismatch(error, openDb(bindings.DB, noCost()), RELEASE),
  queryParameters: QUERY_PARAMETERS,
  writes: { limiter: env.WRITE_LIMIT, unlimited: BULK_ROUTES },
  renderProblem: (problem) => {
    const { email, roles = [] } = problem.user ?? {}
    return OrderingProblemPage({ frame: { billingOrigin: env.BILLING_ORIGIN, user: email, roles }, problem })
  },
})

export default {
  fetch: app.fetch,

  async scheduled(_controller, bindings) {
    await keepHouse(openDb(bindings.DB, noCost()), createLog(bindings.LOG_LEVEL), new Date().toISOString())
  },
} satisfies ExportedHandler<Env>
