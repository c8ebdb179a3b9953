import { describeMissing } from '../../../shared/db/release.ts'
import { findMissingMigrations } from '../../../shared/db/release-store.ts'
import { RELEASE } from '../release.ts'
import { Hono } from '../../../shared/edge/hono.ts'
import { answerBodyRefusal, readJson } from '../../../shared/edge/body.ts'
import { problemResponse } from '../../../shared/edge/problem.ts'
import { compareRecords } from '../../../shared/handover/consumer/compare.ts'
import { restoreOrphans } from '../../../shared/handover/consumer/operator/restore-orphans.ts'
import { runPull } from '../../../shared/handover/consumer/pull/pull.ts'
import { retryOne } from '../../../shared/handover/consumer/pull/quarantine.ts'
import { findDegradedReasons, reportState } from '../../../shared/handover/consumer/operator/report.ts'
import { previewReset, resetToken } from '../../../shared/handover/consumer/operator/reset.ts'
import type { Comparison } from '../../../shared/handover/consumer/run.ts'
import { requestContext, type BillingEnv } from '../edge/billing-env.ts'
import { orderConsumer } from '../orders/order-consumer.ts'
import { restoreAnswerOf, runResultOf, syncReportOf } from './answers.ts'
import { resetInput, retryInput, restoreRequest } from './input.ts'
import {
  describeComparisonRefusal,
  describeNoAnswer,
  describeResetRefusal,
  NOT_TRIED,
  type SyncRefusal,
} from './refusal.ts'

const RETRY_AFTER = { 'Retry-After': '5' }

/** How billing keeps up with ordering, and what an operator does about it (contract, section 5), below /api/sync. */
export const syncApi = new Hono<BillingEnv>()
  .get('/', async (c) => c.json(syncReportOf(await reportState(orderConsumer, requestContext(c)))))
  .post('/run', async (c) => c.json(runResultOf(await runPull(orderConsumer, requestContext(c)))))
  .post('/reset', async (c) => {
    const body = await readJson(c.req.raw, resetInput)
    if (!body.ok) return answerBodyRefusal(body.error)
    const { token, preview } = body.value
    const reset = await (preview ? previewReset : resetToken)(orderConsumer, requestContext(c), token)
    return reset.ok ? c.json(reset.value) : answerRefusal(describeResetRefusal(reset.error))
  })
  .post('/compare', async (c) => {
    const compared = await compareRecords(orderConsumer, requestContext(c))
    if (compared.ok) return c.json(compared.value)
    const refusal = compared.error
    if (refusal.reason === 'nothing_read') return c.json(NOTHING_COMPARED)
    return answerRefusal(describeComparisonRefusal(refusal))
  })
  .post('/orphans/restore', async (c) => {
    const body = await readJson(c.req.raw, restoreRequest)
    if (!body.ok) return answerBodyRefusal(body.error)
    const { preview } = body.value
    const restored = await restoreOrphans(orderConsumer, requestContext(c), preview)
    if (!restored.ok) return answerRefusal(describeNoAnswer(restored.error))
    return c.json({ preview, ...restoreAnswerOf(restored.value) })
  })
  .post('/quarantine/retry', async (c) => {
    const body = await readJson(c.req.raw, retryInput)
    if (!body.ok) return answerBodyRefusal(body.error)
    const subject = body.value
    const attempt = await retryOne(orderConsumer, requestContext(c), subject)
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
  const { db, now, requestId, log } = c.var
  const missing = await findMissingMigrations(db, RELEASE)
  if (missing.length > 0) {
    return problemResponse('database-out-of-date', describeMissing(RELEASE, missing), {}, { 'Retry-After': '60' })
  }
  const reasons = await findDegradedReasons(orderConsumer, { env: c.env, db, now, requestId, log })
  return c.json(reasons.length === 0 ? { status: 'ok' } : { status: 'degraded', reasons })
})
