import type { Context } from 'hono'
import { Hono } from '../../../shared/edge/hono.ts'
import { validator } from 'hono/validator'
import { parseOrderNumber } from '../../../shared/contract/links.ts'
import { PROBLEMS } from '../../../shared/edge/problem.ts'
import { compareRecords } from '../../../shared/handover/consumer/compare.ts'
import { restoreOrphans } from '../../../shared/handover/consumer/operator/restore-orphans.ts'
import { runPull } from '../../../shared/handover/consumer/pull/pull.ts'
import { retryOne } from '../../../shared/handover/consumer/pull/quarantine.ts'
import { reportState } from '../../../shared/handover/consumer/operator/report.ts'
import { listRunSlices, readHistory } from '../../../shared/handover/consumer/operator/report-store.ts'
import { previewReset, resetToken } from '../../../shared/handover/consumer/operator/reset.ts'
import { requestContext, type BillingEnv } from '../edge/billing-env.ts'
import { orderConsumer } from '../orders/order-consumer.ts'
import { searchOrder, traceOrder } from '../trace/search.ts'
import { frameOf } from '../edge/page-context.ts'
import { OrphansPage } from './pages/orphans-page.tsx'
import type { SyncNotice } from './pages/sync-notices.tsx'
import { ResetPage } from './pages/reset-page.tsx'
import { SyncPage } from './pages/sync-page.tsx'
import { FoundOrders, NothingFoundBy } from '../trace/found-orders.tsx'
import { NoTrace, TracePage, TraceResult } from '../trace/trace-page.tsx'
import { restoreAnswerOf, syncReportOf } from './answers.ts'
import { pictureBegin } from './run-history.ts'
import { LONGEST_SEARCH } from '../../../shared/edge/list-query.ts'
import { MAX_TOKEN_LENGTH } from '../../../shared/handover/protocol.ts'
import { meantSearch } from '../copies/searched-text.ts'
import { MAX_SUBJECT_LENGTH } from './input.ts'
import {
  describeComparisonRefusal,
  describeNoAnswer,
  describeResetRefusal,
  NOT_TRIED,
  type SyncRefusal,
} from './refusal.ts'
import type { TraceRefusal } from '../trace/trace.ts'

/** The token that a form or an address asks for: the empty one is the feed's start. */
const tokenForm = validator('form', ({ token }) => ({ token: textWithin(MAX_TOKEN_LENGTH, token) }))
const subjectForm = validator('form', ({ subject }) => ({ subject: textWithin(MAX_SUBJECT_LENGTH, subject) ?? '' }))

/** How billing keeps up with ordering, for people: the sync page, what an operator does there, and an order's trace. */
export const syncPages = new Hono<BillingEnv>()
  .get('/sync', (c) => answerSync(c, noticeIn(c)))
  // A refused form's page has the form's address: whoever reloads it, or signs in on the way, finds the sync page.
  .get('/sync/:act{run|compare}', (c) => c.redirect('/sync', 303))
  .get('/sync/orphans/restore', (c) => c.redirect('/sync', 303))
  .get('/sync/quarantine/retry', (c) => c.redirect('/sync', 303))
  .post('/sync/run', async (c) => {
    await runPull(orderConsumer, requestContext(c))
    return c.redirect('/sync', 303)
  })
  .post('/sync/compare', async (c) => {
    const compared = await compareRecords(orderConsumer, requestContext(c))
    // Where no pull has read anything, nothing differs: the page says that none has run.
    if (compared.ok || compared.error.reason === 'nothing_read') return c.redirect('/sync', 303)
    return answerRefused(c, 'The orders were not compared', describeComparisonRefusal(compared.error))
  })
  .get('/sync/reset', async (c) => {
    const previewed = await previewReset(
      orderConsumer,
      requestContext(c),
      readToken(textWithin(MAX_TOKEN_LENGTH, c.req.query('token'))),
    )
    if (!previewed.ok) return answerRefused(c, 'There is no preview', describeResetRefusal(previewed.error))
    return c.html(<ResetPage frame={frameOf(c)} preview={previewed.value} />)
  })
  .post('/sync/reset', tokenForm, async (c) => {
    const reset = await resetToken(orderConsumer, requestContext(c), readToken(c.req.valid('form').token))
    if (!reset.ok) return answerRefused(c, 'The token was not reset', describeResetRefusal(reset.error))
    return c.redirect('/sync', 303)
  })
  .get('/sync/orphans', async (c) => {
    const preview = await restoreOrphans(orderConsumer, requestContext(c), true)
    if (!preview.ok) return answerRefused(c, 'There is no preview', describeNoAnswer(preview.error))
    return c.html(<OrphansPage frame={frameOf(c)} preview={restoreAnswerOf(preview.value)} />)
  })
  .post('/sync/orphans/restore', async (c) => {
    const restored = await restoreOrphans(orderConsumer, requestContext(c), false)
    if (!restored.ok) return answerRefused(c, 'Not all orders were restored', describeNoAnswer(restored.error))
    return c.redirect('/sync?done=restored', 303)
  })
  .post('/sync/quarantine/retry', subjectForm, async (c) => {
    const { subject } = c.req.valid('form')
    const attempt = await retryOne(orderConsumer, requestContext(c), subject)
    if (attempt === 'no_answer') return answerRefused(c, 'It was not tried again', NOT_TRIED)
    return c.redirect(`/sync?${new URLSearchParams({ tried: subject }).toString()}`, 303)
  })
  .get('/trace', async (c) => {
    const { order, q } = c.req.query()
    if (order === undefined || order.trim() === '') return answerSearch(c, q?.trim() ?? '')
    const frame = frameOf(c)
    const asked = order.trim()
    const number = parseOrderNumber(asked)
    if (number === undefined) {
      return c.html(<TracePage frame={frame} asked={asked} error="Must be a whole number above 0" />, 400)
    }
    const traced = await traceOrder(requestContext(c), number)
    if (!traced.ok) sayWhenToRetry(c, traced.error)
    return c.html(
      <TracePage frame={frame} asked={asked}>
        {traced.ok ? (
          <TraceResult frame={frame} trace={traced.value} />
        ) : (
          <NoTrace frame={frame} number={number} refusal={traced.error} />
        )}
      </TracePage>,
      traced.ok ? 200 : TRACE_STATUSES[traced.error.reason],
    )
  })

async function answerSearch(c: Context<BillingEnv>, asked: string): Promise<Response> {
  const frame = frameOf(c)
  const q = meantSearch(asked)
  if (q === undefined) return c.html(<TracePage frame={frame} />)
  if (q.length > LONGEST_SEARCH) {
    return c.html(<TracePage frame={frame} asked={asked} error={`At most ${LONGEST_SEARCH} characters`} />, 400)
  }
  const searched = await searchOrder(requestContext(c), q)
  if (!searched.ok) {
    sayWhenToRetry(c, searched.error)
    return c.html(
      <TracePage frame={frame} asked={asked}>
        <NothingFoundBy asked={asked} refusal={searched.error} />
      </TracePage>,
      TRACE_STATUSES[searched.error.reason],
    )
  }
  const { trace } = searched.value
  return c.html(
    <TracePage frame={frame} asked={asked}>
      {trace === null ? (
        <FoundOrders asked={asked} search={searched.value} />
      ) : (
        <TraceResult frame={frame} trace={trace} />
      )}
    </TracePage>,
  )
}

function sayWhenToRetry(c: Context<BillingEnv>, { reason }: TraceRefusal): void {
  if (reason === 'no_answer') c.header('Retry-After', '5')
}

const TRACE_STATUSES = { unknown: 404, no_answer: 503 } as const

/**
 * What a form's field says, undefined where it is no text. One that is longer than any is cut to be longer by one: it is
 * none that there is, and the database is not asked for megabytes.
 */
function textWithin(most: number, text: unknown): string | undefined {
  return typeof text === 'string' ? text.slice(0, most + 1) : undefined
}

function readToken(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text
}

/** What the redirect after an act asks to be told, since the act's own request is over. */
function noticeIn(c: Context<BillingEnv>): SyncNotice | undefined {
  const { tried, done } = c.req.query()
  if (tried !== undefined) return { kind: 'tried', subject: tried }
  return done === 'restored' ? { kind: 'restored' } : undefined
}

async function answerSync(
  c: Context<BillingEnv>,
  notice: SyncNotice | undefined,
  status: 200 | 409 | 422 | 503 = 200,
): Promise<Response> {
  const { db, now } = c.var
  const [report, history, slices] = await Promise.all([
    reportState(orderConsumer, requestContext(c)),
    readHistory(db, orderConsumer.tables),
    listRunSlices(db, orderConsumer.tables, pictureBegin(now)),
  ])
  const view = { report: syncReportOf(report), history, slices, now }
  if (status === 503) c.header('Retry-After', '5')
  return c.html(<SyncPage frame={frameOf(c)} view={view} notice={notice} />, status)
}

function answerRefused(c: Context<BillingEnv>, act: string, refusal: SyncRefusal): Promise<Response> {
  return answerSync(c, { kind: 'refused', act, refusal }, PROBLEMS[refusal.problem].status)
}
