import { zValidator } from '@hono/zod-validator'
import type { Context } from 'hono'
import { Hono } from '../../../shared/edge/hono.ts'
import { etag } from 'hono/etag'
import { answerBodyRefusal, readJson } from '../../../shared/edge/body.ts'
import { problemResponse } from '../../../shared/edge/problem.ts'
import type { Result } from '../../../shared/result.ts'
import { requestContext, type BillingEnv } from '../edge/billing-env.ts'
import { approveInvoice, rejectInvoice } from './decide.ts'
import { type Decided, type DecisionRefusal, type Invoice, invoiceETag } from '../documents/invoice.ts'
import { invoiceQuery } from '../list/query.ts'
import { refuseQuery } from '../../../shared/edge/list-query.ts'
import { findInvoiceInPath, tagSeen } from './invoice-request.ts'
import { rejectionInput } from './rejection.ts'
import { listInvoices } from '../ledger/shown-invoice.ts'

/** Invoices and what is decided of them, for programs: below /api. */
export const invoicesApi = new Hono<BillingEnv>()
  .get('/invoices', zValidator('query', invoiceQuery, refuseQuery), async (c) => {
    const { filter, ...place } = c.req.valid('query')
    return c.json(await listInvoices(requestContext(c), filter, place))
  })
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
    return answerDecision(c, await approveInvoice(requestContext(c), invoice, seen))
  })
  .post('/invoices/:id/reject', async (c) => {
    const invoice = await findInvoiceInPath(c)
    if (invoice === undefined) return answerUnknown(c)
    const ifMatch = c.req.header('If-Match')
    if (ifMatch === undefined) return answerWithoutIfMatch(invoice)
    const body = await readJson(c.req.raw, rejectionInput)
    if (!body.ok) return answerBodyRefusal(body.error)
    const seen = await tagSeen(ifMatch, invoice)
    return answerDecision(c, await rejectInvoice(requestContext(c), invoice, seen, body.value.reason))
  })

async function answerInvoice(invoice: Invoice): Promise<Response> {
  return Response.json(invoice, { headers: { ETag: await invoiceETag(invoice) } })
}

function answerUnknown(c: Context): Response {
  return problemResponse('not-found', `There is no invoice ${c.req.param('id')}`)
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
        `Ordering and billing disagree about order ${orderNumber}, as happens after a restore: try again after the next pull`,
      )
    case 'left_out':
      return problemResponse('conflict', `Order ${orderNumber} is too large to be checked together with others`)
    case 'four_eyes':
      c.set('refusal', { reason: 'four_eyes', invoice: refusal.current.id })
      return problemResponse('four-eyes', `You ${refusal.involvement} order ${orderNumber} yourself`)
  }
}
