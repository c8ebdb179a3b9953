import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestHarness, type TestHarness } from 'wrangler'
import { type AppName, readConfiguration, ROOT } from '../../../shared/project/project.ts'
import { placeOrder } from '../../support/orders.ts'
import { BILLING_ORIGIN, ORDERING_ORIGIN, readLog, startTogether } from '../../support/together.ts'

const NOBODYS_TOKEN = 'eyJhbGciOiJub25lIn0.eyJlbWFpbCI6ImFuYUBleGFtcGxlLmNvbSJ9.'
/** One whose header the verifier quotes as it refuses it. */
const QUOTED_TOKEN = `${Buffer.from('{"alg":"RS256","crit":["quoted"],"quoted":1}').toString('base64url')}.e30.c2ln`
const FORGED = {
  'Cf-Access-Authenticated-User-Email': 'ana@example.com',
  'Cf-Access-Jwt-Assertion': NOBODYS_TOKEN,
  Cookie: `CF_Authorization=${NOBODYS_TOKEN}`,
  'CF-Access-Client-Id': 'partner.access',
  'X-Forwarded-Email': 'ana@example.com',
  'X-Forwarded-User': 'ana',
  Authorization: 'Basic YW5hOmFuYQ==',
}
const PATHS = [
  '/',
  '/me',
  '/orders',
  '/orders/1',
  '/api/orders',
  '/api/nothing',
  '/problems/stale',
  '/health/',
  '/sync',
]

/** A Worker as its configuration file has it, but for the development identity. */
async function startWithoutIdentity(name: AppName, vars: Record<string, string> = {}): Promise<TestHarness> {
  const rawConfig = readConfiguration<{ name: string; vars: object; access?: unknown; services?: unknown }>(name)
  const { access: _, services: __, ...config } = rawConfig
  const harness = createTestHarness({
    root: ROOT,
    workers: [{ config: { ...config, vars: { ...config.vars, ...vars } } }],
  })
  await harness.listen()
  return harness
}

describe.each(['ordering', 'billing'] as const)('%s without Cloudflare Access', (name) => {
  const origin = name === 'ordering' ? ORDERING_ORIGIN : BILLING_ORIGIN
  let harness: TestHarness
  beforeAll(async () => {
    harness = await startWithoutIdentity(name)
  })
  afterAll(() => harness.close())

  it('answers 403 on every page and API, whatever the headers say', async () => {
    for (const path of PATHS) {
      const response = await harness.fetch(origin + path, { headers: FORGED })
      expect([path, response.status]).toEqual([path, 403])
    }
    const write = await harness.fetch(`${origin}/api/orders`, { method: 'POST', headers: FORGED })
    expect(write.status).toBe(403)
    expect(await write.json()).toMatchObject({ type: '/problems/access-not-configured' })
    const refused = readLog(harness).filter(({ event }) => event === 'request.refused')
    expect(refused.map(({ reason, status }) => [reason, status])).toEqual(
      [...PATHS, ''].map(() => ['not_configured', 403]),
    )
    expect(JSON.stringify(refused)).not.toMatch(/ana|eyJ/)
  })

  it('shows a page that says what to configure', async () => {
    const page = await (await harness.fetch(`${origin}/orders`)).text()
    expect(page).toMatch(/<h1[^>]*>Cloudflare Access is not set up<\/h1>/)
    expect(page).toContain('ACCESS_TEAM_DOMAIN')
    expect(page).toContain('ACCESS_AUD')
  })

  it('serves static assets and /health to everybody', async () => {
    expect((await harness.fetch(`${origin}/waybill.css`)).status).toBe(200)
    expect((await harness.fetch(`${origin}/health`)).status).toBe(503)
    await harness.getWorker(name).applyD1Migrations('DB')
    expect((await harness.fetch(`${origin}/health`)).status).toBe(200)
  })
})

describe('ordering that is to verify tokens', () => {
  let harness: TestHarness
  beforeAll(async () => {
    harness = await startWithoutIdentity('ordering', { ACCESS_TEAM_DOMAIN: 'team.invalid', ACCESS_AUD: 'an-audience' })
  })
  afterAll(() => harness.close())

  it('answers 403 without a token, and to one that is none', async () => {
    const tokens = [undefined, '', 'x', NOBODYS_TOKEN, 'a.b.c', '.'.repeat(1000), QUOTED_TOKEN]
    harness.clearLogs()
    for (const token of tokens) {
      const headers: Record<string, string> = token === undefined ? {} : { 'Cf-Access-Jwt-Assertion': token }
      const response = await harness.fetch(`${ORDERING_ORIGIN}/api/orders`, { headers })
      expect(response.status).toBe(403)
      const problem = (await response.json()) as { detail: string }
      expect(problem).toMatchObject({ type: '/problems/forbidden' })
      // What the verifier says is no sentence for people, and may quote the token.
      expect(problem.detail).toMatch(
        /^Cloudflare Access vouches for nobody in this request$|^The sign-in sent with this request is not valid here/,
      )
    }
    const refused = readLog(harness).filter(({ event }) => event === 'request.refused')
    expect(refused.map(({ reason, detail = '' }) => `${String(reason)} ${String(detail)}`.trim())).toEqual([
      'nobody',
      'nobody',
      'invalid_token ERR_JWS_INVALID',
      'invalid_token ERR_JOSE_ALG_NOT_ALLOWED',
      'invalid_token ERR_JWS_INVALID',
      'invalid_token ERR_JWS_INVALID',
      'invalid_token ERR_JOSE_NOT_SUPPORTED',
    ])
    expect(JSON.stringify(readLog(harness))).not.toMatch(/ana@|eyJ|quoted/)
  })

  it('answers 403, and no 5xx, while the team’s keys cannot be fetched', async () => {
    const header = Buffer.from(JSON.stringify({ alg: 'RS256', kid: 'some' })).toString('base64url')
    const claims = Buffer.from(JSON.stringify({ email: 'ana@example.com', aud: 'an-audience' })).toString('base64url')
    const headers = { 'Cf-Access-Jwt-Assertion': `${header}.${claims}.c2lnbmF0dXJl` }
    const response = await harness.fetch(`${ORDERING_ORIGIN}/api/orders`, { headers })
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ type: '/problems/identity-unavailable' })
    expect(readLog(harness).findLast(({ event }) => event === 'request.refused')).toMatchObject({
      reason: 'keys_unavailable',
    })
  })
})

describe('the development identity', () => {
  it('cannot be changed by a header', async () => {
    const { ordering } = await startTogether({ ordering: { ROLES: '{"email:you@example.com": ["auditor"]}' } })
    const blob = JSON.stringify({ app_aud: 'waybill-ordering-local', jwt_claims: { email: 'ana@example.com' } })
    const headers = { ...FORGED, 'X-Access-Blob': blob, 'MF-Access-Blob': blob, 'Cf-Access-Blob': blob }
    const page = await (await ordering.fetch('/me', { headers })).text()
    expect(page).toContain('you@example.com')
    expect(page).not.toContain('ana@example.com')
    expect((await ordering.send('POST', '/api/orders', {}, headers)).status).toBe(403)
  })
})

// Two a start, one for each app.
describe('a var ROLES that cannot be read', () => {
  it.each([
    { ofOrdering: '', ofBilling: '{' },
    { ofOrdering: '[]', ofBilling: '{"ana": ["clerk"]}' },
    { ofOrdering: '{"email:ana@example.com": ["boss"]}', ofBilling: '{"everyone": "clerk"}' },
  ])('opens nothing: $ofOrdering of ordering, $ofBilling of billing', async ({ ofOrdering, ofBilling }) => {
    const together = await startTogether({ ordering: { ROLES: ofOrdering }, billing: { ROLES: ofBilling } })
    for (const [app, list] of [
      [together.ordering, '/api/orders'] as const,
      [together.billing, '/api/invoices'] as const,
    ]) {
      for (const path of ['/', '/me', list]) expect((await app.fetch(path)).status).toBe(403)
      expect((await app.fetch('/health')).status).toBe(200)
    }
  })
})

it('whoever is let in can be written down: an email of 254 characters confirms an order, and billing reads it', async () => {
  const email = `${'ä'.repeat(242)}@example.com`
  const { ordering, billing, pull } = await startTogether({ as: email })
  await placeOrder(ordering)
  expect(await pull()).toMatchObject({ outcome: 'ok', created: 1, quarantined: 0 })
  const order = (await (await billing.fetch('/api/orders/1')).json()) as { confirmedBy: string; updatedBy: string }
  expect([order.confirmedBy, order.updatedBy]).toEqual([email, email])
})

it('nobody is let in whose email is longer', async () => {
  const { ordering } = await startTogether({ as: `${'a'.repeat(243)}@example.com` })
  expect((await ordering.fetch('/')).status).toBe(403)
})
