import { zValidator } from '@hono/zod-validator'
import type { Context } from 'hono'
import { Hono } from '../../shared/edge/hono.ts'
import { etag } from 'hono/etag'
import { answerBodyRefusal, readJson } from '../../shared/edge/body.ts'
import { parseOrderNumber } from '../../shared/contract/links.ts'
import { problemResponse } from '../../shared/edge/problem.ts'
import { describeMissing } from '../../shared/db/release.ts'
import { findMissingMigrations } from '../../shared/db/release-store.ts'
import type { Result } from '../../shared/result.ts'
import { auditApi } from './records/audit-api.ts'
import { actingIn, type BillingEnv } from './edge/billing-env.ts'
import { creditApi } from './credit/api.ts'
import { approveInvoice, rejectInvoice } from './invoices/decide.ts'
import { erasureApi } from './records/erasure-api.ts'
import { type Decided, type DecisionRefusal, type Invoice, invoiceETag } from './invoices/invoice.ts'
import { invoiceQuery, traceQuery } from './list/query.ts'
import { answerInvalidQuery, findInvoiceInPath, tagSeen } from './invoices/invoice-request.ts'
import { ownApi } from './openapi-routes.tsx'
import { findCopy } from './orders/order-copy-store.ts'
import { searchOrder, traceOrder } from './trace/search.ts'
import { rejectionInput } from './invoices/rejection.ts'
import { RELEASE } from './release.ts'
import { replacingApi } from './credit/reissue-api.ts'
import { listInvoices } from './invoices/shown-invoice.ts'
import { syncApi } from './sync/api.ts'
import { findDegradedReasons } from './sync/report.ts'

/** Billing's JSON API (contract, section 5), below /api. */
export const api = new Hono<BillingEnv>()
  .route('/', ownApi)
  .get('/orders/:number', async (c) => {
    const number = parseOrderNumber(c.req.param('number'))
    const copy = number === undefined ? undefined : await findCopy(c.var.db, number)
    if (copy === undefined) return problemResponse('not-found', `There is no copy of an order ${c.req.param('number')}`)
    const { order, source, fetchedAt, orphaned } = copy
    if (order.state === 'Deleted') return problemResponse('deleted', `Order ${order.number} was deleted in ordering`)
    return c.json({ ...order, source, fetchedAt, orphaned })
  })
  .get('/orders/:number/trace', async (c) => {
    const number = parseOrderNumber(c.req.param('number'))
    const traced = number === undefined ? undefined : await traceOrder(actingIn(c), number)
    if (traced?.ok === true) return c.json(traced.value)
    return traced?.error.reason === 'no_answer'
      ? answerUntraceable(`order ${c.req.param('number')}`, traced.error.detail)
      : problemResponse('not-found', `Neither app knows a confirmed order ${c.req.param('number')}`)
  })
  .get(
    '/trace',
    zValidator('query', traceQuery, (parsed) => (parsed.success ? undefined : answerInvalidQuery(parsed.error))),
    async (c) => {
      const { q } = c.req.valid('query')
      const searched = await searchOrder(actingIn(c), q)
      if (searched.ok) return c.json(searched.value)
      switch (searched.error.reason) {
        case 'unknown':
          return problemResponse('not-found', `Neither app knows a confirmed order by “${q}”`)
        case 'no_answer':
          return answerUntraceable(`an order by “${q}”`, searched.error.detail)
      }
    },
  )
  .get(
    '/invoices',
    zValidator('query', invoiceQuery, (parsed) => (parsed.success ? undefined : answerInvalidQuery(parsed.error))),
    async (c) => {
      const { filter, ...place } = c.req.valid('query')
      return c.json(await listInvoices(actingIn(c), filter, place))
    },
  )
  .get('/invoices/:id', etag(), async (c) => {
    const invoice = await findInvoiceInPath(c)
    if (invoice === undefined) return answerUnknown(c)
    return answerInvoice(invoice)
  })
  .post('/invoices/:id/approve', async (c) => {
    const invoice = await findInvoiceInPath(c)
    if (invoice === undefined) return answerUnknown(c)
    const ifMatch = c.req.header('If-Match')
    if (ifMatch === undefined) return answerWithoutIfMatch(invoice)
    const seen = await tagSeen(ifMatch, invoice)
    return answerDecision(c, await approveInvoice(actingIn(c), invoice, seen))
  })
  .post('/invoices/:id/reject', async (c) => {
    const invoice = await findInvoiceInPath(c)
    if (invoice === undefined) return answerUnknown(c)
    const ifMatch = c.req.header('If-Match')
    if (ifMatch === undefined) return answerWithoutIfMatch(invoice)
    const body = await readJson(c.req.raw, rejectionInput)
    if (!body.ok) return answerBodyRefusal(body.error)
    const seen = await tagSeen(ifMatch, invoice)
    return answerDecision(c, await rejectInvoice(actingIn(c), invoice, seen, body.value.reason))
  })
  .route('/', creditApi)
  .route('/', replacingApi)
  .route('/sync', syncApi)
  .route('/', auditApi)
  .route('/', erasureApi)

/** Whether billing is well: 503 when its database is older than its code and, by the edge, when it does not answer. */
export const health = new Hono<BillingEnv>().get('/health', async (c) => {
  const missing = await findMissingMigrations(c.var.db, RELEASE)
  if (missing.length > 0) {
    return problemResponse('database-out-of-date', describeMissing(RELEASE, missing), {}, { 'Retry-After': '60' })
  }
  const reasons = await findDegradedReasons({ db: c.var.db, env: c.env, now: c.var.now })
  return c.json(reasons.length === 0 ? { status: 'ok' } : { status: 'degraded', reasons })
})

async function answerInvoice(invoice: Invoice): Promise<Response> {
  return Response.json(invoice, { headers: { ETag: await invoiceETag(invoice) } })
}

function answerUnknown(c: Context): Response {
  return problemResponse('not-found', `There is no invoice ${c.req.param('id')}`)
}

function answerUntraceable(order: string, why: string): Response {
  const detail = `Billing does not know ${order}, and ordering does not answer. ${why}`
  return problemResponse('unavailable', detail, {}, { 'Retry-After': '5' })
}

function answerWithoutIfMatch(invoice: Invoice): Response {
  return problemResponse('precondition-required', `Send the ETag of invoice ${invoice.id} in If-Match`)
}

async function answerDecision(c: Context<BillingEnv>, decided: Result<Decided, DecisionRefusal>): Promise<Response> {
  if (decided.ok) {
    const { invoice, on } = decided.value
    const copied = on.source === 'copy' ? { 'Copy-Fetched-At': on.fetchedAt } : {}
    const headers = { ETag: await invoiceETag(invoice), 'Decided-On': on.source, ...copied }
    return Response.json(invoice, { headers })
  }
  const refusal = decided.error
  if (refusal.reason === 'unknown') return answerUnknown(c)
  const { orderNumber } = refusal.current
  switch (refusal.reason) {
    case 'stale':
      return problemResponse('stale', `Order ${orderNumber} changed since the invoice was read`, {
        current: refusal.current,
      })
    case 'already_decided':
      return problemResponse('already-decided', `Invoice ${refusal.current.id} is ${refusal.current.state}`, {
        current: refusal.current,
      })
    case 'orphaned':
      return problemResponse('conflict', `Ordering no longer has order ${orderNumber}`)
    case 'quarantined':
      return problemResponse('conflict', `The latest change of order ${orderNumber} cannot be read`)
    case 'unreadable': {
      const { errors } = refusal
      return problemResponse('conflict', `Ordering’s record of order ${orderNumber} cannot be read`, { errors })
    }
    case 'unsettled':
      return problemResponse(
        'conflict',
        `Ordering and billing say different things of order ${orderNumber}, as after a restore: try again after the next pull`,
      )
    case 'left_out':
      return problemResponse('conflict', `Order ${orderNumber} is too large to be asked for with others`)
    case 'four_eyes':
      c.set('refusal', { reason: 'four_eyes', invoice: refusal.current.id })
      return problemResponse('four-eyes', `You ${refusal.involvement} order ${orderNumber} yourself`)
  }
}
