import type { MiddlewareHandler } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import type { EdgeEnv } from './context.ts'

/**
 * The headers that every answer has (contract, section 9): nothing runs, is framed or is sent elsewhere but what is
 * named here. `formOrigins` are those beside the app's own to which a form's answer may lead.
 */
export function protectAnswers(formOrigins: readonly string[]): MiddlewareHandler<EdgeEnv> {
  const setHeaders = secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      fontSrc: ["'self'"],
      connectSrc: ["'self'"],
      formAction: ["'self'", ...formOrigins],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
    },
    xFrameOptions: 'DENY',
    // With no-referrer a browser would say that our own forms come from Origin null (Fetch, section 3.2).
    referrerPolicy: 'same-origin',
    strictTransportSecurity: 'max-age=31536000; includeSubDomains',
  })
  return async (c, next) => {
    await setHeaders(c, next)
    c.header('Cache-Control', 'private, no-store')
    // An order or an invoice is asked for as its link is pressed, and not only once it is let go. Not before, while the
    // pointer rests on it: a browser shows what it fetched ahead for minutes, whatever Cache-Control says.
    if (c.res.headers.get('Content-Type')?.startsWith('text/html')) c.header('Speculation-Rules', '"/fetch-ahead.json"')
    // Set again: what a handler made as a plain Response does not carry what was set before it.
    c.header('X-Request-Id', c.var.requestId)
  }
}
