import { Hono } from '../../../shared/edge/hono.ts'
import { problemResponse } from '../../../shared/edge/problem.ts'
import { requestContext, type BillingEnv } from '../edge/billing-env.ts'
import { invoiceETag } from '../documents/invoice.ts'
import { findInvoiceInPath, tagSeen } from '../invoices/invoice-request.ts'
import { reissueInvoice, type ReissueRefusal } from './reissue.ts'

/** Reissuing what was credited, for programs. */
export const reissueApi = new Hono<BillingEnv>().post('/invoices/:id/reissue', async (c) => {
  const invoice = await findInvoiceInPath(c)
  if (invoice === undefined) return answerUnknown(c.req.param('id'))
  const ifMatch = c.req.header('If-Match')
  if (ifMatch === undefined) {
    return problemResponse('precondition-required', `Send the ETag of invoice ${invoice.id} in If-Match`)
  }
  const replaced = await reissueInvoice(requestContext(c), invoice.id, await tagSeen(ifMatch, invoice))
  if (!replaced.ok) return answerRefusal(invoice.id, replaced.error)
  const { invoice: replacement, made } = replaced.value
  const headers = { ETag: await invoiceETag(replacement) }
  return made
    ? c.json(replacement, 201, { ...headers, Location: `/api/invoices/${replacement.id}` })
    : c.json(replacement, 200, headers)
})

function answerUnknown(id: number | string): Response {
  return problemResponse('not-found', `There is no invoice ${id}`)
}

function answerRefusal(id: number, refusal: ReissueRefusal): Response {
  switch (refusal.reason) {
    case 'unknown':
      return answerUnknown(id)
    case 'stale':
      return problemResponse('stale', `Invoice ${id} changed since it was read`, { current: refusal.current })
    case 'not_approved':
      return problemResponse(
        'conflict',
        `Only an approved invoice can be reissued, and invoice ${id} is ${refusal.state}`,
      )
    case 'not_reissuable':
      return problemResponse('conflict', refusal.detail)
  }
}
