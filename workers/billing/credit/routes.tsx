import type { Context } from 'hono'
import { Hono } from '../../../shared/edge/hono.ts'
import { validator } from 'hono/validator'
import { invoicePath, parseOrderNumber } from '../../../shared/contract/links.ts'
import type { FormError } from '../../../shared/ui/parts.tsx'
import { fieldErrors } from '../../../shared/edge/problem.ts'
import { requestContext, type BillingEnv } from '../edge/billing-env.ts'
import { type CreditForm, creditReason, readCreditForm, selectionOf } from './input.ts'
import {
  type CreditingRefusal,
  findCreditBound,
  findCreditNote,
  issueCreditNote,
  listCreditNotes,
  listCreditNotesOf,
} from './credit-invoice.ts'
import { type Invoice, invoiceETag } from '../documents/invoice.ts'
import { readSought } from '../documents/filter.ts'
import { creditNoteListQuery } from '../list/query.ts'
import { findInvoiceInPath } from '../invoices/invoice-request.ts'
import { frameOf } from '../edge/page-context.ts'
import { CreditInvoicePage, type CreditInvoiceView } from './pages/credit-invoice-page.tsx'
import { CreditNoteListPage } from './pages/credit-note-list-page.tsx'
import { CreditNotePage } from './pages/credit-note-page.tsx'
import { InvalidQueryPage, NoSuchCreditNotePage, NoSuchInvoicePage } from '../edge/refusal-pages.tsx'
import { creditNotePath } from '../edge/paths.ts'

const LIST_LENGTH = 50

/** A body that is no form at all is answered by the edge, 400. */
const creditForm = validator('form', (fields) => readCreditForm(fields))

/** Credit notes, for people: making one, each as a document, and all of them. */
export const creditPages = new Hono<BillingEnv>()
  .get('/credit-notes', async (c) => {
    const query = creditNoteListQuery.safeParse(c.req.query())
    if (!query.success) {
      return c.html(<InvalidQueryPage frame={frameOf(c)} errors={fieldErrors(query.error.issues)} />, 400)
    }
    const frame = frameOf(c)
    const sought = readSought(query.data, frame.reader.locale)
    const { creditNotes, next } = sought.ok
      ? await listCreditNotes(requestContext(c), sought.value, { after: query.data.after, limit: LIST_LENGTH })
      : { creditNotes: [], next: null }
    const errors = sought.ok ? [] : sought.error
    return c.html(
      <CreditNoteListPage frame={frame} query={query.data} creditNotes={creditNotes} next={next} errors={errors} />,
      sought.ok ? 200 : 400,
    )
  })
  .get('/credit-notes/:id', async (c) => {
    const id = parseOrderNumber(c.req.param('id'))
    const creditNote = id === undefined ? undefined : await findCreditNote(requestContext(c), id)
    if (creditNote === undefined) return c.html(<NoSuchCreditNotePage frame={frameOf(c)} />, 404)
    return c.html(<CreditNotePage frame={frameOf(c)} creditNote={creditNote} />)
  })
  .get('/invoices/:id/credit', async (c) => {
    const invoice = await findInvoiceInPath(c)
    if (invoice === undefined) return c.html(<NoSuchInvoicePage frame={frameOf(c)} />, 404)
    // What cannot be credited says so itself.
    if (invoice.state !== 'Approved') return c.redirect(invoicePath(invoice.id), 303)
    return answerForm(c, 200, invoice, beginCreditForm(c.req.query('reissue') === 'yes'))
  })
  .post('/invoices/:id/credit', creditForm, async (c) => {
    const invoice = await findInvoiceInPath(c)
    if (invoice === undefined) return c.html(<NoSuchInvoicePage frame={frameOf(c)} />, 404)
    const form = c.req.valid('form')
    const reason = creditReason.safeParse(form.reason)
    if (!reason.success) {
      return answerForm(c, 422, invoice, form, { name: 'reason', message: reason.error.issues[0]?.message ?? '' })
    }
    // Who chose lines and left the whole invoice chosen meant one of the two, and a credit note is for good.
    if (form.scope === 'all' && form.lines.length + form.charges.length > 0) {
      return answerForm(c, 422, invoice, form, {
        name: 'scope',
        message: 'Choose the whole invoice, or only the lines selected',
      })
    }
    const request = { selection: selectionOf(form), reason: reason.data, reissue: form.reissue }
    const issued = await issueCreditNote(requestContext(c), invoice.id, form.seen, request)
    // 303: a reload of what follows must not credit again (RFC 9110, section 15.4.4).
    if (issued.ok) return c.redirect(creditNotePath(issued.value.id), 303)
    return answerRefusal(c, invoice, form, issued.error)
  })

/** The form before anybody has filled it in; an invoice that is to be reissued has its reason already. */
function beginCreditForm(reissue: boolean): CreditForm {
  const reason = reissue ? 'The order was changed after the invoice was approved.' : ''
  return { seen: '', reason, scope: 'all', reissue, lines: [], charges: [] }
}

async function answerForm(
  c: Context<BillingEnv>,
  status: 200 | 403 | 409 | 412 | 422,
  invoice: Invoice,
  form: CreditForm,
  problem?: FormError,
): Promise<Response> {
  const view: CreditInvoiceView = {
    invoice,
    earlier: await listCreditNotesOf(requestContext(c), invoice.id),
    bound: await findCreditBound(requestContext(c), invoice),
    form,
    // The tag stays the one that was read, but for what was refused as out of date: that is judged by what is shown now.
    seen: form.seen === '' || status === 412 ? await invoiceETag(invoice) : form.seen,
    problem,
  }
  return c.html(<CreditInvoicePage frame={frameOf(c)} view={view} />, status)
}

function answerRefusal(
  c: Context<BillingEnv>,
  invoice: Invoice,
  form: CreditForm,
  refusal: CreditingRefusal,
): Response | Promise<Response> {
  switch (refusal.reason) {
    case 'unknown':
      return c.html(<NoSuchInvoicePage frame={frameOf(c)} />, 404)
    case 'stale':
      return answerForm(c, 412, refusal.current, form, {
        name: null,
        message:
          'The invoice has changed since you read it. Nothing was credited: review it as it is now, then send it ' +
          'again.',
      })
    case 'not_approved':
      return c.redirect(invoicePath(invoice.id), 303)
    case 'nothing_selected':
      return form.scope === 'all'
        ? answerForm(c, 409, invoice, form, { name: null, message: 'The invoice is already fully credited.' })
        : answerForm(c, 422, invoice, form, { name: 'scope', message: 'Choose a line or a charge' })
    case 'no_such_line':
      return answerForm(c, 422, invoice, form, { name: 'scope', message: 'Choose lines of the invoice' })
    case 'credited_already':
      return answerForm(c, 409, invoice, form, { name: 'scope', message: 'One of these has already been credited' })
    case 'four_eyes':
      c.set('refusal', { reason: 'four_eyes', invoice: invoice.id })
      return answerForm(c, 403, refusal.current, form, {
        name: null,
        message: 'Somebody else must credit this. Nothing was credited.',
      })
    case 'not_reissuable':
      return answerForm(c, 409, invoice, form, { name: 'reissue', message: `${refusal.detail}.` })
  }
}
