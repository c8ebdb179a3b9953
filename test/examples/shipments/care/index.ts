import { Hono } from 'hono'
import * as z from 'zod/mini'
import { compareRecords } from '#shared/handover/consumer/compare.ts'
import { followOne } from '#shared/handover/consumer/deep-link.ts'
import { restoreOrphans } from '#shared/handover/consumer/operator/restore-orphans.ts'
import { runPull } from '#shared/handover/consumer/pull/pull.ts'
import { retryOne } from '#shared/handover/consumer/pull/quarantine.ts'
import { findDegradedReasons, reportState } from '#shared/handover/consumer/operator/report.ts'
import { resetToken } from '#shared/handover/consumer/operator/reset.ts'
import { contextOf } from '#shared/handover/consumer/worker.ts'
import { type CareEnv, shipmentCopies } from './schema.ts'

const app = new Hono<{ Bindings: CareEnv }>()
  /** The deep link: the shipment as the warehouse has it this moment, or else as care knows it, and why. */
  .get('/shipments/:id{[1-9][0-9]{0,11}}', async (c) => {
    const followed = await followOne(shipmentCopies, contextOf(c.env, 'api'), Number(c.req.param('id')), {})
    switch (followed.outcome) {
      case 'stored':
        return c.json({ ...followed.copy, stale: followed.stale })
      case 'unknown':
        return c.json({ error: 'The warehouse has dispatched no such shipment' }, 404)
      case 'unavailable':
      case 'unreadable':
        return c.json({ error: followed }, 503)
    }
  })
  .get('/sync', async (c) => c.json(await reportState(shipmentCopies, contextOf(c.env, 'api'))))
  .post('/sync/run', async (c) => c.json(await runPull(shipmentCopies, contextOf(c.env, 'api'))))
  .post('/sync/compare', async (c) => c.json(await compareRecords(shipmentCopies, contextOf(c.env, 'api'))))
  .post('/sync/reset', async (c) => {
    const { token } = z.object({ token: z.nullable(z.string()) }).parse(await c.req.json())
    return c.json(await resetToken(shipmentCopies, contextOf(c.env, 'api'), token))
  })
  .post('/sync/retry', async (c) => {
    const { subject } = z.object({ subject: z.string() }).parse(await c.req.json())
    return c.json({ attempt: (await retryOne(shipmentCopies, contextOf(c.env, 'api'), subject)) ?? null })
  })
  .post('/sync/orphans/restore', async (c) =>
    c.json(await restoreOrphans(shipmentCopies, contextOf(c.env, 'api'), false)),
  )
  .get('/health', async (c) => {
    const reasons = await findDegradedReasons(shipmentCopies, contextOf(c.env, 'api'))
    return c.json(reasons.length === 0 ? { status: 'ok' } : { status: 'degraded', reasons })
  })

export default {
  fetch: app.fetch,
  async scheduled(_controller, env) {
    await runPull(shipmentCopies, contextOf(env, 'cron'))
  },
} satisfies ExportedHandler<CareEnv>
