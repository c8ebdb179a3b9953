import { Hono } from 'hono'
import { ApiPage } from '../../shared/api-page.tsx'
import type { OpenApiDocument } from '../../shared/openapi.ts'
import type { OrderingEnv } from './context.ts'
import { describeOrderingApi } from './openapi.ts'
import { frameFor } from './page-context.tsx'
import { frameProps } from './pages/frame.tsx'

let described: OpenApiDocument | undefined

/** Made when it is first asked for: it takes longer than a request should that needs none of it. */
function ownDocument(): OpenApiDocument {
  described ??= describeOrderingApi()
  return described
}

/** What ordering's API says of itself, below /api. */
export const ownApi = new Hono<OrderingEnv>()
  .get('/', (c) => c.html(<ApiPage {...frameProps(frameFor(c))} document={ownDocument()} />))
  .get('/openapi.json', (c) => c.json(ownDocument()))
