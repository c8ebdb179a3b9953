import { describeMissing } from '../../../shared/db/release.ts'
import { findMissingMigrations } from '../../../shared/db/release-store.ts'
import { RELEASE } from '../release.ts'
import { Hono } from '../../../shared/edge/hono.ts'
import { answerBodyRefusal, readJson } from '../../../shared/edge/body.ts'
import { problemResponse } from '../../../shared/edge/problem.ts'
import { compareOrders } from '../reconcile/reconcile.ts'
import type { Comparison } from '../reconcile/ranges.ts'
import { requestContext, type BillingEnv } from '../edge/billing-env.ts'
import { runPull } from '../pull/pull.ts'
import { restoreOrphans } from '../reconcile/restore-orphans.ts'
import { retryQuarantined } from '../pull/quarantine-retry.ts'
import { previewReset, resetToken } from './reset.ts'
import { resetInput, retryInput, restoreRequest } from './input.ts'
import {
  describeComparisonRefusal,
  describeNoAnswer,
  describeResetRefusal,
  NOT_TRIED,
  type SyncRefusal,
} from './refusal.ts'
import { findDegradedReasons, reportSync } from './report.ts'

const RETRY_AFTER = { 'Retry-After': '5' }

/** How billing keeps up with ordering, and what an operator does about it (contract, section 5), below /api/sync. */
export const syncApi = new Hono<BillingEnv>()
  .get('/', async (c) => c.json(await reportSync(requestContext(c))))
  .post('/run', async (c) => c.json(await runPull(requestContext(c))))
  .post('/reset', async (c) => {
    const body = await readJson(c.req.raw, resetInput)
    if (!body.ok) return answerBodyRefusal(body.error)
    const { token, preview } = body.value
    const reset = await (preview ? previewReset : resetToken)(requestContext(c), token)
    return reset.ok ? c.json(reset.value) : answerRefusal(describeResetRefusal(reset.error))
  })
  .post('/compare', async (c) => {
    const compared = await compareOrders(requestContext(c))
    if (compared.ok) return c.json(compared.value)
    const refusal = compared.error
    if (refusal.reason === 'nothing_read') return c.json(NOTHING_COMPARED)
    return answerRefusal(describeComparisonRefusal(refusal))
  })
  .post('/orphans/restore', async (c) => {
    const body = await readJson(c.req.raw, restoreRequest)
    if (!body.ok) return answerBodyRefusal(body.error)
    const { preview } = body.value
    const restored = await restoreOrphans(requestContext(c), preview)
    return restored.ok ? c.json({ preview, ...restored.value }) : answerRefusal(describeNoAnswer(restored.error))
  })
  .post('/quarantine/retry', async (c) => {
    const body = await readJson(c.req.raw, retryInput)
    if (!body.ok) return answerBodyRefusal(body.error)
    const subject = body.value
    const attempt = await retryQuarantined(requestContext(c), subject)
    if (attempt === undefined) return problemResponse('not-found', `Nothing waits in quarantine as ${subject}`)
    return attempt === 'no_answer' ? answerRefusal(NOT_TRIED) : c.json({ subject, attempt })
  })

/** What was compared while no pull has read anything: nothing, so nothing differs. */
const NOTHING_COMPARED: Comparison = { compared: 0, differing: [], corrected: 0, agreedUpTo: null, agreedAt: null }

function answerRefusal({ problem, detail, errors }: SyncRefusal): Response {
  const headers = problem === 'unavailable' ? RETRY_AFTER : {}
  return problemResponse(problem, detail, errors === undefined ? {} : { errors }, headers)
}

/** Whether billing is well: 503 when its database is older than its code and, by the edge, when it does not answer. */
export const health = new Hono<BillingEnv>().get('/health', async (c) => {
  const missing = await findMissingMigrations(c.var.db, RELEASE)
  if (missing.length > 0) {
    return problemResponse('database-out-of-date', describeMissing(RELEASE, missing), {}, { 'Retry-After': '60' })
  }
  const reasons = await findDegradedReasons({ db: c.var.db, env: c.env, now: c.var.now })
  return c.json(reasons.length === 0 ? { status: 'ok' } : { status: 'degraded', reasons })
})
