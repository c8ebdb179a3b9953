import { Hono } from 'hono'
import { ApiPage } from '../../shared/api-page.tsx'
import type { OpenApiDocument } from '../../shared/openapi.ts'
import type { BillingEnv } from './context.ts'
import { describeBillingApi } from './openapi.ts'
import { frameOf } from './page-context.ts'
import { frameProps } from './pages/frame.tsx'

let described: OpenApiDocument | undefined

/** Made when it is first asked for: it takes longer than a request should that needs none of it. */
function ownDocument(): OpenApiDocument {
  described ??= describeBillingApi()
  return described
}

/** What billing's API says of itself, below /api. */
export const ownApi = new Hono<BillingEnv>()
  .get('/', (c) => c.html(<ApiPage {...frameProps(frameOf(c))} document={ownDocument()} />))
  .get('/openapi.json', (c) => c.json(ownDocument()))
