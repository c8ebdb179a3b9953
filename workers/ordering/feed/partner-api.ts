import { Hono } from '../../../shared/edge/hono.ts'
import { problemResponse } from '../../../shared/edge/problem.ts'
import type { OrderingEnv } from '../edge/ordering-env.ts'
import { answerBatch } from '../../../shared/handover/publisher/answer.ts'
import { orderFeed } from './order-feed.ts'
import { openSequencer } from './sequencer.ts'

/** The period of the binding FEED_LIMIT: after it a partner may ask again, whatever it asked before. */
const PERIOD_SECONDS = '60'

/** The feed for partners' programs, which hold a service token of Access: below /api. Reading anything else is not limited by rate. */
export const partnerApi = new Hono<OrderingEnv>().get('/feed/orders', async (c) => {
  const { success } = await c.env.FEED_LIMIT.limit({ key: c.var.user.email })
  if (!success) {
    c.set('refusal', { reason: 'asked_too_often' })
    return problemResponse(
      'too-many-requests',
      'Too many requests to the feed by this token',
      {},
      {
        'Retry-After': PERIOD_SECONDS,
      },
    )
  }
  const query = new URL(c.req.url).searchParams
  return answerBatch(orderFeed, { db: c.var.db, sequencer: openSequencer(c.env) }, { query })
})
