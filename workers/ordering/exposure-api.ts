import { Hono } from '../../shared/hono.ts'
import { answerBodyRefusal, readJson } from '../../shared/body.ts'
import type { OrderingEnv } from './context.ts'
import { exposureInput } from './exposure.ts'
import { exposeAgain } from './exposure-store.ts'

/** How all orders are sent to the feed's readers again, batch by batch: below /api. */
export const exposureApi = new Hono<OrderingEnv>().post('/feed/expose', async (c) => {
  const body = await readJson(c.req.raw, exposureInput)
  if (!body.ok) return answerBodyRefusal(body.error)
  const { after, limit } = body.value
  const { exposed, last } = await exposeAgain(c.var.db, after, limit)
  c.var.log.warn('feed.exposed', { by: c.var.user.email, after, exposed, last })
  return c.json({ exposed, next: exposed < limit ? null : last })
})
