import type { Context } from 'hono'
import { Hono } from '../../../shared/edge/hono.ts'
import { sendCsv, sendXlsx } from '../../../shared/files/list-file.ts'
import { requestContext, type BillingEnv } from '../edge/billing-env.ts'
import { frameOf } from '../edge/page-context.ts'
import { InvalidQueryPage } from '../edge/refusal-pages.tsx'
import { monthRows } from './month-rows.ts'
import { month, readMonth } from './month.ts'

/** What was issued in a month, as a file. */
export const exportPages = new Hono<BillingEnv>()
  .get('/invoices.csv', (c) => sendMonth(c, sendCsv))
  .get('/invoices.xlsx', (c) => sendMonth(c, sendXlsx))

/** What was issued in the month that is asked for, as a file. */
async function sendMonth(c: Context<BillingEnv>, send: typeof sendCsv): Promise<Response> {
  const asked = month.safeParse(c.req.query('month') ?? '')
  if (!asked.success) {
    const errors = asked.error.issues.map(({ message }) => ({ pointer: '/month', detail: message }))
    return c.html(<InvalidQueryPage frame={frameOf(c)} errors={errors} />, 400)
  }
  const rows = monthRows(readMonth(requestContext(c), asked.data))
  return send(c.req.raw, { name: `invoices-${asked.data}`, sheet: `Invoices ${asked.data}`, rows })
}
