import { Hono } from '../../shared/hono.ts'
import { answerBodyRefusal, readJson } from '../../shared/body.ts'
import { erasureInput } from '../../shared/personal-data.ts'
import { problemResponse } from '../../shared/problem.ts'
import { actingIn, type BillingEnv } from './context.ts'
import { eraseCustomer } from './erasure.ts'

/** Finds and erases a customer's data: below /api. */
export const erasureApi = new Hono<BillingEnv>().post('/personal-data/erase', async (c) => {
  const body = await readJson(c.req.raw, erasureInput)
  if (!body.ok) return answerBodyRefusal(body.error)
  const { customer, preview } = body.value
  const erased = await eraseCustomer(actingIn(c), customer, preview)
  if (erased.ok) return c.json(erased.value)
  const { orders } = erased.error
  const detail = `Invoices of this customer wait: decide them, or delete their orders (${orders.join(', ')})`
  return problemResponse('conflict', detail, { orders })
})
