import { Hono } from '../../../shared/edge/hono.ts'
import { ApiPage } from '../../../shared/openapi/page.tsx'
import { readDocument } from '../../../shared/openapi/asset.ts'
import type { OrderingEnv } from '../edge/ordering-env.ts'
import { frameFor } from '../edge/page-context.ts'
import { frameProps } from '../edge/frame.tsx'

/** What ordering's API says of itself, below /api. */
export const ownApi = new Hono<OrderingEnv>()
  .get('/', async (c) => {
    const document = await readDocument(c.env.ASSETS, 'ordering')
    return c.html(<ApiPage {...frameProps(frameFor(c))} document={document} />)
  })
  .get('/openapi.json', async (c) => c.json(await readDocument(c.env.ASSETS, 'ordering')))
