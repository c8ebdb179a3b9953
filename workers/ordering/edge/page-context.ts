import type { Context } from 'hono'
import { type Reader, readerOf } from '../../../shared/edge/reader.ts'
import type { OrderingEnv } from './ordering-env.ts'
import type { Frame } from './frame.tsx'
import { NoSuchOrderPage } from './no-order-pages.tsx'

/** Whom a page that answers the request is written for. */
export function readerFor(c: Context<OrderingEnv>): Reader {
  return readerOf(c.req.header('Accept-Language'), c.env.TIME_ZONE)
}

/**
 * What a page is framed with, from the request that asks for it.
 * @param locale in which the page is written, if not the one that the browser asks for
 */
export function frameFor(c: Context<OrderingEnv>, locale?: string): Frame {
  const reader = readerFor(c)
  return {
    user: c.var.user.email,
    roles: c.var.user.roles,
    otherOrigin: c.env.BILLING_ORIGIN,
    requestId: c.var.requestId,
    reader: { ...reader, locale: locale ?? reader.locale },
  }
}

/** The answer where no order has the number. */
export function noOrder(c: Context<OrderingEnv>): Response | Promise<Response> {
  return c.html(NoSuchOrderPage({ frame: frameFor(c) }), 404)
}
