import type { Context } from 'hono'
import { Hono } from '../edge/hono.ts'
import type { FrameProps } from '../ui/layout.tsx'
import type { OpenApiDocument } from './format.ts'
import { ApiPage } from './page.tsx'

/** What an app's API says of itself, below /api: as a page within `frame`, and as its document. */
export function makeOwnApi<E extends { Bindings: { ASSETS: Fetcher } }>(
  app: 'ordering' | 'billing',
  frame: (c: Context<E>) => FrameProps,
) {
  return new Hono<E>()
    .get('/', async (c) => c.html(<ApiPage {...frame(c)} document={await readDocument(c.env.ASSETS, app)} />))
    .get('/openapi.json', async (c) => c.json(await readDocument(c.env.ASSETS, app)))
}

/**
 * The document of an app's API, from the app's assets: what assembles it would be a tenth of the Worker, and a test holds
 * the asset to what is assembled. Throws if the asset is not there.
 */
async function readDocument(assets: Fetcher, app: 'ordering' | 'billing'): Promise<OpenApiDocument> {
  // An asset's address needs an origin, and any will do.
  const answer = await assets.fetch(`https://assets.invalid/openapi/${app}.json`)
  if (!answer.ok) throw new Error(`Cannot read the asset openapi/${app}.json: ${answer.status}`)
  return answer.json()
}
