import { Hono } from '../../shared/hono.ts'
import { answerBodyRefusal, readJson } from '../../shared/body.ts'
import { erasureInput, type OrderingErasure } from '../../shared/personal-data.ts'
import { actingFor, type OrderingEnv } from './context.ts'
import { erasePersonalData, findPersonalData } from './erasure-store.ts'

/** Finds and erases a customer's data: below /api. */
export const erasureApi = new Hono<OrderingEnv>().post('/personal-data/erase', async (c) => {
  const body = await readJson(c.req.raw, erasureInput)
  if (!body.ok) return answerBodyRefusal(body.error)
  const { customer, preview } = body.value
  const found = preview
    ? await findPersonalData(c.var.db, customer)
    : await erasePersonalData(c.var.db, customer, actingFor(c))
  if (!preview) c.var.log.warn('personal-data.erased', { orders: found.orders })
  return c.json({ preview, ...found } satisfies OrderingErasure)
})
