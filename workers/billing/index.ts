import { env } from 'cloudflare:workers'
import { Hono } from '../../shared/hono.ts'
import { noCost } from '../../shared/d1.ts'
import { createLog } from '../../shared/log.ts'
import { explainMismatch } from '../../shared/release-store.ts'
import { edge } from '../../shared/web.ts'
import { api, health } from './api.ts'
import { type BillingEnv, openBillingDb } from './context.ts'
import { openDb } from './db.ts'
import { runPull } from './order-pull.ts'
import { makeFrame } from './page-context.ts'
import { BillingProblemPage } from './pages/problem.tsx'
import { QUERY_PARAMETERS } from './query-parameters.ts'
import { RELEASE } from './release.ts'
import { RULES } from './rights.ts'
import { pages } from './routes.tsx'

export { InvoiceLedger } from './invoice-ledger.ts'

const app = edge({
  routes: new Hono<BillingEnv>().use(openBillingDb).route('/', health).route('/api', api).route('/', pages),
  origin: env.ORIGIN,
  logLevel: env.LOG_LEVEL,
  formOrigins: [],
  access: { teamDomain: env.ACCESS_TEAM_DOMAIN, audience: env.ACCESS_AUD, roles: env.ROLES },
  rules: RULES,
  explainMismatch: (error, bindings) => explainMismatch(error, openDb(bindings.DB, noCost()), RELEASE),
  queryParameters: QUERY_PARAMETERS,
  writes: { limiter: env.WRITE_LIMIT, unlimited: [] },
  renderProblem: (problem) => BillingProblemPage({ frame: makeFrame(env, problem.user), problem }),
})

export default {
  fetch: app.fetch,

  async scheduled(_controller, bindings) {
    const db = openDb(bindings.DB, noCost())
    await runPull({
      env: bindings,
      db,
      by: 'cron',
      now: new Date().toISOString(),
      requestId: crypto.randomUUID(),
      log: createLog(bindings.LOG_LEVEL),
    })
  },
} satisfies ExportedHandler<Env>
