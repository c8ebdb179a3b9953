import { Hono } from '../../../shared/edge/hono.ts'
import { answerBodyRefusal, readJson } from '../../../shared/edge/body.ts'
import type { OrderingEnv } from '../edge/ordering-env.ts'
import { exposureInput } from './republish-input.ts'
import { exposeAgain } from './republish-store.ts'

/** How all orders are sent to the feed's readers again, batch by batch: below /api. */
export const exposureApi = new Hono<OrderingEnv>().post('/feed/expose', async (c) => {
  const body = await readJson(c.req.raw, exposureInput)
  if (!body.ok) return answerBodyRefusal(body.error)
  const { after, limit } = body.value
  const { exposed, last } = await exposeAgain(c.var.db, after, limit)
  c.var.log.warn('feed.exposed', { by: c.var.user.email, after, exposed, last })
  return c.json({ exposed, next: exposed < limit ? null : last })
})
