import { Hono } from '../../../shared/edge/hono.ts'
import { ApiPage } from '../../../shared/openapi/page.tsx'
import { readDocument } from '../../../shared/openapi/asset.ts'
import type { BillingEnv } from '../edge/billing-env.ts'
import { frameOf } from '../edge/page-context.ts'
import { frameProps } from '../edge/frame.tsx'

/** What billing's API says of itself, below /api. */
export const ownApi = new Hono<BillingEnv>()
  .get('/', async (c) => {
    const document = await readDocument(c.env.ASSETS, 'billing')
    return c.html(<ApiPage {...frameProps(frameOf(c))} document={document} />)
  })
  .get('/openapi.json', async (c) => c.json(await readDocument(c.env.ASSETS, 'billing')))
