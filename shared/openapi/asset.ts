import type { OpenApiDocument } from './document.ts'

/**
 * The document of an app's API, from the app's assets: what makes it of the schemas would be a tenth of the Worker, and
 * a test holds the asset to what is made. Throws if the asset is not there.
 */
export async function readDocument(assets: Fetcher, app: 'ordering' | 'billing'): Promise<OpenApiDocument> {
  // An asset's address needs an origin, and any will do.
  const answer = await assets.fetch(`https://assets.invalid/openapi/${app}.json`)
  if (!answer.ok) throw new Error(`Cannot read the asset openapi/${app}.json: ${answer.status}`)
  return answer.json()
}
