import type { Context } from 'hono'
import { Hono } from '../../../shared/edge/hono.ts'
import { fieldErrors } from '../../../shared/edge/problem.ts'
import { requestContext, type BillingEnv } from '../edge/billing-env.ts'
import { frameOf } from '../edge/page-context.ts'
import { InvalidQueryPage } from '../edge/refusal-pages.tsx'
import { monthOf } from '../export/month.ts'
import { listInvoices } from '../ledger/shown-invoice.ts'
import { readSought } from '../documents/filter.ts'
import { InvoiceListPage } from './invoice-list-page.tsx'
import { countMismatched } from '../documents/invoice-list-store.ts'
import { ANY_STATE, invoiceListQuery, usualState } from './query.ts'
import { readQueue } from '../documents/queue-store.ts'

const LIST_LENGTH = 50

/** The list of invoices, which begins with those that wait for approval. */
export const listPages = new Hono<BillingEnv>().get('/', (c) => answerList(c)).get('/invoices', (c) => answerList(c))

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
    sought.ok ? listInvoices(requestContext(c), { ...sought.value, ...filter }, place) : { invoices: [], next: null },
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
