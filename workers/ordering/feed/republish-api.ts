import { Hono } from '../../../shared/edge/hono.ts'
import { answerBodyRefusal, readJson } from '../../../shared/edge/body.ts'
import type { OrderingEnv } from '../edge/ordering-env.ts'
import { republishInput } from './republish-input.ts'
import { republish } from '../../../shared/handover/publisher/republish-store.ts'
import { orderFeed } from './order-feed.ts'

/** Republishes orders, batch by batch: below /api. */
export const republishApi = new Hono<OrderingEnv>().post('/feed/republish', async (c) => {
  const body = await readJson(c.req.raw, republishInput)
  if (!body.ok) return answerBodyRefusal(body.error)
  const { after, limit } = body.value
  const { republished, last } = await republish(c.var.db, orderFeed, after, limit)
  c.var.log.warn('feed.republished', { by: c.var.user.email, after, republished, last })
  return c.json({ republished, next: republished < limit ? null : last })
})
