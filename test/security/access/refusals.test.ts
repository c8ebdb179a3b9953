import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { PROBLEMS } from '../../../shared/edge/problem.ts'
import { approve, readForm } from '../../billing/support.ts'
import { anOrder, placeDraft, placeOrder } from '../../support/orders.ts'
import { ROOT } from '../../../shared/project/project.ts'
import { type LogEvent, startTogether, type Together } from '../../support/together.ts'

const STATUSES = [401, 403, 421, 429]

/**
 * Each place in the product that makes an answer of these statuses, as the file and what it says there. Another one is
 * to be provoked below, or in identity.test.ts or four-eyes.test.ts, before it is
 * named here.
 */
const PLACES = [
  'shared/edge/edge.ts forbidden',
  'shared/edge/edge.ts access-not-configured',
  'shared/edge/edge.ts identity-unavailable',
  'shared/edge/edge.ts not-allowed',
  'shared/edge/edge.ts misdirected-request',
  'shared/edge/edge.ts foreign-origin',
  'shared/edge/edge.ts too-many-writes',
  'workers/ordering/entry/answer.ts not-own-draft',
  'workers/ordering/entry/routes.tsx 403',
  'workers/ordering/feed/partner-api.ts too-many-requests',
  'workers/billing/invoices/api.ts four-eyes',
  'workers/billing/invoices/decision-answer.tsx 403',
  'workers/billing/credit/api.ts four-eyes',
  'workers/billing/credit/routes.tsx 403',
]

/** Where a status is a type or a page's figure, and makes no answer. What `openapi` says of them makes none either. */
const NAMED_ONLY = new Set([
  'shared/edge/problem.ts',
  'shared/edge/refusal.ts',
  'workers/ordering/edge/no-order-pages.tsx',
  'shared/ui/fallback-page.tsx',
])

function findPlaces(): string[] {
  const names = Object.entries(PROBLEMS).flatMap(([name, { status }]) => (STATUSES.includes(status) ? [name] : []))
  const said = new RegExp(`'(${names.join('|')})'|\\b(${STATUSES.join('|')})\\b`, 'g')
  return globSync(['shared/**/*.{ts,tsx}', 'workers/**/*.{ts,tsx}'], { cwd: ROOT, exclude: ['shared/commands/**'] })
    .filter((file) => !NAMED_ONLY.has(file) && !file.includes('/openapi/') && !file.endsWith('.d.ts'))
    .flatMap((file) => {
      const code = readFileSync(join(ROOT, file), 'utf8').replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, '')
      return [...new Set([...code.matchAll(said)].map(([, name, status]) => `${file} ${name ?? status}`))]
    })
}

it('no other place in the product turns somebody away than those that are provoked here', () => {
  expect(findPlaces().sort()).toEqual([...PLACES].sort())
})

let together: Together

/** The value of an attribute as a browser reads it. */
function unescape(value: string): string {
  const entities: Record<string, string> = { quot: '"', lt: '<', gt: '>', amp: '&', '#39': "'" }
  return value.replaceAll(/&(quot|lt|gt|amp|#39);/g, (_, name: string) => entities[name] ?? '')
}

function refusals(): LogEvent[] {
  return together.log('request.refused')
}

describe('in the log, a request is refused', () => {
  beforeEach(async () => {
    together = await startTogether({
      ordering: { ROLES: '{"email:you@example.com": ["clerk", "feed"]}' },
      billing: { FOUR_EYES: '{"EUR": 0}' },
    })
  })

  it('by a host that is another’s', async () => {
    const answer = await together.ordering.handle.fetch(`http://evil.example${'/x'.repeat(300)}`)
    expect(answer.status).toBe(421)
    // Whoever fetches tries a 421 again, by a connection of its own (Fetch, section 4.6).
    const last = refusals().at(-1)
    expect(last).toMatchObject({ level: 'warn', reason: 'misdirected', status: 421, host: 'evil.example' })
    expect(String(last?.['path'])).toHaveLength(200)
    expect(last?.['requestId']).toBe(answer.headers.get('X-Request-Id'))
  })

  it('by an origin that is another’s', async () => {
    const Origin = `https://${'evil.'.repeat(100)}example`
    await together.ordering.send('POST', '/api/orders', anOrder(), { Origin })
    expect(refusals()).toMatchObject([
      {
        reason: 'foreign_origin',
        status: 403,
        by: 'you@example.com',
        sender: Origin.slice(0, 200),
        path: '/api/orders',
      },
    ])
  })

  it('by a role that is missing', async () => {
    await together.ordering.fetch('/api/audit?after=0')
    expect(refusals()).toMatchObject([
      { reason: 'role_missing', roles: ['auditor'], by: 'you@example.com', path: '/api/audit' },
    ])
  })

  it('where a clerk would delete another’s draft, by the API, the page and its form', async () => {
    const { ordering } = together
    const { number } = await placeDraft(ordering)
    await ordering.sql(`UPDATE orders SET entered_by = 'ana@example.com'`)
    expect((await ordering.send('DELETE', `/api/orders/${number}`)).status).toBe(403)
    expect((await ordering.fetch(`/orders/${number}/delete`)).status).toBe(403)
    expect((await ordering.submit(`/orders/${number}/delete`)).status).toBe(403)
    const expected = { reason: 'not_own_draft', by: 'you@example.com', order: number, status: 403 }
    expect(refusals()).toMatchObject([expected, expected, expected])
  })

  it('where somebody would approve what they entered, by the API, the page, and among several', async () => {
    const { ordering, billing, pull } = together
    await placeOrder(ordering)
    await pull()
    const form = await readForm(billing, '/invoices/1')
    expect((await approve(billing, 1)).status).toBe(403)
    expect((await billing.submit('/invoices/1/approve', form)).status).toBe(403)
    expect((await billing.submit('/approvals', await readForm(billing, '/approvals?id=1'))).status).toBe(303)
    const expected = { reason: 'four_eyes', by: 'you@example.com', invoice: 1 }
    expect(refusals()).toMatchObject([expected, expected, expected])
  })

  it('where a program reads the feed too often', async () => {
    const { ordering } = together
    let answers: { status: number }[] = []
    // Twice the limit: the minute may turn meanwhile, and all count again.
    for (let asked = 0; asked < 1_250 && answers.every(({ status }) => status === 200); asked += 50) {
      answers = await Promise.all(Array.from({ length: 50 }, () => ordering.fetch('/api/feed/orders')))
    }
    expect(refusals()[0]).toMatchObject({ reason: 'asked_too_often', status: 429, by: 'you@example.com' })
  })

  it('where somebody writes too often, and what they typed can be sent again', async () => {
    together = await startTogether({ writesAMinute: 3 })
    const { ordering, billing } = together
    const { number } = await placeDraft(ordering)
    const form: [string, string][] = [
      ...Object.entries(await readForm(ordering, `/orders/${number}/edit`)),
      ['note', 'Two boxes\n"<b>&\n'],
    ]
    const answers = []
    // Twice the limit: the minute may turn meanwhile, and all count again.
    for (let sent = 0; sent < 8; sent += 1) answers.push(await ordering.submit(`/orders/${number}/edit`, form))
    const refused = answers.find(({ status }) => status === 429)
    expect(refused?.headers.get('Retry-After')).toBe('60')
    const page = (await refused?.text()) ?? ''
    expect(page).toContain('Too many changes within a minute')
    expect(page).toContain(`action="/orders/${number}/edit"`)
    const kept = [...page.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)]
    expect(kept.map(([, name, value = '']) => [name, unescape(value)])).toEqual(form)
    expect(refusals()[0]).toMatchObject({ reason: 'wrote_too_often', status: 429, by: 'you@example.com' })

    const before = await ordering.sql('SELECT count(*) AS entries FROM audit')
    const program = []
    for (let sent = 0; sent < 8; sent += 1) program.push(await ordering.send('PUT', `/api/orders/${number}`, anOrder()))
    const problem = program.find(({ status }) => status === 429)
    expect(await problem?.json()).toMatchObject({ type: '/problems/too-many-writes' })
    expect(await ordering.sql('SELECT count(*) AS entries FROM audit')).toEqual(before)

    // Reading, an import, and what others do are not held back; each app counts its own.
    const headers = { 'Content-Type': 'application/x-ndjson' }
    expect((await ordering.fetch('/api/orders/import', { method: 'POST', headers, body: '' })).status).toBe(200)
    expect((await ordering.fetch('/api/orders')).status).toBe(200)
    expect((await billing.send('POST', '/api/sync/run')).status).toBe(200)
  })

  it('and a deployment lets nobody write without a pause', () => {
    for (const app of ['ordering', 'billing']) {
      const file = readFileSync(join(ROOT, `wrangler.${app}.toml`), 'utf8')
      for (const environment of ['staging', 'production']) {
        expect(file).toMatch(
          new RegExp(
            `\\[\\[env\\.${environment}\\.ratelimits\\]\\]\\nname = "WRITE_LIMIT"\\n.*\\nsimple = \\{ limit = 120, period = 60 \\}`,
          ),
        )
      }
    }
  })

  it('where the roles cannot be read', async () => {
    together = await startTogether({ ordering: { ROLES: '{' } })
    expect((await together.ordering.fetch('/')).status).toBe(403)
    expect(refusals()).toMatchObject([{ reason: 'roles_unreadable', status: 403, path: '/' }])
    expect(together.log('roles.unreadable')).toMatchObject([{ level: 'error' }])
  })

  it('and in no line for another reason than those that operating.md explains', () => {
    const explained = readFileSync(join(ROOT, 'shared/docs/operating.md'), 'utf8')
    const union = readFileSync(join(ROOT, 'shared/edge/refusal.ts'), 'utf8').matchAll(/reason: '(\w+)'/g)
    const reasons = [...union].map(([, reason]) => reason).filter((reason) => reason !== 'not_said')
    const others = ['nobody', 'invalid_token', 'not_configured', 'roles_unreadable', 'keys_unavailable']
    const all = [...reasons, ...others, 'role_missing', 'no_rule']
    expect(all.filter((reason) => !explained.includes(`\`${reason}\``))).toEqual([])
  })
})
