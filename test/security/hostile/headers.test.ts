import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isFromHere } from '../../../shared/access/origin.ts'
import { RULES as BILLING_RULES } from '../../../workers/billing/edge/rights.ts'
import { RULES as ORDERING_RULES } from '../../../workers/ordering/edge/rights.ts'
import { anOrder, placeDraft, placeOrder } from '../../support/orders.ts'
import { ROOT } from '../../../shared/project/project.ts'
import { BILLING_ORIGIN, ORDERING_ORIGIN, startTogether } from '../../support/together.ts'

const RULES = { ordering: ORDERING_RULES, billing: BILLING_RULES }

describe.each(['ordering', 'billing'] as const)('every answer of %s', (name) => {
  it('has the whole policy, is stored by nobody, sets no cookie, and says nothing of what it runs on', async () => {
    const together = await startTogether()
    await placeOrder(together.ordering)
    await together.pull()
    const app = together[name]
    const paths = Object.keys(RULES[name]).map((route) =>
      route.replace(/^\w+ /, '').replaceAll(/:\w+(?:\{[^}]*\})?/g, '1'),
    )
    for (const path of new Set([...paths, '/nowhere', '/api/nowhere'])) {
      const { headers } = await app.fetch(path)
      const policy = headers.get('Content-Security-Policy') ?? ''
      const formAction = name === 'ordering' ? `form-action 'self' ${BILLING_ORIGIN};` : `form-action 'self';`
      for (const part of [
        `default-src 'none'`,
        `script-src 'self';`,
        `frame-ancestors 'none'`,
        `base-uri 'none'`,
        formAction,
      ]) {
        expect([path, `${policy};`.includes(part), part]).toEqual([path, true, part])
      }
      expect(policy).not.toMatch(/unsafe|\*|http:\/\/(?!localhost)/)
      expect({
        path,
        type: headers.get('X-Content-Type-Options'),
        frame: headers.get('X-Frame-Options'),
        referrer: headers.get('Referrer-Policy'),
        transport: headers.get('Strict-Transport-Security'),
        stored: headers.get('Cache-Control'),
        cookies: headers.get('Set-Cookie'),
        cors: headers.get('Access-Control-Allow-Origin'),
        server: headers.get('Server') ?? headers.get('X-Powered-By'),
      }).toEqual({
        path,
        type: 'nosniff',
        frame: 'DENY',
        referrer: 'same-origin',
        transport: 'max-age=31536000; includeSubDomains',
        stored: 'private, no-store',
        cookies: null,
        cors: null,
        server: null,
      })
    }
  })

  it('to an address of more than 8,000 characters is 414, and of 8,000 is none', async () => {
    const { [name]: app } = await startTogether()
    const path = `${app.origin}/me?q=`
    expect((await app.fetch(path + 'a'.repeat(8_000 - path.length))).status).toBe(200)
    const refused = await app.fetch(path + 'a'.repeat(8_001 - path.length), { headers: { Accept: 'application/json' } })
    expect(refused.status).toBe(414)
    expect(await refused.json()).toMatchObject({ type: '/problems/address-too-long' })
  })
})

describe('a static file', () => {
  const ASSETS = join(ROOT, 'shared/assets')
  const UNAVAILABLE = 'application-unavailable.html'

  it('has a policy of its own that lets nothing run, and no other site frame it', async () => {
    const { harness } = await startTogether()
    const files = readdirSync(ASSETS).filter((name) => name !== '_headers' && name.includes('.'))
    for (const path of files.map((name) => `/${name.replace(/\.html$/, '')}`)) {
      const { status, headers } = await harness.fetch(ORDERING_ORIGIN + path)
      const policy = headers.get('Content-Security-Policy') ?? ''
      expect([path, status, headers.get('X-Content-Type-Options'), headers.get('X-Frame-Options')]).toEqual([
        path,
        200,
        'nosniff',
        'DENY',
      ])
      expect([path, policy]).toEqual([path, expect.stringMatching(/^default-src 'none'; /)])
      expect([path, policy]).toEqual([path, expect.stringContaining(`frame-ancestors 'none'`)])
      // Two policies in one header are two that hold.
      expect([path, policy.includes(','), policy.includes('unsafe')]).toEqual([path, false, false])
    }
  })

  it('that the platform shows as a page brings its policy with it, with the digests of its style and script', async () => {
    const html = readFileSync(join(ASSETS, UNAVAILABLE), 'utf8')
    const digestOf = (tag: string) => {
      const [, content = ''] = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(html) ?? []
      return `${tag}-src 'sha256-${createHash('sha256').update(content).digest('base64')}';`
    }
    const { harness } = await startTogether()
    const served = await harness.fetch(`${ORDERING_ORIGIN}/application-unavailable`)
    const policies = [served.headers.get('Content-Security-Policy') ?? '', html.split('</head>')[0] ?? '']
    for (const policy of policies) for (const tag of ['style', 'script']) expect(policy).toContain(digestOf(tag))
  })
})

it.each([
  ['ordering', 'http://evil.example:8787'],
  ['ordering', 'http://localhost:8788'],
  ['ordering', 'http://127.0.0.1:8787'],
  ['ordering', 'http://localhost.evil.example:8787'],
  ['billing', 'http://evil.example:8788'],
] as const)('%s answers 421 to whoever asks for %s, and does nothing', async (name, origin) => {
  const { ordering, [name]: app } = await startTogether()
  const { number } = await placeDraft(ordering)
  const body = JSON.stringify(anOrder())
  const writes = { method: 'POST', headers: { 'Content-Type': 'application/json', Origin: origin }, body }
  for (const [path, init] of [
    ['/', {}],
    ['/health', {}],
    [`/api/orders/${number}`, {}],
    ['/api/orders', writes],
    [`/api/orders/${number}/confirm`, { method: 'POST', headers: { Origin: origin } }],
    ['/api/sync/run', writes],
  ] as const) {
    const answer = await app.handle.fetch(origin + path, init)
    expect([path, answer.status]).toEqual([path, 421])
  }
  expect(await ordering.sql('SELECT state FROM orders')).toEqual([{ state: 'Draft' }])
})

describe('a write', () => {
  const json = { 'Content-Type': 'application/json' }
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' }

  it.each([
    ['/api/orders', json, true],
    ['/api/orders', {}, true],
    ['/api/orders', { ...json, Origin: ORDERING_ORIGIN }, true],
    ['/orders', { ...form, Origin: ORDERING_ORIGIN }, true],
    ['/orders', { ...form, Origin: ORDERING_ORIGIN, 'Sec-Fetch-Site': 'same-origin' }, true],
    ['/orders', { ...form, Origin: ORDERING_ORIGIN, 'Sec-Fetch-Site': 'none' }, true],
    ['/orders', { ...form, Origin: ORDERING_ORIGIN, 'Sec-Fetch-Site': 'same-site' }, false],
    ['/orders', { ...form, Origin: ORDERING_ORIGIN, 'Sec-Fetch-Site': 'cross-site' }, false],
    ['/orders', form, false],
    ['/orders', json, false],
    ['/orders', { ...form, Origin: 'null' }, false],
    ['/orders', { ...form, Origin: BILLING_ORIGIN }, false],
    ['/orders', { ...form, Origin: 'https://localhost:8787' }, false],
    ['/orders', { ...form, Origin: 'http://localhost:8787.evil.example' }, false],
    ['/api/orders', { ...json, Origin: 'https://evil.example' }, false],
    ['/api/orders', { ...json, 'Sec-Fetch-Site': 'cross-site' }, false],
    ['/api/orders', form, false],
    ['/api/orders', { 'Content-Type': 'TEXT/PLAIN; charset=utf-8' }, false],
    ['/api/orders', { 'Content-Type': 'multipart/form-data; boundary=x' }, false],
    ['/apiary', json, false],
  ] as const)('to %s with %o is let in: %s', (path, headers, expected) => {
    expect(isFromHere(new Request(ORDERING_ORIGIN + path, { method: 'POST', headers }), ORDERING_ORIGIN)).toBe(expected)
  })
})
