import type { Context } from 'hono'
import { requestContext, type BillingEnv } from '../edge/billing-env.ts'
import { followLink } from '../orders/linked-order.ts'
import { frameOf } from '../edge/page-context.ts'
import { makeView } from './view.ts'
import { InvoicePage } from './pages/invoice-page.tsx'
import {
  OrderDeletedPage,
  OrderingUnavailablePage,
  UnknownOrderPage,
  UnreadableOrderPage,
} from '../edge/refusal-pages.tsx'

const RETRY_AFTER = { 'Retry-After': '5' }

/** Answers who follows the link to a new order's invoice; `number` is undefined where the address names no order. */
export async function answerLink(c: Context<BillingEnv>, number: number | undefined): Promise<Response> {
  const frame = frameOf(c)
  if (number === undefined) return c.html(<UnknownOrderPage frame={frame} number={undefined} />, 404)
  const link = await followLink(requestContext(c), number)
  switch (link.outcome) {
    case 'invoice': {
      const view = await makeView(c, link.invoice, link)
      const notice = link.stale === null ? undefined : ({ kind: 'stale_copy', ...link.stale } as const)
      return c.html(<InvoicePage frame={frame} view={view} notice={notice} />)
    }
    case 'unknown':
      return c.html(<UnknownOrderPage frame={frame} number={number} />, 404)
    case 'deleted':
      return c.html(<OrderDeletedPage frame={frame} number={number} invoice={link.invoice ?? undefined} />, 410)
    case 'unavailable':
      return c.html(<OrderingUnavailablePage frame={frame} number={number} detail={link.detail} />, 503, RETRY_AFTER)
    case 'unreadable':
      return c.html(<UnreadableOrderPage frame={frame} number={number} errors={link.errors} />, 503, RETRY_AFTER)
  }
}
