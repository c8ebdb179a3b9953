import { env } from 'cloudflare:workers'
import { noCost } from '../../shared/db/d1.ts'
import { FallbackPage } from '../../shared/ui/fallback-page.tsx'
import { createLog } from '../../shared/edge/log.ts'
import { runPull } from '../../shared/handover/consumer/pull/pull.ts'
import { explainMismatch } from '../../shared/db/release-store.ts'
import { edge } from '../../shared/edge/edge.ts'
import { routes } from './app.ts'
import { openDb } from './db.ts'
import { orderConsumer } from './orders/order-consumer.ts'
import { makeFrame } from './edge/page-context.ts'
import { FALLBACK_WORDS, frameProps } from './edge/frame.tsx'
import { QUERY_PARAMETERS } from './edge/query-parameters.ts'
import { RELEASE } from './release.ts'
import { RULES } from './edge/rights.ts'

export { InvoiceLedger } from './ledger/invoice-ledger.ts'

const app = edge({
  routes,
  origin: env.ORIGIN,
  logLevel: env.LOG_LEVEL,
  formOrigins: [],
  access: { teamDomain: env.ACCESS_TEAM_DOMAIN, audience: env.ACCESS_AUD, roles: env.ROLES },
  rules: RULES,
  explainMismatch: (error, bindings) => explainMismatch(error, openDb(bindings.DB, noCost()), RELEASE),
  queryParameters: QUERY_PARAMETERS,
  writes: { limiter: env.WRITE_LIMIT, unlimited: [] },
  renderProblem: (problem) =>
    FallbackPage({ ...frameProps(makeFrame(env, problem.user)), problem, words: FALLBACK_WORDS }),
})

export default {
  fetch: app.fetch,

  async scheduled(_controller, bindings) {
    const db = openDb(bindings.DB, noCost())
    await runPull(orderConsumer, {
      env: bindings,
      db,
      by: 'cron',
      now: new Date().toISOString(),
      requestId: crypto.randomUUID(),
      log: createLog(bindings.LOG_LEVEL),
    })
  },
} satisfies ExportedHandler<Env>
