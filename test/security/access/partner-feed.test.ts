import { beforeEach, describe, expect, it } from 'vitest'
import { anOrder, placeDraft, placeOrder } from '../../support/orders.ts'
import { startTogether, type Together } from '../../support/together.ts'
import { openFeed } from '../../together/feed-reader.ts'

const PARTNER = { ordering: { ROLES: '{"email:you@example.com": ["feed"]}' } }
const EVERYTHING = '{"group-name:waybill-managers": ["manager"], "group-name:waybill-partners": ["feed"]}'

let together: Together

describe('a partner', () => {
  beforeEach(async () => {
    together = await startTogether(PARTNER)
  })

  it('reads the feed, and nothing else', async () => {
    const { ordering } = together
    const page = await ordering.fetch('/api/feed/orders')
    expect(page.status).toBe(200)
    expect(page.headers.get('Cache-Control')).toContain('no-store')
    expect(await page.json()).toMatchObject({ orders: [], more: false })
    for (const path of ['/', '/orders', '/api/orders', '/api/orders/1', '/api/customers', '/customers']) {
      expect([path, (await ordering.fetch(path)).status]).toEqual([path, 403])
    }
    expect((await ordering.send('POST', '/api/orders', anOrder())).status).toBe(403)
  })

  it('is answered 400 to what is no token or no limit, as billing is', async () => {
    const { ordering } = together
    for (const query of ['after=x', 'limit=0', 'limit=1001', 'limit=1.5', 'after=']) {
      const response = await ordering.fetch(`/api/feed/orders?${query}`)
      expect([query, response.status]).toEqual([query, 400])
      expect(response.headers.get('Content-Type')).toBe('application/problem+json')
    }
  })

  it('that asks too often is answered 429, and when to ask again', async () => {
    const { ordering } = together
    let last = await ordering.fetch('/api/feed/orders')
    // Twice the limit: the minute may turn meanwhile, and all count from zero.
    for (let asked = 0; asked < 1_250 && last.status === 200; asked += 50) {
      const answers = await Promise.all(Array.from({ length: 50 }, () => ordering.fetch('/api/feed/orders')))
      last = answers.find(({ status }) => status !== 200) ?? last
    }
    expect(last.status).toBe(429)
    expect(Number(last.headers.get('Retry-After'))).toBeGreaterThan(0)
    expect(await last.json()).toMatchObject({ type: '/problems/too-many-requests' })
  })
})

it('the feed for partners has the pages that billing reads: same orders, same tokens, same end', async () => {
  together = await startTogether({ ordering: { ROLES: EVERYTHING } })
  const { ordering } = together
  const feed = await openFeed(together)
  for (let nr = 1; nr <= 5; nr += 1) await placeOrder(ordering, anOrder({ note: `Order ${nr}` }))
  await placeDraft(ordering)
  let after = ''
  for (const more of [true, true, false, false]) {
    const query = `?limit=2${after === '' ? '' : `&after=${after}`}`
    const partners = await ordering.fetch(`/api/feed/orders${query}`)
    const page = (await partners.json()) as { next: string; more: boolean; orders: unknown[] }
    expect(page.more).toBe(more)
    expect(await (await feed.fetch(`/orders${query}`)).json()).toEqual(page)
    after = page.next
  }
})
