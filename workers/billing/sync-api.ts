import { Hono } from 'hono'
import * as z from 'zod'
import { answerBodyRefusal, readJson } from '../../shared/body.ts'
import { problemResponse } from '../../shared/problem.ts'
import { type Comparison, type ComparisonRefusal, compareOrders } from './agreement.ts'
import { actingIn, type BillingEnv } from './context.ts'
import { runPull } from './order-pull.ts'
import { previewReset, type ResetRefusal, resetToken } from './reset.ts'
import { readSync } from './sync-store.ts'

const RETRY_AFTER = { 'Retry-After': '5' }

/** Null is the feed's start. A preview changes nothing. */
const resetInput = z.strictObject({ token: z.string().nullable(), preview: z.boolean() })

/** How billing keeps up with ordering, and what an operator does about it (contract, section 5), below /api/sync. */
export const syncApi = new Hono<BillingEnv>()
  .get('/', async (c) => c.json(await readSync(c.var.db, c.var.now)))
  .post('/run', async (c) => c.json(await runPull(actingIn(c))))
  .post('/reset', async (c) => {
    const body = await readJson(c.req.raw, resetInput)
    if (!body.ok) return answerBodyRefusal(body.error)
    const { token, preview } = body.value.value
    const reset = await (preview ? previewReset : resetToken)(actingIn(c), token)
    return reset.ok ? c.json(reset.value) : answerResetRefusal(reset.error)
  })
  .post('/compare', async (c) => {
    const compared = await compareOrders(actingIn(c))
    return compared.ok ? c.json(compared.value) : answerComparisonRefusal(compared.error)
  })

function answerResetRefusal(refusal: ResetRefusal): Response {
  switch (refusal.reason) {
    case 'unknown_token': {
      const detail = 'Neither null nor a token that a run of billing has ended with in this epoch'
      return problemResponse('invalid-body', detail, { errors: [{ pointer: '/token', detail }] })
    }
    case 'moved':
      return problemResponse('conflict', 'A run of the pull moved the token meanwhile, so it was not reset')
    case 'no_answer':
      return problemResponse('unavailable', `The feed cannot be read: ${refusal.detail}`, {}, RETRY_AFTER)
  }
}

/** What was compared while no pull has read anything: nothing, so nothing differs. */
const NOTHING_COMPARED: Comparison = { compared: 0, differing: [], mended: 0, agreedUpTo: null, agreedAt: null }

function answerComparisonRefusal(refusal: ComparisonRefusal): Response {
  switch (refusal.reason) {
    case 'nothing_read':
      return Response.json(NOTHING_COMPARED)
    case 'repairing':
    case 'restored':
      return problemResponse('conflict', 'Ordering was restored, and the next pulls repair first: compare afterwards')
    case 'unsettled':
      return problemResponse('conflict', 'Ordering is writing too much at the moment to be compared: try again')
    case 'no_answer':
      return problemResponse('unavailable', `Ordering does not answer: ${refusal.detail}`, {}, RETRY_AFTER)
  }
}
