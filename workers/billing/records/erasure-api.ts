import { Hono } from '../../../shared/edge/hono.ts'
import { answerBodyRefusal, readJson } from '../../../shared/edge/body.ts'
import { erasureInput } from '../../../shared/contract/personal-data.ts'
import { problemResponse } from '../../../shared/edge/problem.ts'
import { requestContext, type BillingEnv } from '../edge/billing-env.ts'
import { eraseCustomer, type ErasureRefusal } from './erasure.ts'

/** Finds and erases a customer's data in both apps: below /api. */
export const erasureApi = new Hono<BillingEnv>().post('/personal-data/erase', async (c) => {
  const body = await readJson(c.req.raw, erasureInput)
  if (!body.ok) return answerBodyRefusal(body.error)
  const { customer, preview } = body.value
  const erased = await eraseCustomer(requestContext(c), customer, preview)
  return erased.ok ? c.json(erased.value) : answerRefusal(erased.error)
})

/** The member `orders` names them all. */
const MOST_NAMED = 20
const RETRY_AFTER = { 'Retry-After': '5' }

function answerRefusal(refusal: ErasureRefusal): Response {
  switch (refusal.reason) {
    case 'waiting': {
      const { orders } = refusal
      const named = orders.slice(0, MOST_NAMED).join(', ') + (orders.length > MOST_NAMED ? ', …' : '')
      const detail =
        `Nothing was erased: the invoices of these orders are still to be decided, corrected or created (${named}). Decide ` +
        'them, or delete the orders; a missing invoice comes with the next pull'
      return problemResponse('conflict', detail, { orders })
    }
    case 'no_answer': {
      const detail = `Ordering does not answer, so the customer may not have been erased yet: try again. ${refusal.detail}`
      return problemResponse('unavailable', detail, {}, RETRY_AFTER)
    }
    case 'unfinished': {
      const detail =
        'The customer is erased in ordering but not yet in billing, whose database does not answer: try again'
      return problemResponse('unavailable', detail, {}, RETRY_AFTER)
    }
  }
}
