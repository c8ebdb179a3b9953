import { zValidator } from '@hono/zod-validator'
import { Hono } from '../../../shared/edge/hono.ts'
import { parseOrderNumber } from '../../../shared/contract/links.ts'
import { problemResponse } from '../../../shared/edge/problem.ts'
import { requestContext, type BillingEnv } from '../edge/billing-env.ts'
import { traceQuery } from '../list/query.ts'
import { refuseQuery } from '../../../shared/edge/list-query.ts'
import { searchOrder, traceOrder } from './search.ts'

/** Where an order is, for programs: below /api. */
export const traceApi = new Hono<BillingEnv>()
  .get('/orders/:number/trace', async (c) => {
    const number = parseOrderNumber(c.req.param('number'))
    const traced = number === undefined ? undefined : await traceOrder(requestContext(c), number)
    if (traced?.ok === true) return c.json(traced.value)
    return traced?.error.reason === 'no_answer'
      ? answerUntraceable(`order ${c.req.param('number')}`, traced.error.detail)
      : problemResponse('not-found', `Neither app knows of a confirmed order ${c.req.param('number')}`)
  })
  .get('/trace', zValidator('query', traceQuery, refuseQuery), async (c) => {
    const { q } = c.req.valid('query')
    const searched = await searchOrder(requestContext(c), q)
    if (searched.ok) return c.json(searched.value)
    switch (searched.error.reason) {
      case 'unknown':
        return problemResponse('not-found', `Neither app knows of a confirmed order by “${q}”`)
      case 'no_answer':
        return answerUntraceable(`an order by “${q}”`, searched.error.detail)
    }
  })

function answerUntraceable(order: string, why: string): Response {
  const detail = `Billing does not know of ${order}, and ordering does not answer. ${why}`
  return problemResponse('unavailable', detail, {}, { 'Retry-After': '5' })
}
