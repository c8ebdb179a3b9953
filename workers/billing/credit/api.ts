import { zValidator } from '@hono/zod-validator'
import { Hono } from '../../../shared/edge/hono.ts'
import { answerBodyRefusal, readJson } from '../../../shared/edge/body.ts'
import { parseOrderNumber } from '../../../shared/contract/links.ts'
import { problemResponse } from '../../../shared/edge/problem.ts'
import { requestContext, type BillingEnv } from '../edge/billing-env.ts'
import { creditInput, creditRequestOf } from './input.ts'
import { type CreditingRefusal, findCreditNote, issueCreditNote, listCreditNotes } from './credit-invoice.ts'
import { creditNoteQuery } from '../list/query.ts'
import { refuseQuery } from '../../../shared/edge/list-query.ts'
import { findInvoiceInPath, tagSeen } from '../invoices/invoice-request.ts'

/** Credit notes, for programs. */
export const creditApi = new Hono<BillingEnv>()
  .get('/credit-notes', zValidator('query', creditNoteQuery, refuseQuery), async (c) => {
    const { filter, ...place } = c.req.valid('query')
    return c.json(await listCreditNotes(requestContext(c), filter, place))
  })
  .get('/credit-notes/:id', async (c) => {
    const id = parseOrderNumber(c.req.param('id'))
    const creditNote = id === undefined ? undefined : await findCreditNote(requestContext(c), id)
    return creditNote === undefined
      ? problemResponse('not-found', `There is no credit note ${c.req.param('id')}`)
      : c.json(creditNote)
  })
  .post('/invoices/:id/credit-notes', async (c) => {
    const invoice = await findInvoiceInPath(c)
    if (invoice === undefined) return answerUnknown(c.req.param('id'))
    const ifMatch = c.req.header('If-Match')
    if (ifMatch === undefined) {
      return problemResponse('precondition-required', `Send the ETag of invoice ${invoice.id} in If-Match`)
    }
    const body = await readJson(c.req.raw, creditInput)
    if (!body.ok) return answerBodyRefusal(body.error)
    const request = creditRequestOf(body.value)
    const issued = await issueCreditNote(requestContext(c), invoice.id, await tagSeen(ifMatch, invoice), request)
    if (!issued.ok) {
      if (issued.error.reason === 'four_eyes') c.set('refusal', { reason: 'four_eyes', invoice: invoice.id })
      return answerRefusal(invoice.id, request.selection === 'all', issued.error)
    }
    return c.json(issued.value, 201, { Location: `/api/credit-notes/${issued.value.id}` })
  })

function answerUnknown(id: number | string): Response {
  return problemResponse('not-found', `There is no invoice ${id}`)
}

function answerRefusal(id: number, whole: boolean, refusal: CreditingRefusal): Response {
  switch (refusal.reason) {
    case 'unknown':
      return answerUnknown(id)
    case 'stale':
      return problemResponse('stale', `Invoice ${id} changed since it was read`, { current: refusal.current })
    case 'not_approved':
      return problemResponse(
        'conflict',
        `Only an approved invoice can be credited, and invoice ${id} is ${refusal.state}`,
      )
    case 'nothing_selected':
      return whole
        ? problemResponse('conflict', `Invoice ${id} is already fully credited`)
        : answerField('invalid-body', '/lines', 'Name a line or a charge')
    case 'no_such_line':
      return answerField('invalid-body', refusal.pointer, 'The invoice has nothing at this position')
    case 'credited_already':
      return answerField('conflict', refusal.pointer, 'This has already been credited')
    case 'four_eyes': {
      const { involvement, current } = refusal
      const what = involvement === 'approved' ? `invoice ${id}` : `order ${current.orderNumber}`
      return problemResponse('four-eyes', `You ${involvement} ${what} yourself`)
    }
    case 'not_reissuable':
      return problemResponse('conflict', refusal.detail)
  }
}

function answerField(name: 'invalid-body' | 'conflict', pointer: string, detail: string): Response {
  return problemResponse(name, `${pointer}: ${detail}`, { errors: [{ pointer, detail }] })
}
