const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])
/** The media types that a page of another site can have a browser send without asking first (Fetch, section 2.2.2). */
const FORM_TYPE = /^(?:application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\b/i
/** What a browser says of a request that a page of this very origin, or the person alone, has begun (Fetch Metadata). */
const OWN_SITES = new Set(['same-origin', 'none'])

/**
 * Whether a write may come from where it comes from. One with an Origin must come from the app's own pages; one without
 * is a program's, and a program sends no form and uses the JSON API. A browser names the Origin with every write, and
 * most say in Sec-Fetch-Site whether that is another site, which no page can change.
 * @param origin the app's own, from its configuration: what a request says of it is its sender's word
 */
export function isFromHere(request: Request, origin: string): boolean {
  if (SAFE_METHODS.has(request.method)) return true
  const site = request.headers.get('Sec-Fetch-Site')
  if (site !== null && !OWN_SITES.has(site)) return false
  const { pathname } = new URL(request.url)
  const sender = request.headers.get('Origin')
  if (sender !== null) return sender === origin
  return pathname.startsWith('/api/') && !FORM_TYPE.test(request.headers.get('Content-Type') ?? '')
}
