import { Hono } from '../../../shared/edge/hono.ts'
import { problemResponse } from '../../../shared/edge/problem.ts'
import { actingIn, type BillingEnv } from '../edge/billing-env.ts'
import { invoiceETag } from '../documents/invoice.ts'
import { findInvoiceInPath, tagSeen } from '../invoices/invoice-request.ts'
import { replaceInvoice, type ReplacingRefusal } from './reissue.ts'

/** Invoicing anew what was credited, for programs. */
export const replacingApi = new Hono<BillingEnv>().post('/invoices/:id/anew', async (c) => {
  const invoice = await findInvoiceInPath(c)
  if (invoice === undefined) return answerUnknown(c.req.param('id'))
  const ifMatch = c.req.header('If-Match')
  if (ifMatch === undefined) {
    return problemResponse('precondition-required', `Send the ETag of invoice ${invoice.id} in If-Match`)
  }
  const replaced = await replaceInvoice(actingIn(c), invoice.id, await tagSeen(ifMatch, invoice))
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

function answerRefusal(id: number, refusal: ReplacingRefusal): Response {
  switch (refusal.reason) {
    case 'unknown':
      return answerUnknown(id)
    case 'stale':
      return problemResponse('stale', `Invoice ${id} changed since it was read`, { current: refusal.current })
    case 'not_approved':
      return problemResponse('conflict', `Only an approved invoice is made anew, and invoice ${id} is ${refusal.state}`)
    case 'not_replaceable':
      return problemResponse('conflict', refusal.detail)
  }
}
