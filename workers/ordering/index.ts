import { env } from 'cloudflare:workers'
import { noCost } from '../../shared/db/d1.ts'
import { FallbackPage } from '../../shared/ui/fallback-page.tsx'
import { createLog } from '../../shared/edge/log.ts'
import { explainMismatch } from '../../shared/db/release-store.ts'
import { edge } from '../../shared/edge/edge.ts'
import { routes } from './app.ts'
import { openDb } from './db.ts'
import { purgeAndRefold } from './retention/purge.ts'
import { FALLBACK_WORDS, frameProps } from './edge/frame.tsx'
import { QUERY_PARAMETERS } from './edge/query-parameters.ts'
import { RELEASE } from './release.ts'
import { BULK_ROUTES, RULES } from './edge/rights.ts'

export { OrderSequencer } from './feed/sequencer.ts'
export { OrderService } from './feed/service.ts'

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
    const frame = frameProps({ otherOrigin: env.BILLING_ORIGIN, user: email, roles })
    return FallbackPage({ ...frame, problem, words: FALLBACK_WORDS })
  },
})

export default {
  fetch: app.fetch,

  async scheduled(_controller, bindings) {
    await purgeAndRefold(openDb(bindings.DB, noCost()), createLog(bindings.LOG_LEVEL), new Date().toISOString())
  },
} satisfies ExportedHandler<Env>
