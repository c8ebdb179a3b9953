import type { Context } from 'hono'
import { Hono } from '../../shared/edge/hono.ts'
import { validator } from 'hono/validator'
import { invoicePath, NEW_ORDER_LINK, parseOrderNumber } from '../../shared/contract/links.ts'
import { MePage } from '../../shared/ui/me-page.tsx'
import { ProblemPage } from '../../shared/ui/problem-page.tsx'
import { fieldErrors, isProblemName } from '../../shared/edge/problem.ts'
import { approvalPages } from './queue/routes.tsx'
import { sendCsv, sendXlsx } from '../../shared/files/list-file.ts'
import { actingIn, type BillingEnv } from './edge/billing-env.ts'
import { creditPages } from './credit/routes.tsx'
import { answerDecision, answerUnreasoned, noticeIn } from './invoices/decision-answer.tsx'
import { readDecisionForm } from './invoices/decision-form.ts'
import { approveInvoice, rejectInvoice } from './invoices/decide.ts'
import { readSought } from './list/filter.ts'
import { ANY_STATE, invoiceListQuery, usualState } from './list/query.ts'
import { countMismatched } from './list/invoice-list-store.ts'
import { findInvoiceInPath } from './invoices/invoice-request.ts'
import { answerLink } from './orders/link-answer.tsx'
import { monthRows } from './export/month-rows.ts'
import { month, monthOf, readMonth } from './export/month.ts'
import { findCopy } from './orders/order-copy-store.ts'
import { frameOf, findView } from './edge/page-context.ts'
import { frameProps } from './edge/frame.tsx'
import { InvoiceListPage } from './list/invoice-list-page.tsx'
import { InvoicePage } from './invoices/pages/invoice-page.tsx'
import { OrderPage } from './orders/order-page.tsx'
import { InvalidQueryPage, NoSuchInvoicePage, NoSuchOrderPage, OrderDeletedPage } from './edge/refusal-pages.tsx'
import { readQueue } from './queue/queue-store.ts'
import { rejectionReason } from './invoices/rejection.ts'
import { replacingPages } from './credit/reissue-routes.tsx'
import { DESCRIBED_RIGHTS } from './edge/rights.ts'
import { findInvoiceOfOrder, listInvoices } from './invoices/shown-invoice.ts'
import { syncPages } from './sync/routes.tsx'

const LIST_LENGTH = 50

/** A body that is no form at all is answered by the edge, 400. */
const decisionForm = validator('form', (fields) => readDecisionForm(fields))

/** What people see of billing. */
export const pages = new Hono<BillingEnv>()
  .get('/', (c) => answerList(c))
  .get('/invoices', (c) => answerList(c))
  .get('/invoices.csv', (c) => sendMonth(c, sendCsv))
  .get('/invoices.xlsx', (c) => sendMonth(c, sendXlsx))
  .get('/invoices/:id', async (c) => {
    const id = parseOrderNumber(c.req.param('id'))
    const view = id === undefined ? undefined : await findView(c, id)
    if (view === undefined) return answerNoSuchInvoice(c)
    return c.html(<InvoicePage frame={frameOf(c)} view={view} notice={noticeIn(c, view.invoice)} />)
  })
  // A refused form's page has the form's address: whoever loads it anew, or signs in on the way, finds the invoice.
  .get('/invoices/:id/:decision{approve|reject}', async (c) => {
    const invoice = await findInvoiceInPath(c)
    return invoice === undefined ? answerNoSuchInvoice(c) : c.redirect(invoicePath(invoice.id), 303)
  })
  .post('/invoices/:id/approve', decisionForm, async (c) => {
    const invoice = await findInvoiceInPath(c)
    if (invoice === undefined) return answerNoSuchInvoice(c)
    const form = c.req.valid('form')
    return answerDecision(c, form, await approveInvoice(actingIn(c), invoice, form.seen))
  })
  .post('/invoices/:id/reject', decisionForm, async (c) => {
    const invoice = await findInvoiceInPath(c)
    if (invoice === undefined) return answerNoSuchInvoice(c)
    const form = c.req.valid('form')
    const reason = rejectionReason.safeParse(form.reason)
    if (!reason.success) return answerUnreasoned(c, invoice, form, reason.error.issues[0]?.message)
    return answerDecision(c, form, await rejectInvoice(actingIn(c), invoice, form.seen, reason.data))
  })
  .get('/orders/:number', async (c) => {
    const number = parseOrderNumber(c.req.param('number'))
    const copy = number === undefined ? undefined : await findCopy(c.var.db, number)
    if (copy === undefined) return c.html(<NoSuchOrderPage frame={frameOf(c)} number={number} />, 404)
    const { order } = copy
    const invoice = await findInvoiceOfOrder(actingIn(c), order.number)
    if (order.state === 'Deleted') {
      return c.html(<OrderDeletedPage frame={frameOf(c)} number={order.number} invoice={invoice} />, 410)
    }
    return c.html(<OrderPage frame={frameOf(c)} copy={copy} invoice={invoice} now={c.var.now} />)
  })
  .get(NEW_ORDER_LINK, (c) => answerLink(c, parseOrderNumber(c.req.param('number'))))
  .route('/', approvalPages)
  .route('/', creditPages)
  .route('/', replacingPages)
  .route('/', syncPages)
  .get('/me', (c) => c.html(<MePage {...frameProps(frameOf(c))} me={c.var.user} rights={DESCRIBED_RIGHTS} />))
  .get('/problems/:name', (c) => {
    const name = c.req.param('name')
    return isProblemName(name) ? c.html(<ProblemPage {...frameProps(frameOf(c))} name={name} />) : c.notFound()
  })

async function answerList(c: Context<BillingEnv>): Promise<Response> {
  const query = invoiceListQuery.safeParse(c.req.query())
  if (!query.success) {
    return c.html(<InvalidQueryPage frame={frameOf(c)} errors={fieldErrors(query.error.issues)} />, 400)
  }
  const { state, order, mismatched, after } = query.data
  const frame = frameOf(c)
  const sought = readSought(query.data, frame.reader.locale)
  const isQueue = state === 'ToApprove' && usualState(query.data) === state
  const place = { after, limit: LIST_LENGTH, oldestFirst: state === 'ToApprove' }
  const filter = { state: state === ANY_STATE ? undefined : state, order, mismatched: mismatched !== undefined }
  const [list, queue, count] = await Promise.all([
    sought.ok ? listInvoices(actingIn(c), { ...sought.value, ...filter }, place) : { invoices: [], next: null },
    isQueue ? readQueue(c.var.db) : undefined,
    countMismatched(c.var.db),
  ])
  return c.html(
    <InvoiceListPage
      frame={frame}
      query={query.data}
      list={list}
      queue={queue}
      mismatched={count}
      errors={sought.ok ? [] : sought.error}
      month={monthOf(c.var.now, c.env.TIME_ZONE)}
      now={c.var.now}
    />,
    sought.ok ? 200 : 400,
  )
}

function answerNoSuchInvoice(c: Context<BillingEnv>): Response | Promise<Response> {
  return c.html(<NoSuchInvoicePage frame={frameOf(c)} />, 404)
}

/** What was issued in the month that is asked for, as a file. */
async function sendMonth(c: Context<BillingEnv>, send: typeof sendCsv): Promise<Response> {
  const asked = month.safeParse(c.req.query('month') ?? '')
  if (!asked.success) {
    const errors = asked.error.issues.map(({ message }) => ({ pointer: '/month', detail: message }))
    return c.html(<InvalidQueryPage frame={frameOf(c)} errors={errors} />, 400)
  }
  const rows = monthRows(readMonth(actingIn(c), asked.data))
  return send(c.req.raw, { name: `invoices-${asked.data}`, sheet: `Invoices ${asked.data}`, rows })
}
