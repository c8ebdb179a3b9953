import { Hono } from '../../shared/hono.ts'
import { ApiPage } from '../../shared/api-page.tsx'
import { readDocument } from '../../shared/openapi-asset.ts'
import type { BillingEnv } from './context.ts'
import { frameOf } from './page-context.ts'
import { frameProps } from './pages/frame.tsx'

/** What billing's API says of itself, below /api. */
export const ownApi = new Hono<BillingEnv>()
  .get('/', async (c) => {
    const document = await readDocument(c.env.ASSETS, 'billing')
    return c.html(<ApiPage {...frameProps(frameOf(c))} document={document} />)
  })
  .get('/openapi.json', async (c) => c.json(await readDocument(c.env.ASSETS, 'billing')))
